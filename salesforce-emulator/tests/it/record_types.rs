//! Record types: who may use which, what a new record gets, and the picklist values that records take.

use salesforce_emulator::{Field, Org, RecordType};
use serde_json::{Value, json};

use crate::caller::{Caller, SECRET, code, login};

const ORG: &str = r#"
[[user]]
username = "grace@example.com"
password = "canary-token-77aa"

[[field]]
object = "Case"
name = "Channel__c"
type = "picklist"
values = ["Voice", "Mail", "Chat"]
restricted = true

[[field]]
object = "Case"
name = "Mood__c"
type = "picklist"
values = ["Calm", "Cross"]

[[record_type]]
object = "Case"
name = "Support"
label = "Support case"
default_for = ["integration@emulator.example"]
values.Channel__c = ["Voice", "Mail"]
values.Mood__c = ["Calm"]

[[record_type]]
object = "Case"
name = "Billing"
users = ["grace@example.com"]
default_for = ["grace@example.com"]

[[record_type]]
object = "Case"
name = "Retired"
active = false

[[record]]
object = "Case"
Subject = "old"
RecordTypeId = "@{Case.Billing}"
"#;

async fn both() -> (Org, Caller, Caller) {
    let org = Org::builder().client("client", SECRET).toml(ORG).unwrap().start().await.unwrap();
    let ada = Caller::new(&org).await;
    let grace = login(&org, "grace@example.com", "canary-token-77aa").await;
    (org, ada, grace)
}

fn id_of(org: &Org, name: &str) -> String {
    let all = org.records("RecordType");
    let known = all.iter().find(|known| known["DeveloperName"] == name).unwrap();
    known["Id"].as_str().unwrap().to_owned()
}

async fn name_of(caller: &Caller, id: &str) -> Value {
    let query = format!("SELECT RecordType.DeveloperName, RecordType.Name FROM Case WHERE Id = '{id}'");
    caller.query(&query).await.1["records"][0]["RecordType"]["DeveloperName"].clone()
}

#[tokio::test]
async fn a_record_gets_the_default_record_type_of_its_maker_and_is_found_by_it() {
    let (org, ada, grace) = both().await;
    let (his, hers) = (
        ada.create("Case", json!({ "Subject": "a" })).await,
        grace.create("Case", json!({ "Subject": "b" })).await,
    );
    assert_eq!((name_of(&ada, &his).await, name_of(&ada, &hers).await), (json!("Support"), json!("Billing")));
    let found = ada.query("SELECT Id FROM Case WHERE RecordType.DeveloperName = 'Support'").await.1;
    assert_eq!((&found["totalSize"], &found["records"][0]["Id"]), (&json!(1), &json!(his)));
    let by_label = ada.query("SELECT COUNT() FROM Case WHERE RecordType.Name = 'Support case'").await.1;
    assert_eq!(by_label["totalSize"], 1);
    let types = "SELECT Id, DeveloperName, Name, SobjectType, IsActive FROM RecordType \
                 WHERE SobjectType = 'Case' AND IsActive = true ORDER BY DeveloperName";
    let types = ada.query(types).await.1["records"].clone();
    assert_eq!(types[1]["Id"], id_of(&org, "Support"));
    assert_eq!((&types[0]["DeveloperName"], &types[1]["Name"]), (&json!("Billing"), &json!("Support case")));
    assert_eq!(ada.query("SELECT COUNT() FROM Case WHERE RecordTypeId = null").await.1["totalSize"], 0);
}

