//! Bulk API 2.0.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, org, read};

/// Opens a job, gives it data and closes it; answers with the job as it is then.
async fn load(caller: &Caller, job: Value, data: &str) -> Value {
    let (status, job) = caller.post("/jobs/ingest", job).await;
    assert_eq!((status, &job["state"]), (200, &json!("Open")), "{job}");
    let path = format!("/jobs/ingest/{}", job["id"].as_str().unwrap());
    let upload = caller.request(Method::PUT, &format!("/{}", job["contentUrl"].as_str().unwrap()));
    let upload = upload.header("content-type", "text/csv").body(data.to_owned());
    assert_eq!(upload.send().await.unwrap().status(), 201);
    let (_, closed) = caller.patch(&path, json!({ "state": "UploadComplete" })).await;
    assert_eq!(closed["state"], "UploadComplete");
    caller.get(&path).await.1
}

async fn table(caller: &Caller, path: &str) -> String {
    caller.request(Method::GET, path).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn each_row_succeeds_or_fails_by_itself() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let data = "LastName,Vip__c,Description\nHopper,true,\"a \"\"b\"\", c\nd\"\n,false,x\nCurie,maybe,#N/A\n";
    let job = load(&caller, json!({ "object": "contact", "operation": "insert" }), data).await;
    assert_eq!((&job["state"], &job["numberRecordsProcessed"]), (&json!("JobComplete"), &json!(3)));
    assert_eq!(job["numberRecordsFailed"], 2);
    let path = format!("/jobs/ingest/{}", job["id"].as_str().unwrap());
    let succeeded = table(&caller, &format!("{path}/successfulResults")).await;
    assert!(
        succeeded.starts_with("\"sf__Id\",\"sf__Created\",\"LastName\",\"Vip__c\",\"Description\"\n\"003")
    );
    assert!(succeeded.contains("\"true\",\"Hopper\""));
    let failed = table(&caller, &format!("{path}/failedResults/")).await;
    assert!(failed.contains("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"));
    assert!(failed.contains("INVALID_TYPE_ON_FIELD_IN_RECORD"));
    assert_eq!(org.records("Contact")[0]["Description"], "a \"b\", c\nd");
}

#[tokio::test]
async fn upsert_update_and_delete_find_their_records() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let upsert = json!({ "object": "Account", "operation": "upsert", "externalIdFieldName": "Ext__c" });
    load(&caller, upsert.clone(), "Name,Ext__c\nOne,a\nTwo,b\n").await;
    load(&caller, upsert, "Name,Ext__c,Site\nOne again,a,here\n").await;
    let ids: Vec<String> =
        org.records("Account").iter().map(|row| row["Id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2);
    let child = json!({ "object": "Case", "operation": "insert" });
    load(&caller, child, "Subject,Account.Ext__c\nHi,b\n").await;
    assert_eq!(org.records("Case")[0]["AccountId"], ids[1]);
    let clear = format!("Id;Name;Site\r\n{};;#N/A\r\n", ids[0]);
    let update = json!({ "object": "Account", "operation": "update", "columnDelimiter": "SEMICOLON", "lineEnding": "CRLF" });
    assert_eq!(load(&caller, update, &clear).await["numberRecordsFailed"], 0);
    let cleared = &org.records("Account")[0];
    assert_eq!((&cleared["Name"], &cleared["Site"]), (&json!("One again"), &Value::Null));
    load(&caller, json!({ "object": "Account", "operation": "delete" }), &format!("Id\n{}\n", ids[0])).await;
    assert_eq!(org.count("Account"), 1);
}

#[tokio::test]
async fn a_job_whose_data_is_wrong_as_a_whole_fails() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for (data, message) in [
        ("Name,Nope\nx,y\n", "Field name not found : Nope"),
        ("Name\r\nx\r\n", "LineEnding is invalid"),
        ("Name\n\"x\n", "no end"),
    ] {
        let job = load(&caller, json!({ "object": "Account", "operation": "insert" }), data).await;
        assert_eq!(job["state"], "Failed");
        assert!(job["errorMessage"].as_str().unwrap().contains(message));
    }
    assert_eq!(org.count("Account"), 0);
    for (body, code) in [
        (json!({ "object": "Nope", "operation": "insert" }), "INVALIDENTITY"),
        (json!({ "object": "Account", "operation": "merge" }), "INVALID_INPUT"),
        (json!({ "object": "Account", "operation": "upsert", "externalIdFieldName": "Name" }), "INVALIDJOB"),
    ] {
        let (status, answer) = caller.post("/jobs/ingest", body).await;
        assert_eq!((status, &answer[0]["errorCode"]), (400, &json!(code)));
    }
}

#[tokio::test]
async fn a_job_goes_through_its_states_once() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let (_, job) = caller.post("/jobs/ingest", json!({ "object": "Account", "operation": "insert" })).await;
    let path = format!("/jobs/ingest/{}", job["id"].as_str().unwrap());
    assert_eq!(caller.delete(&path).await.1[0]["errorCode"], "INVALIDJOBSTATE");
    assert_eq!(caller.patch(&path, json!({ "state": "Aborted" })).await.1["state"], "Aborted");
    assert_eq!(caller.patch(&path, json!({ "state": "UploadComplete" })).await.0, 400);
    assert_eq!(caller.delete(&path).await.0, 204);
    assert_eq!(caller.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_query_job_gives_its_rows_in_tables_that_lead_to_each_other() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let acme = org.insert("Account", json!({ "Name": "Acme, Inc." })).unwrap();
    for number in 0..5 {
        org.insert("Case", json!({ "Subject": format!("\"{number}\""), "AccountId": acme })).unwrap();
    }
    let query = "SELECT Account.Name, Subject, IsClosed, Reason FROM Case ORDER BY Subject";
    let (_, job) = caller.post("/jobs/query", json!({ "operation": "query", "query": query })).await;
    let path = format!("/jobs/query/{}", job["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.1["state"], "JobComplete");
    let (mut locator, mut rows) = (String::new(), Vec::new());
    while locator != "null" {
        let more = if locator.is_empty() { String::new() } else { format!("&locator={locator}") };
        let answer =
            caller.request(Method::GET, &format!("{path}/results?maxRecords=2{more}")).send().await.unwrap();
        locator = answer.headers()["sforce-locator"].to_str().unwrap().to_owned();
        let text = answer.text().await.unwrap();
        let mut lines = text.lines().map(str::to_owned);
        assert_eq!(lines.next().unwrap(), "\"Subject\",\"IsClosed\",\"Reason\",\"Account.Name\"");
        rows.extend(lines);
    }
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[4], "\"\"\"4\"\"\",\"false\",\"\",\"Acme, Inc.\"");
    let bad = caller.request(Method::GET, &format!("{path}/results?locator=L99"));
    assert_eq!(read(bad.send().await.unwrap()).await.1[0]["errorCode"], "INVALID_QUERY_LOCATOR");
    let grouped = json!({ "operation": "query", "query": "SELECT COUNT(Id) FROM Case" });
    assert_eq!(caller.post("/jobs/query", grouped).await.1[0]["errorCode"], "API_ERROR");
}
