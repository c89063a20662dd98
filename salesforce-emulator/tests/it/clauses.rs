//! Clauses of a query that say for whom and for what it is.

use salesforce_emulator::{Fault, Scope};
use serde_json::json;

use crate::caller::{Caller, code, org};

#[tokio::test]
async fn a_query_may_say_what_it_is_for() {
    let org = org().start().await.unwrap();
    org.insert("Case", json!({ "Subject": "a" })).unwrap();
    let caller = Caller::new(&org).await;
    for clauses in [
        "FOR VIEW",
        "FOR REFERENCE",
        "FOR VIEW, REFERENCE",
        "WHERE Subject = 'a' LIMIT 1 FOR UPDATE",
        "WITH SECURITY_ENFORCED",
        "WHERE Subject = 'a' WITH USER_MODE ORDER BY Subject LIMIT 1",
    ] {
        let (status, answer) = caller.query(&format!("SELECT Id FROM Case {clauses}")).await;
        assert_eq!((status, &answer["totalSize"]), (200, &json!(1)), "{clauses}: {answer}");
    }
    for bad in [
        "SELECT Id FROM Case WITH SYSTEM_MODE",
        "SELECT Id FROM Case ORDER BY Subject FOR UPDATE",
        "SELECT COUNT() FROM Case FOR UPDATE",
        "SELECT Status FROM Case GROUP BY Status FOR UPDATE",
        "SELECT Id FROM Case FOR UPDATE FOR VIEW",
    ] {
        assert_eq!(code(&caller.query(bad).await), (400, "MALFORMED_QUERY"), "{bad}");
    }
}

#[tokio::test]
async fn a_query_for_update_cannot_have_a_record_that_is_locked() {
    let org = org().start().await.unwrap();
    let locked = org.insert("Case", json!({ "Subject": "locked" })).unwrap();
    org.insert("Case", json!({ "Subject": "free" })).unwrap();
    let caller = Caller::new(&org).await;
    org.hold_fault(Scope::Record(locked), Fault::RowLock).unwrap();
    let answer = caller.query("SELECT Id FROM Case FOR UPDATE").await;
    assert_eq!(code(&answer), (400, "UNABLE_TO_LOCK_ROW"));
    assert_eq!(caller.query("SELECT Id FROM Case WHERE Subject = 'free' FOR UPDATE").await.0, 200);
    assert_eq!(caller.query("SELECT Id FROM Case").await.1["totalSize"], 2);
}

#[tokio::test]
async fn the_scope_mine_finds_what_the_caller_owns() {
    let org = org().user("ada@example.com", "her-password").start().await.unwrap();
    let ada =
        org.records("User").iter().find(|user| user["Username"] == "ada@example.com").unwrap()["Id"].clone();
    org.insert("Case", json!({ "Subject": "hers", "OwnerId": ada })).unwrap();
    org.insert("Case", json!({ "Subject": "mine" })).unwrap();
    let caller = Caller::new(&org).await;
    let (_, answer) = caller.query("SELECT Subject FROM Case USING SCOPE mine WHERE Subject != null").await;
    assert_eq!((&answer["totalSize"], &answer["records"][0]["Subject"]), (&json!(1), &json!("mine")));
    assert_eq!(caller.query("SELECT Id FROM Case USING SCOPE Everything").await.1["totalSize"], 2);
    for bad in ["SELECT Id FROM Case USING SCOPE Team", "SELECT Id FROM User USING SCOPE mine"] {
        assert_eq!(code(&caller.query(bad).await), (400, "INVALID_QUERY_SCOPE"), "{bad}");
    }
    let described = caller.get("/sobjects/Case/describe").await.1;
    assert_eq!(described["supportedScopes"][1]["name"], "mine");
}
