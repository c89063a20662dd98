//! What `/readyz` says while the journal does not answer.

use std::time::Duration;

use crate::{
    private_postgres::PrivatePostgres,
    server::{Server, http, org},
};

#[tokio::test]
async fn a_server_whose_journal_hangs_says_in_time_that_it_is_not_ready_until_the_journal_answers_again() {
    let Some(postgres) = PrivatePostgres::start().unwrap() else {
        eprintln!("left out: readiness over PostgreSQL; initdb and postgres are not installed");
        return;
    };
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path()).journal(postgres.url());
    server.start(&http).await;

    postgres.signal("STOP").unwrap();
    let (ready, took) = server.is_ready(&http).await;
    postgres.signal("CONT").unwrap();

    assert!(!ready && took < Duration::from_secs(3), "ready: {ready}, after {took:?}");
    for _ in 0..200 {
        if server.is_ready(&http).await.0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not become ready again");
}
