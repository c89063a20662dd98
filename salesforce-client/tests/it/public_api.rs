//! Promises of the types themselves.

use salesforce_client::auth::{AccessToken, ClientCredentials, TokenCache};
use salesforce_client::sobject::{Account, Case, CaseFields, Contact, Task};
use salesforce_client::{
    Client, ClientBuilder, Composite, CompositeAnswers, Error, Page, Pages, Patch, Rows, Soql,
};
use serde_json::json;

fn shared<T: Send + Sync + 'static>() {}
fn sent<T: Send>() {}

#[test]
fn clients_errors_and_answers_cross_threads() {
    shared::<Client>();
    shared::<Error>();
    shared::<AccessToken>();
    shared::<TokenCache<ClientCredentials>>();
    shared::<CompositeAnswers>();
    shared::<Page<Case>>();
    sent::<ClientBuilder>();
    sent::<Composite>();
    sent::<Soql>();
    sent::<Pages<Case>>();
    sent::<Rows<Case>>();
}

#[test]
fn a_result_of_a_query_is_read_whatever_the_org_writes() {
    let task: Task = serde_json::from_value(json!({
        "attributes": {"type": "Task", "url": "/services/data/v66.0/sobjects/Task/00T000000000001AAA"},
        "Id": "00T000000000001",
        "CallDurationInSeconds": 300.0,
        "ActivityDate": "2026-11-20",
        "CreatedDate": "2016-05-06T15:57:34.000+0000",
        "Description": null,
        "Voice_Key__c": "k",
    }))
    .unwrap();

    assert_eq!(task.call_duration_in_seconds, Some(300));
    assert_eq!(task.created_date.unwrap().to_string(), "2016-05-06T15:57:34Z");
    assert_eq!(task.description, None);
    assert_eq!(task.other["Voice_Key__c"], "k");
    assert!(task.other.contains_key("attributes"));

    let whole: Task = serde_json::from_value(json!({"CallDurationInSeconds": 400})).unwrap();
    assert_eq!(whole.call_duration_in_seconds, Some(400));
    assert!(serde_json::from_value::<Task>(json!({"CallDurationInSeconds": 1.5})).is_err());
}

#[test]
fn a_parent_is_a_record_or_null() {
    let case: Case = serde_json::from_value(json!({"Account": {"Name": "Acme"}, "Contact": null})).unwrap();
    let account: &Account = case.account.as_deref().unwrap();

    assert_eq!(account.name.as_deref(), Some("Acme"));
    assert_eq!(case.contact, None::<Box<Contact>>);
}

#[test]
fn an_update_holds_exactly_what_it_changes() {
    let mut fields = CaseFields { subject: "x".into(), description: Patch::Clear, ..CaseFields::default() };
    fields.other.insert("Voice_Key__c".into(), json!("k"));

    assert_eq!(
        serde_json::to_value(&fields).unwrap(),
        json!({"Subject": "x", "Description": null, "Voice_Key__c": "k"})
    );
    assert_eq!(serde_json::to_value(CaseFields::default()).unwrap(), json!({}));
}
