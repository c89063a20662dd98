//! What one user may not see or do, at every door, while another may.

use salesforce_emulator::{Operation, Org};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, SECRET, code, login},
    streaming::Listener,
};

const ORG: &str = r#"
track_changes = ["Case"]

[[user]]
username = "grace@example.com"
password = "canary-token-77aa"

[[permission]]
user = "Grace@example.com"
object = "VoiceCall"
read = false

[[permission]]
user = "grace@example.com"
object = "Lead"
create = false
delete = false

[[permission]]
user = "grace@example.com"
object = "Case"
field = "Description"
read = false

[[permission]]
user = "grace@example.com"
object = "Case"
field = "Priority"
edit = false

[[permission]]
user = "grace@example.com"
object = "Account"
field = "AccountNumber"
read = false

[[record]]
object = "Account"
ref = "acme"
Name = "Acme"
AccountNumber = "ACC-1"

[[record]]
object = "Case"
Subject = "old"
Description = "hidden words"
Priority = "High"
AccountId = "@{acme}"

[[record]]
object = "VoiceCall"
CallType = "Inbound"
CallStartDateTime = "2026-11-20T08:30:00Z"
FromPhoneNumber = "+14155550142"
ToPhoneNumber = "+14155550143"
VendorType = "ContactCenter"
"#;

struct Both {
    org: Org,
    /// May do everything.
    ada: Caller,
    grace: Caller,
}

async fn both() -> Both {
    let org = Org::builder().client("client", SECRET).toml(ORG).unwrap().start().await.unwrap();
    let ada = Caller::new(&org).await;
    let grace = login(&org, "grace@example.com", "canary-token-77aa").await;
    Both { org, ada, grace }
}

fn field_names(describe: &Value) -> Vec<&str> {
    describe["fields"].as_array().unwrap().iter().filter_map(|field| field["name"].as_str()).collect()
}

#[tokio::test]
async fn a_query_of_a_user_knows_no_object_and_no_field_that_is_hidden_from_that_user_alone() {
    let Both { org: _org, ada, grace } = both().await;
    for query in [
        "SELECT Description FROM Case",
        "SELECT Account.AccountNumber FROM Case",
        "SELECT Id FROM Account WHERE AccountNumber = 'ACC-1'",
        "SELECT Id FROM Account ORDER BY AccountNumber",
        "SELECT AccountNumber, COUNT(Id) FROM Account GROUP BY AccountNumber",
        "SELECT Id, (SELECT Description FROM Cases) FROM Account",
    ] {
        assert_eq!(code(&grace.query(query).await), (400, "INVALID_FIELD"), "{query}");
        assert_eq!(ada.query(query).await.0, 200, "{query}");
    }
    let hidden = grace.query("SELECT Description FROM Case").await.1;
    let sentence = hidden[0]["message"].as_str().unwrap();
    assert!(sentence.contains("No such column 'Description' on entity 'Case'"), "{sentence}");
    let object = grace.query("SELECT Id FROM VoiceCall").await;
    assert_eq!(code(&object), (400, "INVALID_TYPE"));
    assert!(object.1[0]["message"].as_str().unwrap().contains("sObject type 'VoiceCall' is not supported."));
    assert_eq!(ada.query("SELECT Id FROM VoiceCall").await.1["totalSize"], 1);
    let all = "SELECT FIELDS(ALL) FROM Case LIMIT 1";
    assert_eq!(grace.query(all).await.1["records"][0].get("Description"), None);
    assert_eq!(ada.query(all).await.1["records"][0]["Description"], "hidden words");
}

