//! Bulk jobs, exchange by exchange.

use std::time::Duration;

use futures_util::TryStreamExt;
use salesforce_client::{Client, CsvWriter, ErrorKind, JobState, Poll, Soql};
use serde_json::json;
use wiremock::matchers::{body_json, body_string, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const JOBS: &str = "/services/data/v66.0/jobs";

fn client(server: &MockServer) -> Client {
    crate::http::builder(server).build().unwrap()
}

fn fast() -> Poll {
    Poll { first: Duration::from_millis(1), ..Poll::default() }
}

fn job(state: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "id": "750000000000001AAA", "state": state, "numberRecordsProcessed": 2, "numberRecordsFailed": 1,
    }))
}

#[tokio::test]
async fn a_job_gets_its_data_runs_and_tells_each_rows_outcome() {
    let server = MockServer::start().await;
    let mut csv = CsvWriter::new(["Voice_Key__c", "Subject"]);
    csv.row(["k1", "say \"hi\", twice"]).unwrap();
    csv.row(["k2", CsvWriter::CLEAR]).unwrap();
    let csv = csv.take();
    Mock::given(method("POST"))
        .and(path(format!("{JOBS}/ingest")))
        .and(body_json(
            json!({"object": "Case", "operation": "upsert", "externalIdFieldName": "Voice_Key__c",
                              "contentType": "CSV", "lineEnding": "LF"}),
        ))
        .respond_with(job("Open"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .and(path(format!("{JOBS}/ingest/750000000000001AAA/batches")))
        .and(header("content-type", "text/csv; charset=UTF-8"))
        .and(body_string(csv.clone()))
        .respond_with(ResponseTemplate::new(201))
        .expect(1)
        .mount(&server)
        .await;
    let one = format!("{JOBS}/ingest/750000000000001AAA");
    Mock::given(method("PATCH"))
        .and(path(one.clone()))
        .and(body_json(json!({"state": "UploadComplete"})))
        .respond_with(job("UploadComplete"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(one.clone()))
        .respond_with(job("InProgress"))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(method("GET")).and(path(one.clone())).respond_with(job("JobComplete")).mount(&server).await;
    let rows = |text: &'static str| ResponseTemplate::new(200).set_body_raw(text, "text/csv");
    Mock::given(method("GET"))
        .and(path(format!("{one}/successfulResults")))
        .respond_with(rows(
            "\"sf__Id\",\"sf__Created\",Subject\n\"500000000000001AAA\",\"true\",\"say \"\"hi\"\", twice\"\n",
        ))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(format!("{one}/failedResults")))
        .respond_with(rows("sf__Id,sf__Error,Subject\n,STRING_TOO_LONG:Subject:--,x"))
        .mount(&server)
        .await;

    let mut looks = Vec::new();
    let job = client(&server).bulk().upsert("Case", "Voice_Key__c", csv).await.unwrap();
    let info = job.finished(fast(), |info| looks.push(info.state)).await.unwrap();
    assert_eq!(looks, [JobState::InProgress, JobState::InProgress, JobState::JobComplete]);
    assert_eq!((info.number_records_processed, info.number_records_failed), (2, 1));
    let written: Vec<_> = job.succeeded().try_collect().await.unwrap();
    assert_eq!(written[0].get("Subject"), Some("say \"hi\", twice"));
    let failed: Vec<_> = job.failed().try_collect().await.unwrap();
    assert!(failed[0].get("sf__Error").unwrap().starts_with("STRING_TOO_LONG"));
}

#[tokio::test]
async fn the_data_of_a_job_is_not_sent_twice_and_the_job_is_given_up() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(job("Open")).expect(1).mount(&server).await;
    Mock::given(method("PUT")).respond_with(ResponseTemplate::new(503)).expect(1).mount(&server).await;
    Mock::given(method("PATCH"))
        .and(body_json(json!({"state": "Aborted"})))
        .respond_with(job("Aborted"))
        .expect(1)
        .mount(&server)
        .await;

    let error = client(&server).bulk().insert("Case", "Subject\nx\n".to_owned()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_query_job_gives_the_rows_of_all_its_pages() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(format!("{JOBS}/query")))
        .and(body_json(json!({"operation": "query", "query": "SELECT Id FROM Case WHERE Subject = 'a\\'b'"})))
        .respond_with(job("UploadComplete"))
        .expect(1)
        .mount(&server)
        .await;
    let results = format!("{JOBS}/query/750000000000001AAA/results");
    Mock::given(method("GET"))
        .and(path(results.clone()))
        .and(query_param_is_missing("locator"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_raw("Id,N\n1,a\n2,b\n", "text/csv")
                .insert_header("sforce-locator", "MTAw"),
        )
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(results))
        .and(query_param("locator", "MTAw"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_raw("Id,N\n3,c", "text/csv")
                .insert_header("sforce-locator", "null"),
        )
        .expect(1)
        .mount(&server)
        .await;

    let soql = Soql::new("SELECT Id FROM Case WHERE Subject = :s").bind("s", "a'b");
    let job = client(&server).bulk().query(soql).await.unwrap();
    let rows: Vec<_> = job.rows().try_collect().await.unwrap();
    assert_eq!(rows.iter().filter_map(|row| row.get("Id")).collect::<Vec<_>>(), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_job_that_failed_or_takes_too_long_is_told() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(job("UploadComplete")).mount(&server).await;
    Mock::given(method("GET")).respond_with(job("Failed")).up_to_n_times(1).mount(&server).await;
    Mock::given(method("GET")).respond_with(|_: &Request| job("SomethingNew")).mount(&server).await;
    let job = client(&server).bulk().query(Soql::new("SELECT Id FROM Case")).await.unwrap();

    assert_eq!(job.finished(fast(), |_| {}).await.unwrap_err().kind(), ErrorKind::Rejected);
    let impatient = Poll { patience: Duration::ZERO, ..fast() };
    let error = job.finished(impatient, |info| assert_eq!(info.state, JobState::Unknown)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
}
