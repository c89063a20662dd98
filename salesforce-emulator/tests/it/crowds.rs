//! Many at once: limits of users and days, long calls, and rows that another holds.

use std::time::Duration;

use reqwest::Method;
use salesforce_emulator::{AfterStall, Fault, Org};
use serde_json::json;

use crate::caller::{Caller, SECRET, code, org, read};

/// Waits until the org has let in so many calls.
async fn let_in(org: &Org, calls: u64) {
    for _ in 0..10_000 {
        if org.stats().api_calls >= calls {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the calls were not let in");
}

#[tokio::test]
async fn a_day_has_so_many_calls_and_so_has_a_user() {
    let org = org().daily_calls(2).enforce_daily_calls(true).start().await.unwrap();
    let caller = Caller::new(&org).await;
    for expected in [200, 200, 403] {
        assert_eq!(caller.get("/limits").await.0, expected);
    }
    let org = crate::caller::org()
        .user("grace@example.com", "canary-token-77aa")
        .user_calls(1)
        .start()
        .await
        .unwrap();
    let mut caller = Caller::new(&org).await;
    assert_eq!(caller.get("/limits").await.0, 200);
    assert_eq!(code(&caller.get("/limits").await), (403, "REQUEST_LIMIT_EXCEEDED"));
    let login = [
        ("grant_type", "password"),
        ("client_id", "client"),
        ("client_secret", SECRET),
        ("username", "grace@example.com"),
        ("password", "canary-token-77aa"),
    ];
    let login = caller.http.post(format!("{}/services/oauth2/token", org.url())).form(&login);
    let (_, body) = read(login.send().await.unwrap()).await;
    body["access_token"].as_str().unwrap().clone_into(&mut caller.token);
    assert_eq!(caller.get("/limits").await.0, 200);
}

#[tokio::test]
async fn long_calls_keep_others_out_until_they_end() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.set_concurrency_limit(2, Duration::ZERO);
    org.faults().next(2, Fault::Stall { lasting: Duration::from_millis(700), then: AfterStall::Write });
    let third = async {
        let_in(&org, 2).await;
        caller.get("/limits").await
    };
    let (first, second, third) = tokio::join!(caller.get("/limits"), caller.get("/limits"), third);
    assert_eq!((first.0, second.0), (200, 200));
    assert_eq!(code(&third), (403, "REQUEST_LIMIT_EXCEEDED"));
    assert!(third.1[0]["message"].as_str().unwrap().contains("ConcurrentRequests"));
    assert_eq!(caller.get("/limits").await.0, 200);
}

#[tokio::test]
async fn a_held_row_is_waited_for_and_then_given_up() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let path = format!("/sobjects/Account/{account}");
    let held = org.lock_record(&account[..15]).unwrap();

    org.set_lock_times(Duration::ZERO, Duration::from_millis(5));
    let refused = caller.patch(&path, json!({ "Site": "x" })).await;
    assert_eq!(code(&refused), (400, "UNABLE_TO_LOCK_ROW"));
    // A child takes its parent's row, a composite request the rows of all its parts; readers take none.
    let child = caller.post("/sobjects/Contact", json!({ "LastName": "L", "AccountId": account })).await;
    assert_eq!(code(&child).1, "UNABLE_TO_LOCK_ROW");
    let step =
        json!({ "method": "DELETE", "url": format!("/services/data/v66.0{path}"), "referenceId": "d" });
    let composite = caller.post("/composite", json!({ "compositeRequest": [step] })).await;
    assert_eq!(code(&composite).1, "UNABLE_TO_LOCK_ROW");
    assert_eq!(caller.get(&path).await.0, 200);
    assert_eq!(caller.post("/sobjects/Account", json!({ "Name": "Other" })).await.0, 201);
    let gone = caller.send(Method::DELETE, &format!("/composite/sobjects?ids={account}"), None).await;
    assert_eq!(code(&gone).1, "UNABLE_TO_LOCK_ROW");

    org.set_lock_times(Duration::ZERO, Duration::from_secs(30));
    let before = org.stats().api_calls;
    let release = async {
        let_in(&org, before + 1).await;
        drop(held);
    };
    let (waited, ()) = tokio::join!(caller.patch(&path, json!({ "Site": "y" })), release);
    assert_eq!(waited.0, 204);
    assert!(org.lock_record("no id").is_err());
}

#[tokio::test]
async fn writes_to_one_row_go_one_after_the_other() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.set_lock_times(Duration::from_millis(2), Duration::from_secs(30));
    let writes =
        (0..20).map(|number| {
            let caller = &caller;
            async move {
                caller.patch("/sobjects/Account/Ext__c/k", json!({ "Name": format!("{number}") })).await.0
            }
        });
    let statuses = futures_util::future::join_all(writes).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 19);
    assert_eq!(org.count("Account"), 1);
}