#[tokio::test]
async fn a_record_type_that_is_not_the_users_is_refused_in_the_words_of_an_org() {
    let (org, ada, grace) = both().await;
    let billing = id_of(&org, "Billing");
    let master = "012000000000000AAA";
    for id in [billing.as_str(), &id_of(&org, "Retired"), master, "012000000000999AAA"] {
        let answer = ada.post("/sobjects/Case", json!({ "RecordTypeId": id })).await;
        assert_eq!(code(&answer), (400, "INVALID_CROSS_REFERENCE_KEY"), "{id}");
        let message = format!("Record Type ID: this ID value isn't valid for the user: {id}");
        assert_eq!(
            (&answer.1[0]["message"], &answer.1[0]["fields"]),
            (&json!(message), &json!(["RecordTypeId"]))
        );
    }
    let empty = ada.post("/sobjects/Case", json!({ "RecordTypeId": "" })).await;
    assert_eq!(code(&empty), (400, "INVALID_CROSS_REFERENCE_KEY"));
    let account = ada.create("Account", json!({ "Name": "Acme" })).await;
    for wrong in ["nonsense", account.as_str()] {
        let answer = ada.post("/sobjects/Case", json!({ "RecordTypeId": wrong })).await;
        assert_eq!(answer.0, 400, "{wrong}");
    }
    assert_eq!(grace.post("/sobjects/Case", json!({ "RecordTypeId": billing })).await.0, 201);
    let case = ada.create("Case", json!({ "Subject": "a" })).await;
    let path = format!("/sobjects/Case/{case}");
    let changed = ada.patch(&path, json!({ "RecordTypeId": billing })).await;
    assert_eq!(code(&changed), (400, "INVALID_CROSS_REFERENCE_KEY"));
    assert_eq!(grace.patch(&path, json!({ "RecordTypeId": billing })).await.0, 204);
    assert_eq!(name_of(&ada, &case).await, "Billing");
    let named = json!({ "RecordType": { "Name": "Support case" } });
    assert_eq!(ada.patch(&path, named).await.0, 204);
    assert_eq!(name_of(&ada, &case).await, "Support");
    let made = ada.post("/sobjects/RecordType", json!({ "Name": "x", "DeveloperName": "x" })).await;
    assert_eq!(code(&made), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
}

#[tokio::test]
async fn a_restricted_picklist_takes_the_values_of_the_record_type_and_a_free_one_takes_any() {
    let (org, ada, grace) = both().await;
    let chat = json!({ "Channel__c": "Chat" });
    let refused = ada.post("/sobjects/Case", chat.clone()).await;
    assert_eq!(code(&refused), (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"));
    assert_eq!(refused.1[0]["message"], "Channel: bad value for restricted picklist field: Chat");
    assert_eq!(refused.1[0]["fields"], json!(["Channel__c"]));
    assert_eq!(grace.post("/sobjects/Case", chat.clone()).await.0, 201, "her record type takes all values");
    let case = ada.create("Case", json!({ "Channel__c": "Voice", "Mood__c": "Cross" })).await;
    let path = format!("/sobjects/Case/{case}");
    assert_eq!(code(&ada.patch(&path, chat.clone()).await), (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"));
    let moved = json!({ "RecordTypeId": id_of(&org, "Billing"), "Channel__c": "Chat" });
    assert_eq!(grace.patch(&path, moved).await.0, 204, "the type that the record gets decides");
    assert_eq!(ada.patch(&path, json!({ "Channel__c": null })).await.0, 204);
}

#[tokio::test]
async fn a_describe_lists_the_record_types_as_the_user_has_them() {
    let (org, ada, grace) = both().await;
    let infos = |describe: Value| -> Vec<(String, bool, bool, bool, bool)> {
        let flag = |info: &Value, key: &str| info[key].as_bool().unwrap();
        describe["recordTypeInfos"]
            .as_array()
            .unwrap()
            .iter()
            .map(|info| {
                let name = info["developerName"].as_str().unwrap().to_owned();
                let default = flag(info, "defaultRecordTypeMapping");
                (name, flag(info, "active"), flag(info, "available"), default, flag(info, "master"))
            })
            .collect()
    };
    let row = |name: &str, active, available, default, master| {
        (name.to_owned(), active, available, default, master)
    };
    let describe = ada.get("/sobjects/Case/describe").await.1;
    let support = &describe["recordTypeInfos"][0];
    assert_eq!(
        (&support["name"], &support["recordTypeId"]),
        (&json!("Support case"), &json!(id_of(&org, "Support")))
    );
    assert!(support["urls"]["layout"].as_str().unwrap().ends_with(&id_of(&org, "Support")));
    assert_eq!(
        infos(describe),
        [
            row("Support", true, true, true, false),
            row("Billing", true, false, false, false),
            row("Retired", false, false, false, false),
            row("Master", true, true, false, true),
        ]
    );
    let hers = infos(grace.get("/sobjects/Case/describe").await.1);
    assert_eq!(hers[1], row("Billing", true, true, true, false));
    let account = ada.get("/sobjects/Account/describe").await.1;
    let has_field = account["fields"].as_array().unwrap().iter().any(|field| field["name"] == "RecordTypeId");
    assert!(!has_field, "an object without record types has no field for them");
    assert_eq!(infos(account), [row("Master", true, true, true, true)]);
}

#[tokio::test]
async fn record_types_can_be_declared_in_code_and_without_a_default_records_have_none() {
    let org = Org::builder()
        .client("client", SECRET)
        .field("Account", Field::restricted_picklist("Tier__c", ["Gold", "Silver"]))
        .record_type(RecordType::new("Account", "Partner").values("Tier__c", ["Gold"]))
        .record_type(RecordType::new("Contact", "Person").default_for_everybody())
        .start()
        .await
        .unwrap();
    let caller = Caller::new(&org).await;
    let id = caller.create("Account", json!({ "Name": "Acme", "Tier__c": "Silver" })).await;
    let account = caller.get(&format!("/sobjects/Account/{id}")).await.1;
    assert_eq!(account["RecordTypeId"], Value::Null);
    let partner = json!({ "Name": "Acme", "RecordTypeId": id_of(&org, "Partner"), "Tier__c": "Silver" });
    let refused = caller.post("/sobjects/Account", partner).await;
    assert_eq!(code(&refused), (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"));
    caller.create("Contact", json!({ "LastName": "Lee" })).await;
    assert_eq!(org.records("Contact")[0]["RecordTypeId"], id_of(&org, "Person"));
    org.reset();
    caller.create("Contact", json!({ "LastName": "Lee" })).await;
    assert_eq!(org.records("Contact")[0]["RecordTypeId"], id_of(&org, "Person"));
}
