//! Several integration users as one client.

use std::sync::Arc;

use salesforce_client::{Client, ClientPool, ErrorKind};
use serde_json::json;

use crate::scripted::{CREATED, Scripted, Step, client};

const CROWDED: &str =
    r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests Limit exceeded."}]"#;
const SPENT: &str = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#;
const EXPIRED: &str = r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#;

fn pool(transports: &[&Arc<Scripted>]) -> ClientPool {
    ClientPool::new(transports.iter().map(|transport| client(transport))).unwrap()
}

async fn create(client: Client) -> salesforce_client::Result<salesforce_client::RecordId> {
    client.records("Case").create(&json!({"Subject": "x"})).await
}

#[tokio::test(start_paused = true)]
async fn a_user_who_cannot_log_in_is_stood_in_for_and_then_rests() {
    let first = Scripted::new([Step::Answer(401, EXPIRED)]);
    let second = Scripted::new([Step::Answer(201, CREATED), Step::Answer(201, CREATED)]);
    let pool = pool(&[&first, &second]);

    assert!(pool.run(create).await.is_ok());
    assert!(pool.run(create).await.is_ok());
    assert_eq!((first.count(), second.count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_crowded_user_is_stood_in_for_but_the_orgs_budget_is_everybodys() {
    let first = Scripted::new((0..6).map(|_| Step::Answer(403, CROWDED)));
    let second = Scripted::new([Step::Answer(403, SPENT)]);
    let pool = pool(&[&first, &second]);

    let error = pool.run(create).await.unwrap_err();
    assert_eq!((error.kind(), second.count()), (ErrorKind::Limit, 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_applied_is_not_done_as_another_user() {
    let first = Scripted::new([Step::Answer(503, "<html>")]);
    let second = Scripted::new([]);
    let pool = pool(&[&first, &second]);

    assert_eq!(pool.run(create).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(second.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn work_goes_to_the_least_busy_user() {
    let first = Scripted::new([Step::Slow(5, 201, CREATED)]);
    let second = Scripted::new([Step::Answer(201, CREATED)]);
    let pool = pool(&[&first, &second]);

    let (one, other) = tokio::join!(pool.run(create), pool.run(create));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!((first.count(), second.count()), (1, 1));
}

#[test]
fn a_pool_of_nobody_is_refused() {
    assert_eq!(ClientPool::new([]).unwrap_err().kind(), ErrorKind::Configuration);
}
