//! An org written down in TOML.

use reqwest::Method;
use salesforce_emulator::Org;
use serde_json::json;

use crate::caller::Caller;

const ORG: &str = r#"
[client]
id = "client"
secret = "canary-client-secret-5d1f"

[[user]]
username = "grace@example.com"
password = "canary-token-77aa"

[[object]]
name = "Invoice__c"
text_name = true
[[object.field]]
name = "Due__c"
type = "date"
[[object.field]]
name = "Account__c"
type = "lookup"
to = "Account"

[[field]]
object = "Case"
name = "Channel__c"
type = "picklist"
values = ["Voice", "Mail"]
restricted = true
default = "Voice"

[[validation_rule]]
object = "Case"
when = "Priority = 'High' AND Account.Name = null"
message = "A high case needs an account."

[[record]]
object = "Account"
ref = "acme"
Name = "Acme"

[[record]]
object = "Invoice__c"
Name = "INV-1"
Due__c = 2026-12-01
Account__c = "@{acme}"
"#;

#[tokio::test]
async fn objects_fields_rules_and_records_are_as_written() {
    let org = Org::builder().toml(ORG).unwrap().start().await.unwrap();
    let caller = Caller::new(&org).await;

    let invoice = &org.records("Invoice__c")[0];
    assert_eq!(invoice["Due__c"], "2026-12-01");
    assert_eq!(invoice["Account__c"], org.records("Account")[0]["Id"]);
    assert!(org.audit().is_empty());
    let bad = json!({ "Channel__c": "Fax" });
    let (_, body) = caller.send(Method::POST, "/sobjects/Case", Some(bad)).await;
    assert_eq!(body[0]["errorCode"], "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    let (_, body) = caller.send(Method::POST, "/sobjects/Case", Some(json!({ "Priority": "High" }))).await;
    assert_eq!(body[0]["message"], "A high case needs an account.");
    let account = org.records("Account")[0]["Id"].clone();
    let fine = json!({ "Priority": "High", "AccountId": account });
    assert_eq!(caller.send(Method::POST, "/sobjects/Case", Some(fine)).await.0, 201);
    assert_eq!(org.records("Case")[0]["Channel__c"], "Voice");
}

#[tokio::test]
async fn a_person_can_look_at_the_org() {
    let org = Org::builder().toml(ORG).unwrap().start().await.unwrap();
    org.insert("Account", json!({ "Name": "<script>" })).unwrap();
    let caller = Caller::new(&org).await;
    caller.send(Method::GET, "/sobjects", None).await;
    let page = caller.http.get(format!("{}/", org.url())).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Invoice__c (1)") && page.contains("/services/data/v66.0/sobjects"));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
}
