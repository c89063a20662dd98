//! Paths of records, with their templates.

use http::Method;

use crate::error::Result;
use crate::name;
use crate::request::{Request, segment};

/// A request for the record with this id. `id` is a [`RecordId`](crate::RecordId) or a reference to one.
pub(crate) fn by_id(method: Method, object: &str, id: &str) -> Result<Request> {
    let object = name::name("object", object)?;
    Ok(Request::new(method, format!("sobjects/{object}/{id}"), format!("sobjects/{object}/{{id}}")))
}

/// A request for the record whose external id `field` is `key`.
pub(crate) fn by_key(method: Method, object: &str, field: &str, key: &str) -> Result<Request> {
    let object = name::name("object", object)?;
    let field = name::name("external id field", field)?;
    let path = format!("sobjects/{object}/{field}/{}", segment(key)?);
    Ok(Request::new(method, path, format!("sobjects/{object}/{field}/{{key}}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_version::ApiVersion;

    #[test]
    fn the_key_is_encoded_in_the_path_and_absent_from_the_template() {
        let request = by_key(Method::PATCH, "Case", "Voice_Key__c", "+1/4155550142?x").unwrap();

        assert_eq!(
            request.path_and_query(ApiVersion::DEFAULT),
            "/services/data/v66.0/sobjects/Case/Voice_Key__c/%2B1%2F4155550142%3Fx"
        );
        assert_eq!(request.template, "PATCH sobjects/Case/Voice_Key__c/{key}");
    }
}
