//! Addresses as a whole.

use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

#[tokio::test]
async fn an_address_is_its_parts_together_and_nothing_without_any() {
    let org = org().start().await.unwrap();
    org.insert("Account", json!({ "Name": "Acme", "BillingCity": "Oslo", "BillingStreet": "Storgata 1" }))
        .unwrap();
    org.insert("Lead", json!({ "LastName": "Lee", "Company": "Acme", "PostalCode": "0155" })).unwrap();
    let caller = Caller::new(&org).await;
    let (_, answer) = caller.query("SELECT BillingAddress, ShippingAddress FROM Account").await;
    let expected = json!({
        "city": "Oslo", "country": null, "geocodeAccuracy": null, "latitude": null, "longitude": null,
        "postalCode": null, "state": null, "street": "Storgata 1",
    });
    assert_eq!(answer["records"][0]["BillingAddress"], expected);
    assert_eq!(answer["records"][0]["ShippingAddress"], Value::Null);
    assert_eq!(
        caller.query("SELECT Address FROM Lead").await.1["records"][0]["Address"]["postalCode"],
        "0155"
    );
    org.insert("Contact", json!({ "LastName": "L", "AccountId": org.records("Account")[0]["Id"] })).unwrap();
    let (_, answer) = caller.query("SELECT Account.BillingAddress FROM Contact").await;
    assert_eq!(answer["records"][0]["Account"]["BillingAddress"]["city"], "Oslo");
}

#[tokio::test]
async fn an_address_as_a_whole_can_only_be_read() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let write = json!({ "Name": "Acme", "BillingAddress": { "city": "Oslo" } });
    assert_eq!(
        code(&caller.post("/sobjects/Account", write).await),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    );
    for clause in ["WHERE BillingAddress = null", "ORDER BY BillingAddress"] {
        let answer = caller.query(&format!("SELECT Id FROM Account {clause}")).await;
        assert_eq!(code(&answer), (400, "INVALID_FIELD"), "{clause}");
    }
    let group = caller.query("SELECT BillingAddress FROM Account GROUP BY BillingAddress").await;
    assert_eq!(code(&group), (400, "INVALID_FIELD"));
    let job = json!({ "operation": "query", "query": "SELECT Id, BillingAddress FROM Account" });
    assert_eq!(code(&caller.post("/jobs/query", job).await), (400, "FUNCTIONALITY_NOT_ENABLED"));
    let described = caller.get("/sobjects/Account/describe").await.1;
    let field = |name: &str| {
        described["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
    };
    assert_eq!(field("BillingAddress")["type"], "address");
    assert_eq!(field("BillingCity")["compoundFieldName"], "BillingAddress");
}
