//! Owners that are users or queues.

use salesforce_emulator::{CustomObject, Org};
use serde_json::json;

use crate::caller::{Caller, code, org};

async fn with_queue() -> (Org, Caller, String) {
    let org = org().queue("Tier 2", ["Case", "Voice_Call__c"]).start().await.unwrap();
    let queue = org.records("Group")[0]["Id"].as_str().unwrap().to_owned();
    let caller = Caller::new(&org).await;
    (org, caller, queue)
}

#[tokio::test]
async fn the_owner_of_a_case_is_a_user_or_a_queue_and_says_which() {
    let (_org, caller, queue) = with_queue().await;
    caller.create("Case", json!({ "Subject": "queued", "OwnerId": queue })).await;
    caller.create("Case", json!({ "Subject": "owned" })).await;
    let soql = "SELECT Subject, Owner.Type, Owner.Name FROM Case ORDER BY Subject";
    let records = caller.query(soql).await.1["records"].clone();
    assert_eq!(
        (&records[0]["Owner"]["Type"], &records[0]["Owner"]["Name"]),
        (&json!("User"), &json!("Integration User"))
    );
    assert_eq!(
        (&records[1]["Owner"]["Type"], &records[1]["Owner"]["Name"]),
        (&json!("Queue"), &json!("Tier 2"))
    );
    assert_eq!(records[0]["Owner"]["attributes"]["type"], "User");
    let found =
        caller.query("SELECT Subject FROM Case WHERE Owner.Type = 'Queue' AND Owner.IsActive = false").await;
    assert_eq!(found.0, 200);
    let found = caller.query("SELECT Subject FROM Case WHERE Owner.Type = 'Queue'").await.1;
    assert_eq!((&found["totalSize"], &found["records"][0]["Subject"]), (&json!(1), &json!("queued")));
    let described = caller.get("/sobjects/Case/describe").await.1;
    let owner =
        described["fields"].as_array().unwrap().iter().find(|field| field["name"] == "OwnerId").unwrap();
    assert_eq!((&owner["referenceTo"], &owner["namePointing"]), (&json!(["Group", "User"]), &json!(true)));
}

#[tokio::test]
async fn typeof_gives_of_an_owner_what_its_kind_has() {
    let (_org, caller, queue) = with_queue().await;
    caller.create("Case", json!({ "Subject": "queued", "OwnerId": queue })).await;
    caller.create("Case", json!({ "Subject": "owned" })).await;
    let owners = async |choice: &str| {
        let (status, answer) =
            caller.query(&format!("SELECT Subject, {choice} FROM Case ORDER BY Subject")).await;
        assert_eq!(status, 200, "{answer}");
        let owner = |at: usize| {
            let mut owner = answer["records"][at]["Owner"].clone();
            owner.as_object_mut().map(|fields| fields.remove("attributes"));
            owner
        };
        [owner(0), owner(1)]
    };
    let both = owners("TYPEOF Owner WHEN User THEN Username, Alias WHEN Group THEN DeveloperName END").await;
    assert_eq!(both[0], json!({ "Username": "integration@emulator.example", "Alias": "integ" }));
    assert_eq!(both[1], json!({ "DeveloperName": "Tier_2" }));
    let otherwise = owners("typeof owner when Group then Type else Name end").await;
    assert_eq!(otherwise, [json!({ "Name": "Integration User" }), json!({ "Type": "Queue" })]);
    assert_eq!(owners("TYPEOF Owner WHEN Group THEN Id END").await[0], json!(null));
    for bad in [
        "TYPEOF Owner END",
        "TYPEOF Owner WHEN User THEN Email",
        "TYPEOF Owner WHEN Account THEN Name END",
        "TYPEOF Account WHEN Account THEN Name END",
        "Owner.Name, TYPEOF Owner WHEN User THEN Email END",
    ] {
        let answer = caller.query(&format!("SELECT {bad} FROM Case")).await;
        assert_eq!(code(&answer), (400, "MALFORMED_QUERY"), "{bad}");
    }
    let unknown = caller.query("SELECT TYPEOF Owner WHEN Group THEN Username END FROM Case").await;
    assert_eq!(code(&unknown), (400, "INVALID_FIELD"));
}

#[tokio::test]
async fn a_queue_owns_only_what_it_is_for() {
    let (_org, caller, queue) = with_queue().await;
    caller.create("Voice_Call__c", json!({ "OwnerId": queue })).await;
    let lead = json!({ "LastName": "Lee", "Company": "Acme", "OwnerId": queue });
    let answer = caller.post("/sobjects/Lead", lead).await;
    assert_eq!(code(&answer), (400, "INVALID_OPERATION"));
    assert_eq!(answer.1[0]["message"], "Queue not associated with this SObject type");
    let account = json!({ "Name": "Acme", "OwnerId": queue });
    assert_eq!(code(&caller.post("/sobjects/Account", account).await), (400, "MALFORMED_ID"));
    let group = caller.create("Group", json!({ "Name": "People" })).await;
    assert_eq!(
        code(&caller.post("/sobjects/Case", json!({ "OwnerId": group })).await),
        (400, "INVALID_OPERATION")
    );
    let case = caller.create("Case", json!({})).await;
    let path = format!("/sobjects/Case/{case}");
    assert_eq!(caller.patch(&path, json!({ "OwnerId": queue })).await.0, 204);
    assert_eq!(code(&caller.patch(&path, json!({ "OwnerId": group })).await), (400, "INVALID_OPERATION"));
}

#[tokio::test]
async fn a_queue_of_an_org_file_can_own_its_records() {
    let text = "[[queue]]\nname = \"Tier 2\"\nobjects = [\"case\"]\n[[record]]\nobject = \"Case\"\nOwnerId = \"@{Tier 2}\"";
    let org = Org::builder().toml(text).unwrap().start().await.unwrap();
    assert_eq!(org.records("Case")[0]["OwnerId"], org.records("Group")[0]["Id"]);
    assert_eq!(org.records("QueueSobject")[0]["SobjectType"], "Case");
}

#[tokio::test]
async fn a_queue_for_what_it_cannot_own_is_refused_at_the_start() {
    for object in ["Account", "Nonsense", "Signal__e"] {
        let builder = org().object(CustomObject::new("Signal__e")).queue("Tier 2", [object]);
        let error = builder.start().await.unwrap_err().to_string();
        assert!(error.contains("Tier 2") && error.contains(object), "{error}");
    }
}