#[tokio::test]
async fn a_record_is_read_and_described_without_what_is_hidden_from_the_user() {
    let Both { org, ada, grace } = both().await;
    let case = format!("/sobjects/Case/{}", org.records("Case")[0]["Id"].as_str().unwrap());
    assert_eq!(grace.get(&case).await.1.get("Description"), None);
    assert_eq!(ada.get(&case).await.1["Description"], "hidden words");
    assert_eq!(code(&grace.get(&format!("{case}?fields=Description")).await), (400, "INVALID_FIELD"));

    let (hers, his) =
        (grace.get("/sobjects/Case/describe").await.1, ada.get("/sobjects/Case/describe").await.1);
    assert!(!field_names(&hers).contains(&"Description") && field_names(&his).contains(&"Description"));
    let updateable = |describe: &Value| {
        let fields = describe["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == "Priority").unwrap()["updateable"].clone()
    };
    assert_eq!((updateable(&hers), updateable(&his)), (json!(false), json!(true)));
    let lead = grace.get("/sobjects/Lead/describe").await.1;
    let may = ["createable", "updateable", "deletable"].map(|key| lead[key].clone());
    assert_eq!(may, [false, true, false].map(Value::Bool));
    assert_eq!(code(&grace.get("/sobjects/VoiceCall/describe").await), (404, "NOT_FOUND"));
    let listed =
        |all: &Value| all["sobjects"].as_array().unwrap().iter().any(|object| object["name"] == "VoiceCall");
    assert!(!listed(&grace.get("/sobjects").await.1) && listed(&ada.get("/sobjects").await.1));
    let children = grace.get("/sobjects/Account/describe").await.1["childRelationships"].clone();
    assert!(children.as_array().unwrap().iter().all(|child| child["childSObject"] != "VoiceCall"));
}

#[tokio::test]
async fn a_write_of_a_user_is_judged_by_that_users_permissions_at_every_door() {
    let Both { org, ada, grace } = both().await;
    let lead = json!({ "LastName": "Lee", "Company": "Acme" });
    let typed = json!({ "attributes": { "type": "Lead" }, "LastName": "Lee", "Company": "Acme" });
    assert_eq!(
        code(&grace.post("/sobjects/Lead", lead.clone()).await),
        (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    );
    let many = grace.post("/composite/sobjects", json!({ "records": [typed] })).await.1;
    assert_eq!(many[0]["errors"][0]["statusCode"], "INSUFFICIENT_ACCESS_OR_READONLY");
    let part = json!({
        "method": "POST", "url": "/services/data/v66.0/sobjects/Lead", "referenceId": "lead", "body": lead,
    });
    let composite = grace.post("/composite", json!({ "compositeRequest": [part] })).await.1;
    assert_eq!(composite["compositeResponse"][0]["httpStatusCode"], 403);
    let tree = json!({ "records": [{
        "attributes": { "type": "Lead", "referenceId": "a" }, "LastName": "Lee", "Company": "Acme",
    }] });
    assert_eq!(grace.post("/composite/tree/Lead", tree).await.1["hasErrors"], true);
    assert!(org.records("Lead").is_empty());

    let id = ada.create("Lead", lead).await;
    let path = format!("/sobjects/Lead/{id}");
    assert_eq!(grace.patch(&path, json!({ "Title": "Dr" })).await.0, 204);
    assert_eq!(code(&grace.delete(&path).await), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
    assert_eq!(ada.delete(&path).await.0, 204);

    let hidden = grace.post("/sobjects/Case", json!({ "Description": "x" })).await;
    assert_eq!(code(&hidden), (400, "INVALID_FIELD"));
    let protected = grace.post("/sobjects/Case", json!({ "Priority": "Low" })).await;
    assert_eq!(code(&protected), (400, "INVALID_FIELD_FOR_INSERT_UPDATE"));
    assert_eq!(protected.1[0]["fields"], json!(["Priority"]));
    assert_eq!(ada.post("/sobjects/Case", json!({ "Priority": "Low", "Description": "x" })).await.0, 201);
}

#[tokio::test]
async fn a_search_of_a_user_looks_into_nothing_that_is_hidden() {
    let Both { org: _org, ada, grace } = both().await;
    let search = "/search?q=FIND%20%7Bhidden%20words%7D%20IN%20ALL%20FIELDS%20RETURNING%20Case(Id)";
    assert_eq!(ada.get(search).await.1["searchRecords"].as_array().unwrap().len(), 1);
    assert!(grace.get(search).await.1["searchRecords"].as_array().unwrap().is_empty());
    let returning = "/search?q=FIND%20%7Bold%7D%20RETURNING%20Case(Description)";
    assert_eq!(grace.get(returning).await.0, 400);
    let object = "/search?q=FIND%20%7Bold%7D%20RETURNING%20VoiceCall(Id)";
    assert_eq!(grace.get(object).await.0, 400);
}

#[tokio::test]
async fn a_bulk_job_of_a_user_reads_and_writes_what_that_user_may() {
    let Both { org: _org, grace, .. } = both().await;
    let query = json!({ "operation": "query", "query": "SELECT Description FROM Case" });
    assert_eq!(code(&grace.post("/jobs/query", query).await), (400, "INVALID_FIELD"));
    let ingest = json!({ "operation": "insert", "object": "VoiceCall", "contentType": "CSV" });
    assert_eq!(grace.post("/jobs/ingest", ingest).await.0, 400);
    let job = json!({ "operation": "insert", "object": "Lead", "contentType": "CSV", "lineEnding": "LF" });
    let id = grace.post("/jobs/ingest", job).await.1["id"].as_str().unwrap().to_owned();
    let put = grace.request(reqwest::Method::PUT, &format!("/jobs/ingest/{id}/batches"));
    let put =
        put.header("content-type", "text/csv").body("LastName,Company\nLee,Acme\n").send().await.unwrap();
    assert_eq!(put.status(), 201);
    grace.patch(&format!("/jobs/ingest/{id}"), json!({ "state": "UploadComplete" })).await;
    let job = grace.get(&format!("/jobs/ingest/{id}")).await.1;
    assert_eq!((&job["numberRecordsProcessed"], &job["numberRecordsFailed"]), (&json!(1), &json!(1)));
    let failed = grace.request(reqwest::Method::GET, &format!("/jobs/ingest/{id}/failedResults"));
    let failed = failed.send().await.unwrap().text().await.unwrap();
    assert!(failed.contains("INSUFFICIENT_ACCESS_OR_READONLY"), "{failed}");
}

#[tokio::test]
async fn permissions_of_a_user_can_be_declared_in_code_and_end_with_that_user() {
    let builder = Org::builder()
        .client("client", SECRET)
        .user("grace@example.com", "canary-token-77aa")
        .deny_user("grace@example.com", "Account", Operation::Insert)
        .hide_object_from("grace@example.com", "Event")
        .hide_field_from("grace@example.com", "Account", "Phone")
        .read_only_field_for("grace@example.com", "Account", "Fax");
    let org = builder.start().await.unwrap();
    let (ada, grace) = (Caller::new(&org).await, login(&org, "grace@example.com", "canary-token-77aa").await);
    let id = ada.create("Account", json!({ "Name": "Acme", "Phone": "1", "Fax": "2" })).await;
    assert_eq!(grace.post("/sobjects/Account", json!({ "Name": "Acme" })).await.0, 403);
    assert_eq!(code(&grace.query("SELECT Id FROM Event").await), (400, "INVALID_TYPE"));
    let path = format!("/sobjects/Account/{id}");
    assert_eq!(code(&grace.patch(&path, json!({ "Phone": "3" })).await), (400, "INVALID_FIELD"));
    assert_eq!(
        code(&grace.patch(&path, json!({ "Fax": "3" })).await),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    );
    assert_eq!(ada.patch(&path, json!({ "Phone": "3", "Fax": "3" })).await.0, 204);
    assert_eq!(ada.query("SELECT Id FROM Event").await.0, 200);
    let unknown = Org::builder().hide_object_from("nobody@example.com", "Event").start().await.unwrap_err();
    assert!(unknown.to_string().contains("nobody@example.com"), "{unknown}");
}

#[tokio::test]
async fn a_stream_tells_a_user_nothing_that_is_hidden() {
    let Both { org, ada, grace } = both().await;
    org.streaming().set_times(std::time::Duration::from_millis(400), std::time::Duration::from_secs(40));
    let topic = |name: &str, query: &str| json!({ "Name": name, "Query": query, "ApiVersion": 66.0 });
    ada.create("PushTopic", topic("Words", "SELECT Id, Subject, Description FROM Case")).await;
    ada.create("PushTopic", topic("Calls", "SELECT Id FROM VoiceCall")).await;
    ada.create("PushTopic", topic("Acme", "SELECT Id FROM Account WHERE AccountNumber = 'ACC-1'")).await;
    let (hers, his) = (Listener::new(&grace).await, Listener::new(&ada).await);
    for channel in ["/topic/Words", "/data/CaseChangeEvent", "/data/ChangeEvents"] {
        assert_eq!(hers.subscribe(channel, -1).await["successful"], true, "{channel}");
        assert_eq!(his.subscribe(channel, -1).await["successful"], true, "{channel}");
    }
    for channel in ["/topic/Calls", "/topic/Acme"] {
        assert_eq!(hers.subscribe(channel, -1).await["successful"], false, "{channel}");
        assert_eq!(his.subscribe(channel, -1).await["successful"], true, "{channel}");
    }
    assert!(hers.events().await.is_empty() && his.events().await.is_empty());
    ada.create("Case", json!({ "Subject": "new", "Description": "hidden words" })).await;
    let (hers, his) = (hers.events().await, his.events().await);
    assert_eq!((hers.len(), his.len()), (3, 3));
    assert!(!json!(hers).to_string().contains("hidden words"), "{hers:?}");
    assert!(json!(hers).to_string().contains("new"));
    assert_eq!(json!(his).to_string().matches("hidden words").count(), 3);
}
