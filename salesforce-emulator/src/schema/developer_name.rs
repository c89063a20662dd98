//! The names that an administrator can give.

/// Whether something can have this name, without the ending that says what it is: letters, digits and single
/// underscores, a letter first and no underscore last.
///
/// See Salesforce, "Custom Field Attributes".
pub(crate) fn is_developer_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.contains("__")
        && !name.ends_with('_')
        && name.len() <= LONGEST
}

const LONGEST: usize = 40;
