//! Bulk jobs where something goes wrong: outages, restarts, lost rows.

use std::error::Error as _;
use std::time::Duration;

use futures_util::TryStreamExt;
use salesforce_client::{
    Client, ColumnDelimiter, CsvWriter, Error, ErrorKind, JobState, LineEnding, LoginHost, Poll, RetryPolicy,
    SecretString, Soql,
};
use salesforce_emulator::Org;
use serde_json::json;
use wiremock::matchers::{body_json, method, path, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::canary;

const INGEST: &str = "/services/data/v66.0/jobs/ingest/750000000000001AAA";
const QUERY: &str = "/services/data/v66.0/jobs/query/750000000000001AAA";

/// A client whose attempts are one each, so that nothing but the wait for a job outlives an outage.
fn client(server: &MockServer) -> Client {
    let once = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    crate::http::builder(server).retry_policy(once).build().unwrap()
}

fn fast() -> Poll {
    Poll { first: Duration::from_millis(1), longest: Duration::from_millis(2), ..Poll::default() }
}

fn info(state: &str, processed: u64, failed: u64) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"id": "750000000000001AAA", "state": state,
        "numberRecordsProcessed": processed, "numberRecordsFailed": failed}))
}

async fn answers(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate, times: u64) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).up_to_n_times(times).mount(server).await;
}

/// A server that takes a job that writes, and its data.
async fn taking() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(info("Open", 0, 0)).mount(&server).await;
    Mock::given(method("PUT")).respond_with(ResponseTemplate::new(201)).mount(&server).await;
    Mock::given(method("PATCH")).respond_with(info("UploadComplete", 0, 0)).mount(&server).await;
    server
}

const TWO_ROWS: &str = "Subject\nx\n\"y\nz\"";

#[tokio::test]
async fn a_job_that_failed_tells_the_orgs_reason_to_the_operator_alone() {
    let server = taking().await;
    let reason = format!("InvalidBatch : Field name not found : {}", canary::PHONE);
    let failed = json!({"id": "750000000000001AAA", "state": "Failed", "errorMessage": reason});
    answers(&server, "GET", INGEST, ResponseTemplate::new(200).set_body_json(failed), 1).await;

    let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
    let mut shown = String::new();
    let error = job.finished(fast(), |info| shown = format!("{info:?}")).await.unwrap_err();
    assert_eq!((error.kind(), error.entries()[0].message()), (ErrorKind::Rejected, reason.as_str()));
    assert!(error.to_string().contains("read the org's reason"), "{error}");
    canary::assert_absent("the job", &format!("{shown} {error} {error:?}"));
}

#[tokio::test]
async fn a_wait_for_a_job_outlives_an_outage() {
    let server = taking().await;
    answers(&server, "GET", INGEST, info("InProgress", 0, 0), 1).await;
    answers(&server, "GET", INGEST, ResponseTemplate::new(503), 9).await;
    answers(&server, "GET", INGEST, ResponseTemplate::new(420).set_body_string("<html>"), 3).await;
    answers(&server, "GET", INGEST, info("JobComplete", 2, 0), 1).await;

    let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
    let info = job.finished(fast(), |_| {}).await.unwrap();
    assert_eq!(info.state, JobState::JobComplete);
}

