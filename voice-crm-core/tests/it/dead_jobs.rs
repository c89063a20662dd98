//! What a dead job tells the operator who finds it.

use std::time::Duration;

use salesforce_emulator::{CustomObject, Org};
use serde_json::json;
use voice_crm_core::{
    crm::{Attempt, CrmErrorKind, JobKey, OwnRecord, Urgency, Write, apply_all},
    deadline::Deadline,
};
use voice_crm_salesforce::SalesforceCrm;

use crate::stage::{CLIENT_SECRET, Stage, client, org};

#[tokio::test]
async fn a_dead_job_says_what_the_org_says_without_what_the_caller_said() {
    let rule = "Seen: canary boiler. A case needs a serial number.";
    let org = org().validation_rule("Case", rule, |_| true);
    let stage = Stage::with(org, |builder| builder).await;
    stage.tool("c", "1", "create_case", json!({ "description": "My canary boiler leaks." })).await;
    let dead = stage.bridge.journal().dead(1).await.unwrap().remove(0);
    assert_eq!(dead.reason.code, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    let sentence = &dead.reason.sentence;
    assert!(sentence.contains("A case needs a serial number."), "{sentence}");
    assert!(!sentence.contains("canary"), "{sentence}");
}

#[tokio::test]
async fn a_missing_key_field_is_named_as_such() {
    let org = Org::builder()
        .client("client", CLIENT_SECRET)
        .object(CustomObject::new("Visit__c"))
        .start()
        .await
        .unwrap();
    let crm = SalesforceCrm::new(client(org.url()));
    for may_have_applied in [false, true] {
        let change = OwnRecord::create("Visit__c").into();
        let first = Attempt::first(Write { key: JobKey::from_bytes([1; 16]), change });
        let attempts = vec![Attempt { may_have_applied, ..first }];
        let results = apply_all(&crm, attempts, Urgency::Live, Deadline::after(Duration::from_secs(5))).await;
        let error = results.into_iter().next().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.code()), (CrmErrorKind::Refused, Some("KEY_FIELD_MISSING")));
        assert!(error.to_string().contains("the field Voice_Key__c"), "{error}");
    }
}
