//! Faults: what the client sees, and what was written all the same.

use std::time::{Duration, Instant};

use reqwest::Method;
use salesforce_emulator::{AfterStall, Fault, FaultPlan, Org};
use serde_json::json;

use crate::caller::{Caller, code, org, token_request};

async fn one(fault: Fault) -> (Org, Caller) {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.faults().next(1, fault);
    (org, caller)
}

#[tokio::test]
async fn refusals_write_nothing() {
    for (fault, expected) in [
        (Fault::Unavailable503BeforeWrite, (503, "SERVER_UNAVAILABLE")),
        (Fault::ConcurrentRequestLimit, (403, "REQUEST_LIMIT_EXCEEDED")),
        (Fault::DailyLimit, (403, "REQUEST_LIMIT_EXCEEDED")),
        (Fault::RowLock, (400, "UNABLE_TO_LOCK_ROW")),
        (
            Fault::Stall { lasting: Duration::from_millis(5), then: AfterStall::Nothing },
            (503, "SERVER_UNAVAILABLE"),
        ),
    ] {
        let (org, caller) = one(fault.clone()).await;
        let answer = caller.post("/sobjects/Case", json!({})).await;
        assert_eq!(code(&answer), expected);
        assert_eq!(org.count("Case"), 0);
        assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
        assert_eq!(org.requests()[1].fault, Some(fault));
        assert_eq!(org.stats().faults, 1);
    }
}

#[tokio::test]
async fn the_two_kinds_of_limit_differ_in_their_text() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.faults().next(1, Fault::ConcurrentRequestLimit);
    org.faults().next(1, Fault::DailyLimit);
    let concurrent = caller.get("/limits").await.1[0]["message"].clone();
    assert_eq!(concurrent, "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    assert_eq!(caller.get("/limits").await.1[0]["message"], "TotalRequests Limit exceeded.");
}

#[tokio::test]
async fn a_503_after_the_write_has_written() {
    let (org, caller) = one(Fault::Unavailable503AfterWrite).await;
    let answer = caller.post("/sobjects/Case", json!({})).await;
    assert_eq!(code(&answer), (503, "SERVER_UNAVAILABLE"));
    assert_eq!(org.count("Case"), 1);
}

#[tokio::test]
async fn cut_connections_answer_nothing() {
    for (fault, written) in [(Fault::CutBeforeWrite, 0), (Fault::CutAfterWrite, 1)] {
        let (org, caller) = one(fault).await;
        let sent = caller.request(Method::POST, "/sobjects/Case").json(&json!({})).send().await;
        assert!(sent.is_err());
        assert_eq!(org.count("Case"), written);
        assert_eq!(org.requests()[1].status, None);
    }
}

#[tokio::test]
async fn a_stalled_write_arrives_though_the_client_hung_up() {
    let (org, caller) =
        one(Fault::Stall { lasting: Duration::from_millis(150), then: AfterStall::Write }).await;
    let request =
        caller.request(Method::POST, "/sobjects/Case").json(&json!({})).timeout(Duration::from_millis(30));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(org.count("Case"), 0);
    let deadline = Instant::now() + Duration::from_secs(10);
    while org.count("Case") == 0 {
        assert!(Instant::now() < deadline, "the write never arrived");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let (org, caller) = one(Fault::TokenExpired).await;
    for _ in 0..2 {
        assert_eq!(code(&caller.post("/sobjects/Case", json!({})).await), (401, "INVALID_SESSION_ID"));
    }
    assert_eq!((org.count("Case"), org.stats().rejected_tokens), (0, 2));
    assert_eq!(Caller::new(&org).await.post("/sobjects/Case", json!({})).await.0, 201);
}

#[tokio::test]
async fn a_proxys_page_is_no_json() {
    let (org, caller) = one(Fault::Html502).await;
    let answer = caller.request(Method::POST, "/sobjects/Case").json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().starts_with("<html>"));
    assert_eq!(org.count("Case"), 0);
}

#[tokio::test]
async fn a_plan_plays_until_it_is_cleared_and_repeats_for_its_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let org = org().start().await.unwrap();
        let caller = Caller::new(&org).await;
        org.faults().set(FaultPlan::seeded(11).unavailable(0.3).row_lock(0.2));
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(caller.post("/sobjects/Case", json!({})).await.0);
        }
        org.faults().clear();
        assert_eq!(caller.get("/limits").await.0, 200);
        assert_eq!(org.count("Case"), run.iter().filter(|status| **status == 201).count());
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&503) && runs[0].contains(&400) && runs[0].contains(&201));
}

#[tokio::test]
async fn the_token_endpoint_has_faults_of_its_own() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.faults().next_token(1, Fault::Unavailable503BeforeWrite);
    org.faults().next_token(1, Fault::CutAfterWrite);
    assert_eq!(caller.get("/limits").await.0, 200);
    assert_eq!(token_request(&caller.http, org.url()).send().await.unwrap().status(), 503);
    assert!(token_request(&caller.http, org.url()).send().await.is_err());
    assert_eq!(token_request(&caller.http, org.url()).send().await.unwrap().status(), 200);
    assert_eq!((org.stats().token_requests, org.stats().tokens_issued), (4, 3));
}

#[tokio::test]
async fn a_stopped_org_closes_its_connections() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    assert_eq!(caller.get("/limits").await.0, 200);
    org.shutdown().await;
    assert!(caller.request(Method::GET, "/limits").send().await.is_err());
}

#[tokio::test]
async fn a_silent_org_has_written_and_never_says_so() {
    let (org, caller) = one(Fault::SilenceAfterWrite).await;
    let request = caller.request(Method::POST, "/sobjects/Case").json(&json!({}));
    let silent = request.timeout(Duration::from_millis(200)).send().await;
    assert!(silent.unwrap_err().is_timeout());
    assert_eq!(org.count("Case"), 1);
}

#[tokio::test]
async fn each_user_has_calls_of_its_own_in_a_window() {
    let org = org().user("ada@example.com", "her-password").start().await.unwrap();
    let caller = Caller::new(&org).await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "client"),
        ("client_secret", crate::caller::SECRET),
        ("username", "ada@example.com"),
        ("password", "her-password"),
    ];
    let login = caller.http.post(format!("{}/services/oauth2/token", org.url())).form(&form).send().await;
    let login: serde_json::Value = login.unwrap().json().await.unwrap();
    let other =
        Caller { token: login["access_token"].as_str().unwrap().to_owned(), ..Caller::new(&org).await };

    org.set_user_limit(Some((2, Duration::from_secs(20))));
    assert_eq!([caller.get("/limits").await.0, caller.get("/limits").await.0], [200, 200]);
    assert_eq!(code(&caller.get("/limits").await), (403, "REQUEST_LIMIT_EXCEEDED"));
    assert_eq!(other.get("/limits").await.0, 200, "another user has a window of its own");
    assert_eq!((org.stats().api_calls, org.stats().limit_rejections), (3, 1));
    org.set_user_limit(None);
    assert_eq!(caller.get("/limits").await.0, 200);
}
