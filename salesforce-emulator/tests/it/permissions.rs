//! What the users of the API may not see or do.

use salesforce_emulator::Org;
use serde_json::{Value, json};

use crate::caller::{Caller, SECRET, code};

const PERMISSIONS: &str = r#"
[[permission]]
object = "VoiceCall"
read = false

[[permission]]
object = "Lead"
create = false
delete = false

[[permission]]
object = "Case"
field = "Description"
read = false

[[permission]]
object = "Case"
field = "Priority"
edit = false

[[record]]
object = "Lead"
LastName = "Lee"
Company = "Acme"

[[record]]
object = "Case"
Subject = "old"
Priority = "High"
"#;

async fn org() -> (Org, Caller) {
    let org = Org::builder().client("client", SECRET).toml(PERMISSIONS).unwrap().start().await.unwrap();
    let caller = Caller::new(&org).await;
    (org, caller)
}

#[tokio::test]
async fn an_object_that_nobody_may_see_is_not_there() {
    let (_org, caller) = org().await;
    assert_eq!(code(&caller.get("/sobjects/VoiceCall/describe").await), (404, "NOT_FOUND"));
    assert_eq!(code(&caller.post("/sobjects/VoiceCall", json!({})).await), (404, "NOT_FOUND"));
    assert_eq!(code(&caller.query("SELECT Id FROM VoiceCall").await), (400, "INVALID_TYPE"));
    let all = caller.get("/sobjects").await.1;
    assert!(all["sobjects"].as_array().unwrap().iter().all(|object| object["name"] != "VoiceCall"));
    assert_eq!(caller.query("SELECT Id FROM Case").await.1["totalSize"], 1, "the others are where they were");
}

#[tokio::test]
async fn an_operation_that_nobody_may_do_is_refused_and_described_so() {
    let (org, caller) = org().await;
    let lead = json!({ "LastName": "Lee", "Company": "Acme" });
    assert_eq!(code(&caller.post("/sobjects/Lead", lead).await), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
    let path = format!("/sobjects/Lead/{}", org.records("Lead")[0]["Id"].as_str().unwrap());
    assert_eq!(caller.patch(&path, json!({ "Title": "Dr" })).await.0, 204);
    assert_eq!(code(&caller.delete(&path).await), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
    let lead = caller.get("/sobjects/Lead/describe").await.1;
    let may = ["createable", "updateable", "deletable"].map(|key| lead[key].clone());
    assert_eq!(may, [false, true, false].map(Value::Bool));
}

#[tokio::test]
async fn a_field_that_nobody_may_see_is_not_there_and_one_that_nobody_may_write_is_refused() {
    let (_org, caller) = org().await;
    let hidden = caller.post("/sobjects/Case", json!({ "Description": "x" })).await;
    assert_eq!(code(&hidden), (400, "INVALID_FIELD"));
    assert_eq!(hidden.1[0]["message"], "No such column 'Description' on sobject of type Case");
    assert_eq!(code(&caller.query("SELECT Description FROM Case").await), (400, "INVALID_FIELD"));
    let protected = caller.post("/sobjects/Case", json!({ "Priority": "Low" })).await;
    assert_eq!(code(&protected), (400, "INVALID_FIELD_FOR_INSERT_UPDATE"));
    assert_eq!(protected.1[0]["fields"], json!(["Priority"]));
    let record = caller.query("SELECT FIELDS(ALL) FROM Case LIMIT 1").await.1["records"][0].clone();
    assert_eq!((record.get("Description"), &record["Priority"]), (None, &json!("High")));
    let fields = caller.get("/sobjects/Case/describe").await.1["fields"].clone();
    let described =
        |name: &str| fields.as_array().unwrap().iter().find(|field| field["name"] == name).cloned();
    assert_eq!(described("Description"), None);
    assert_eq!(described("Priority").unwrap()["updateable"], false);
    assert_eq!(caller.post("/sobjects/Case", json!({ "Subject": "new" })).await.0, 201);
}
