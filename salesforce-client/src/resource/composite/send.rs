//! Sending a composite request.

use std::time::Instant;

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

use super::answers::CompositeAnswers;
use super::builder::{Composite, Part};
use crate::api_version::ApiVersion;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::request::{Request, json};

/// Sends a composite request.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct SendComposite<'a> {
    call: Call<'a>,
    serial: u64,
}

impl Client {
    /// Sends the parts together. A part's failure is not an error of the call: each
    /// [`CompositeAnswers::get`] tells its own.
    #[expect(clippy::needless_pass_by_value, reason = "its references are spent with it")]
    pub fn composite(&self, composite: Composite) -> SendComposite<'_> {
        let request = request(&composite, self.api_version());
        SendComposite { call: Call::new(self, request), serial: composite.serial() }
    }
}

impl SendComposite<'_> {
    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a> IntoFuture for SendComposite<'a> {
    type Output = Result<CompositeAnswers>;
    type IntoFuture = Pending<'a, CompositeAnswers>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { CompositeAnswers::read(self.serial, &self.call.send().await?) })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    all_or_none: bool,
    composite_request: Vec<WirePart<'a>>,
}

#[derive(Serialize)]
pub(crate) struct WirePart<'a> {
    method: &'a str,
    url: String,
    #[serde(rename = "referenceId")]
    reference_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a Map<String, Value>>,
}

fn request(composite: &Composite, version: ApiVersion) -> Result<Request> {
    if composite.is_graph() {
        return Err(Error::invalid("this is a graph: send it with `Client::graphs`"));
    }
    if composite.is_empty() {
        return Err(Error::invalid("the composite request has no parts"));
    }
    let wire = Wire {
        all_or_none: composite.all_or_none,
        composite_request: composite.parts.iter().map(|part| wire_part(part, version)).collect(),
    };
    Ok(Request::new(Method::POST, "composite".to_owned(), "composite")
        .idempotence(composite.idempotence())
        .body(json(&wire)?))
}

pub(crate) fn wire_part(part: &Part, version: ApiVersion) -> WirePart<'_> {
    WirePart {
        method: part.request.method.as_str(),
        url: part.request.path_and_query(version),
        reference_id: &part.name,
        body: part.body.as_ref().map(|body| &body.fields),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::composite::Body;
    use crate::soql::Soql;

    #[test]
    fn parts_refer_to_one_another_on_the_wire() {
        let mut composite = Composite::new().all_or_none(true);
        let soql = Soql::new("SELECT Id FROM Account WHERE AccountNumber = :n").bind("n", "ACC-1");
        let account = composite.query::<Value>("acct", soql).unwrap();
        let body = Body::of(&json!({"Subject": "x"})).unwrap();
        let body = body.reference("AccountId", account.first("Id").unwrap()).unwrap();
        let case = composite.upsert("case", "Case", "Voice_Key__c", "k/1", body).unwrap();
        composite.get::<Value>("number", "Case", case.id(), ["CaseNumber"]).unwrap();

        let request = request(&composite, ApiVersion::new(66)).unwrap();
        let wire: Value = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();

        assert_eq!(wire["allOrNone"], true);
        assert_eq!(
            wire["compositeRequest"],
            json!([
                {"method": "GET", "referenceId": "acct",
                 "url": "/services/data/v66.0/query?q=SELECT+Id+FROM+Account+WHERE+AccountNumber+%3D+%27ACC-1%27"},
                {"method": "PATCH", "referenceId": "case",
                 "url": "/services/data/v66.0/sobjects/Case/Voice_Key__c/k%2F1",
                 "body": {"Subject": "x", "AccountId": "@{acct.records[0].Id}"}},
                {"method": "GET", "referenceId": "number",
                 "url": "/services/data/v66.0/sobjects/Case/@{case.id}?fields=CaseNumber"},
            ])
        );
    }

    #[test]
    fn every_rule_is_checked_before_anything_is_sent() {
        let soql = || Soql::new("SELECT Id FROM Case");
        let fields = json!({});
        let mut composite = Composite::new();

        assert!(request(&composite, ApiVersion::DEFAULT).is_err());
        assert!(composite.create("no dots.", "Case", &fields).is_err());
        assert!(composite.create("a", "No Object", &fields).is_err());
        for number in 0..5 {
            composite.query::<Value>(&format!("q{number}"), soql()).unwrap();
        }
        assert!(composite.query::<Value>("q5", soql()).is_err());
        assert!(composite.create("q0", "Case", &fields).is_err());
        for number in 5..25 {
            composite.create(&format!("c{number}"), "Case", &fields).unwrap();
        }
        assert!(composite.create("c25", "Case", &fields).is_err());
        assert_eq!(composite.len(), 25);
    }

    #[test]
    fn a_reference_of_another_composite_is_refused() {
        let mut other = Composite::new();
        let case = other.create("case", "Case", &json!({})).unwrap();
        let mut composite = Composite::new();

        assert!(composite.delete("gone", "Case", case.id()).is_err());
        let body = Body::of(&json!({})).unwrap().reference("ParentId", case.id()).unwrap();
        assert!(composite.create("child", "Case", body).is_err());
    }

    #[test]
    fn words_with_a_reference_in_them_reach_neither_path_nor_query_nor_body() {
        let mut composite = Composite::new();
        let soql = Soql::new("SELECT Id FROM Case WHERE Subject = :s").bind("s", "@{x.id}");

        let errors = [
            composite.upsert("a", "Case", "Key__c", "@{x.id}", &json!({})).unwrap_err(),
            composite.get_by::<Value>("b", "Case", "Key__c", "@{x.id}", ["Id"]).unwrap_err(),
            composite.create("c", "Case", &json!({"Subject": "@{x.id}"})).unwrap_err(),
            composite.query::<Value>("d", soql).unwrap_err(),
        ];
        assert!(errors.iter().all(Error::is_reference_injection));
    }
}
