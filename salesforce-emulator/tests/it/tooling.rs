//! Custom fields made while the org runs.

use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

fn key(table: &str) -> Value {
    json!({
        "FullName": format!("{table}.Made_Key__c"),
        "Metadata": { "label": "Made Key", "type": "Text", "length": 64, "externalId": true, "unique": true },
    })
}

#[tokio::test]
async fn a_field_made_by_tooling_is_an_external_id_like_any_other() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let before = caller.create("Task", json!({ "Subject": "Before" })).await;

    let (status, made) = caller.post("/tooling/sobjects/CustomField", key("Activity")).await;
    assert_eq!((status, &made["success"]), (201, &json!(true)), "{made}");

    let upsert = |subject: &str| json!({ "Subject": subject });
    assert_eq!(caller.patch("/sobjects/Task/Made_Key__c/k1", upsert("One")).await.0, 201);
    assert_eq!(caller.patch("/sobjects/Task/Made_Key__c/k1", upsert("Two")).await.0, 200);
    assert_eq!(caller.create("Event", json!({ "Made_Key__c": "k1" })).await.len(), 18);
    let (_, old) = caller.get(&format!("/sobjects/Task/{before}")).await;
    assert_eq!(old["Made_Key__c"], Value::Null);
    assert_eq!(
        caller.patch(&format!("/sobjects/Task/{before}"), json!({ "Made_Key__c": "k1" })).await.0,
        400
    );
    let (_, described) = caller.get("/sobjects/Task/describe").await;
    let field =
        described["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Made_Key__c").unwrap();
    assert_eq!((&field["externalId"], &field["length"]), (&json!(true), &json!(64)));
    assert_eq!(
        code(&caller.post("/tooling/sobjects/CustomField", key("Activity")).await).1,
        "DUPLICATE_DEVELOPER_NAME"
    );
}

#[tokio::test]
async fn custom_fields_are_records_of_the_tooling_api_alone() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let soql = "q=SELECT+Id+FROM+CustomField+WHERE+DeveloperName='Voice_Key'+AND+TableEnumOrId='Case'";
    assert_eq!(caller.get(&format!("/tooling/query?{soql}")).await.1["totalSize"], 1);
    assert_eq!(code(&caller.get(&format!("/query?{soql}")).await).1, "INVALID_TYPE");
    assert_eq!(caller.get("/sobjects/CustomField/describe").await.0, 404);
    for (body, expected) in [
        (key("Nothing"), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        (json!({ "FullName": "Case" }), "INVALID_FULL_NAME"),
        (json!({ "FullName": "Case.A__c", "Metadata": { "type": "Text" } }), "REQUIRED_FIELD_MISSING"),
        (json!({ "FullName": "Case.A__c", "Metadata": { "type": "Colour" } }), "INVALID_INPUT"),
    ] {
        assert_eq!(code(&caller.post("/tooling/sobjects/CustomField", body).await), (400, expected));
    }
}
