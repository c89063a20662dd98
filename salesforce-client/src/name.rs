//! API names of objects and fields: checked before they become part of a path or a query.

use crate::error::{Error, Result};

/// Whether `text` is an API name such as `Case` or `Voice_Key__c`.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 80
        && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether `text` is a field, with the relationships that lead to it: `Account.Owner.Name`.
pub(crate) fn is_field_path(text: &str) -> bool {
    text.split('.').all(is_name)
}

/// The object's or field's name, or a refusal that does not repeat the text.
pub(crate) fn name<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    if is_name(text) {
        return Ok(text);
    }
    Err(Error::invalid(format!("the {what} is not an API name: use letters, digits and underscores")))
}

/// The fields to read, joined as the API wants them.
pub(crate) fn fields<F: AsRef<str>>(fields: impl IntoIterator<Item = F>) -> Result<String> {
    let mut joined = String::new();
    for field in fields {
        let field = field.as_ref();
        if !is_field_path(field) {
            return Err(Error::invalid(
                "a field to read is not an API name: use letters, digits and underscores",
            ));
        }
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(field);
    }
    if joined.is_empty() {
        return Err(Error::invalid("no field to read was named"));
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_bend_a_path() {
        assert!(is_name("Voice_Key__c"));
        for bad in ["", "../Case", "Case/1", "Ca se", "1Case", "Case?x=1", "Fäll"] {
            assert!(name("object", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn fields_are_joined_and_checked() {
        assert_eq!(fields(["Id", "Account.Name"]).unwrap(), "Id,Account.Name");
        assert!(fields(["Id,Secret"]).is_err());
        assert!(fields::<&str>([]).is_err());
    }
}