#[tokio::test]
async fn a_wait_that_ends_in_an_outage_names_it_as_the_cause() {
    let server = taking().await;
    answers(&server, "GET", INGEST, ResponseTemplate::new(503), 9).await;
    let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
    let impatient = Poll { patience: Duration::ZERO, ..fast() };
    let error = job.finished(impatient, |_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let cause = error.source().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(cause.status().unwrap(), 503);
}

#[tokio::test]
async fn a_job_whose_data_never_came_is_not_waited_for() {
    let server = MockServer::start().await;
    answers(&server, "GET", INGEST, info("Open", 0, 0), 2).await;
    let job = client(&server).bulk().job("750000000000001AAA").await.unwrap();
    let error = job.finished(fast(), |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("give it up"), "{error}");
}

#[tokio::test]
async fn a_job_that_has_begun_in_spite_of_a_lost_answer_is_not_given_up() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(info("Open", 0, 0)).mount(&server).await;
    Mock::given(method("PUT")).respond_with(ResponseTemplate::new(201)).mount(&server).await;
    Mock::given(body_json(json!({"state": "Aborted"})))
        .respond_with(info("Aborted", 0, 0))
        .expect(0)
        .mount(&server)
        .await;
    answers(&server, "PATCH", INGEST, ResponseTemplate::new(503), 1).await;
    answers(&server, "GET", INGEST, info("InProgress", 0, 0), 1).await;
    answers(&server, "GET", INGEST, info("JobComplete", 2, 0), 1).await;

    let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
    assert!(job.finished(fast(), |_| {}).await.is_ok());
}

#[tokio::test]
async fn rows_that_were_sent_and_that_the_org_does_not_count_are_told() {
    for (processed, is_right) in [(2, true), (1, false), (3, false)] {
        let server = taking().await;
        answers(&server, "GET", INGEST, info("JobComplete", processed, 0), 1).await;
        let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
        let told = job.finished(fast(), |_| {}).await;
        assert_eq!(told.is_ok(), is_right, "{processed}");
        if let Err(error) = told {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(
                error
                    .to_string()
                    .contains(&format!("of the 2 rows that were sent the org counts {processed}"))
            );
        }
    }
}

#[tokio::test]
async fn results_that_lack_rows_of_the_job_are_told() {
    let server = taking().await;
    answers(&server, "GET", INGEST, info("JobComplete", 2, 1), 1).await;
    let rows = |text: &'static str| ResponseTemplate::new(200).set_body_raw(text, "text/csv");
    answers(&server, "GET", &format!("{INGEST}/successfulResults"), rows("sf__Id\n500\n"), 1).await;
    answers(&server, "GET", &format!("{INGEST}/failedResults"), rows("sf__Error\n"), 1).await;

    let job = client(&server).bulk().insert("Case", TWO_ROWS.to_owned()).await.unwrap();
    job.finished(fast(), |_| {}).await.unwrap();
    assert_eq!(job.succeeded().try_collect::<Vec<_>>().await.unwrap().len(), 1);
    let error = job.failed().try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.to_string().contains("1 rows of this sort, and 0 came"), "{error}");
}

async fn query_job(server: &MockServer) -> salesforce_client::QueryJob {
    answers(server, "GET", QUERY, info("JobComplete", 2, 0), 1).await;
    client(server).bulk().query_job("750000000000001AAA").await.unwrap()
}

fn page(text: &'static str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text, "text/csv")
}

#[tokio::test]
async fn a_page_with_fewer_rows_than_announced_is_told() {
    let server = MockServer::start().await;
    let short = page("Id\n1\n2\n").insert_header("sforce-numberofrecords", "3");
    answers(&server, "GET", &format!("{QUERY}/results"), short, 1).await;
    let error = query_job(&server).await.rows().try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("announced 3 rows, and 2 came"), "{error}");
}

#[tokio::test]
async fn pages_without_rows_and_pages_that_lead_to_themselves_come_to_an_end() {
    let hollow = |request: &Request| {
        let place = request.url.query().map_or(0, str::len);
        page("Id\n").insert_header("sforce-locator", "x".repeat(place + 1).as_str())
    };
    let server = MockServer::start().await;
    Mock::given(path_regex("/results$")).respond_with(hollow).expect(..=10).mount(&server).await;
    let error = query_job(&server).await.rows().try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.to_string().contains("gives no rows"), "{error}");

    let server = MockServer::start().await;
    let itself = page("Id\n1\n").insert_header("sforce-locator", "same");
    Mock::given(path_regex("/results$")).respond_with(itself).expect(2).mount(&server).await;
    assert!(query_job(&server).await.rows().try_collect::<Vec<_>>().await.is_err());
}

#[tokio::test]
async fn a_page_of_a_proxy_in_place_of_rows_is_asked_for_again() {
    let server = MockServer::start().await;
    let proxy = ResponseTemplate::new(200).set_body_raw("<html>please wait</html>", "text/html");
    answers(&server, "GET", &format!("{QUERY}/results"), proxy, 1).await;
    answers(&server, "GET", &format!("{QUERY}/results"), page("Id\n1\n"), 1).await;
    answers(&server, "GET", QUERY, info("JobComplete", 1, 0), 1).await;
    let client = crate::http::builder(&server).chance(|| 0.0).build().unwrap();
    let job = client.bulk().query_job("750000000000001AAA").await.unwrap();
    assert_eq!(job.rows().try_collect::<Vec<_>>().await.unwrap().len(), 1);
}

async fn org() -> (Org, Client) {
    let org = crate::org::org().start().await.unwrap();
    let client = new_process(&org);
    (org, client)
}

fn new_process(org: &Org) -> Client {
    let host = LoginHost::parse(org.url()).unwrap();
    Client::builder(host)
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_job_is_taken_up_by_its_id_after_a_restart() {
    let (org, client) = org().await;
    let delimiter = ColumnDelimiter::Semicolon;
    let mut csv = CsvWriter::with(delimiter, LineEnding::Crlf, ["Voice_Key__c", "Subject"]);
    csv.row(["k1", "one; two"]).unwrap();
    let begun = client.bulk().upsert("Case", "Voice_Key__c", csv.take());
    let begun = begun.column_delimiter(delimiter).line_ending(LineEnding::Crlf).await.unwrap();
    let id = begun.id().to_owned();
    drop((begun, client));

    let client = new_process(&org);
    let job = client.bulk().job(&id).await.unwrap();
    let info = job.finished(fast(), |_| {}).await.unwrap();
    assert_eq!((info.number_records_processed, info.number_records_failed), (1, 0));
    let rows: Vec<_> = job.succeeded().try_collect().await.unwrap();
    assert_eq!(rows[0].get("Subject"), Some("one; two"));

    assert!(client.bulk().job("750000000000999AAA").await.unwrap_err().is_not_found());
    let error = client.bulk().job("../sobjects").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn every_delimiter_and_line_end_is_told_to_the_org_and_read_back() {
    use ColumnDelimiter::{Backquote, Caret, Comma, Pipe, Semicolon, Tab};
    let (_org, client) = org().await;
    let words = "a`b^c,d|e;f\tg\r\n\"h\" i";
    for delimiter in [Backquote, Caret, Comma, Pipe, Semicolon, Tab] {
        for ending in [LineEnding::Lf, LineEnding::Crlf] {
            let key = format!("{delimiter:?}{ending:?}");
            let mut csv = CsvWriter::with(delimiter, ending, ["Voice_Key__c", "Description"]);
            csv.row([key.as_str(), words]).unwrap();
            let job = client.bulk().upsert("Case", "Voice_Key__c", csv.take());
            let job = job.column_delimiter(delimiter).line_ending(ending).await.unwrap();
            job.finished(fast(), |_| {}).await.unwrap();
            let written: Vec<_> = job.succeeded().try_collect().await.unwrap();
            assert_eq!(written[0].get("Description"), Some(words), "{key}");

            let soql =
                Soql::new("SELECT Description FROM Case WHERE Voice_Key__c = :key").bind("key", key.as_str());
            let query = client.bulk().query(soql).column_delimiter(delimiter).await.unwrap();
            query.finished(fast(), |_| {}).await.unwrap();
            let read: Vec<_> = query.rows().try_collect().await.unwrap();
            assert!(read[0].get("Description").unwrap().starts_with("a`b^c,d|e;f\tg"), "{key}");
        }
    }
}
