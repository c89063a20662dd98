//! Functions in queries: of dates, of picklists, and for people to read.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use salesforce_emulator::{Field, Org};
use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

/// Cases created at these instants.
async fn cases(times: &[&str]) -> (Org, Caller) {
    let now = Arc::new(Mutex::new(Timestamp::now()));
    let clock = Arc::clone(&now);
    let org = org()
        .clock(move || *clock.lock().unwrap())
        .field("Case", Field::multi_picklist("Tags__c", ["Red", "Green", "Blue"]).restricted())
        .field("Case", Field::number("Cost__c", 16, 2))
        .start()
        .await
        .unwrap();
    for (number, at) in times.iter().enumerate() {
        *now.lock().unwrap() = at.parse().unwrap();
        org.insert("Case", json!({ "Subject": number.to_string() })).unwrap();
    }
    let caller = Caller::new(&org).await;
    (org, caller)
}

async fn subjects(caller: &Caller, condition: &str) -> Vec<String> {
    let soql = format!("SELECT Subject FROM Case WHERE {condition} ORDER BY Subject");
    let (status, answer) = caller.query(&soql).await;
    assert_eq!(status, 200, "{condition}: {answer}");
    let records = answer["records"].as_array().unwrap();
    records.iter().map(|record| record["Subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn date_functions_filter_and_group() {
    let (_org, caller) =
        cases(&["2025-12-31T23:30:00Z", "2026-01-01T00:30:00Z", "2026-04-05T12:00:00Z"]).await;
    for (condition, expected) in [
        ("CALENDAR_YEAR(CreatedDate) = 2025", vec!["0"]),
        ("calendar_quarter(CreatedDate) = 2", vec!["2"]),
        ("DAY_ONLY(CreatedDate) = 2026-01-01", vec!["1"]),
        ("DAY_ONLY(convertTimezone(CreatedDate)) < 2026-01-01", vec!["0"]),
        ("HOUR_IN_DAY(CreatedDate) IN (0, 23)", vec!["0", "1"]),
        ("DAY_IN_WEEK(CreatedDate) = 1", vec!["2"]),
        ("NOT (CALENDAR_MONTH(CreatedDate) > 3)", vec!["1"]),
    ] {
        assert_eq!(subjects(&caller, condition).await, expected, "{condition}");
    }
    let soql = "SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) many FROM Case GROUP BY CALENDAR_YEAR(CreatedDate) \
                HAVING CALENDAR_YEAR(CreatedDate) > 2000 ORDER BY CALENDAR_YEAR(CreatedDate) DESC";
    let records = caller.query(soql).await.1["records"].clone();
    let found: Vec<_> =
        records.as_array().unwrap().iter().map(|record| (&record["expr0"], &record["many"])).collect();
    assert_eq!(found, [(&json!(2026), &json!(2)), (&json!(2025), &json!(1))]);
}

#[tokio::test]
async fn date_functions_are_refused_where_an_org_refuses_them() {
    let (_org, caller) = cases(&[]).await;
    for bad in [
        "SELECT CALENDAR_YEAR(CreatedDate) FROM Case",
        "SELECT Id FROM Case WHERE CALENDAR_YEAR(Subject) = 2026",
        "SELECT COUNT(Id) FROM Case GROUP BY CALENDAR_YEAR(Status)",
        "SELECT CALENDAR_MONTH(CreatedDate) FROM Case GROUP BY CALENDAR_YEAR(CreatedDate)",
        "SELECT Id FROM Task WHERE HOUR_IN_DAY(ActivityDate) = 1",
        "SELECT Id FROM Case WHERE COUNT(Id) > 1",
    ] {
        assert_eq!(code(&caller.query(bad).await), (400, "MALFORMED_QUERY"), "{bad}");
    }
    let text = caller.query("SELECT Id FROM Case WHERE CALENDAR_YEAR(CreatedDate) = '2026'").await;
    assert_eq!(code(&text), (400, "INVALID_FIELD"));
}

#[tokio::test]
async fn values_selected_together_are_found_by_includes_and_excludes() {
    let (org, caller) = cases(&[]).await;
    for (number, tags) in [json!("Blue;Red"), json!("Green"), json!(null)].into_iter().enumerate() {
        org.insert("Case", json!({ "Subject": number.to_string(), "Tags__c": tags })).unwrap();
    }
    assert_eq!(org.records("Case")[0]["Tags__c"], "Red;Blue", "in the order of the picklist");
    for (condition, expected) in [
        ("Tags__c INCLUDES ('Red;Blue')", vec!["0"]),
        ("Tags__c includes ('red', 'Green')", vec!["0", "1"]),
        ("Tags__c INCLUDES ('Red;Green')", vec![]),
        ("Tags__c EXCLUDES ('Red')", vec!["1", "2"]),
        ("Tags__c = 'Green'", vec!["1"]),
        ("Tags__c = null", vec!["2"]),
    ] {
        assert_eq!(subjects(&caller, condition).await, expected, "{condition}");
    }
    for bad in ["Status INCLUDES ('New')", "Tags__c LIKE 'R%'", "Tags__c IN ('Red')", "Tags__c > 'A'"] {
        let answer = caller.query(&format!("SELECT Id FROM Case WHERE {bad}")).await;
        assert_eq!(code(&answer), (400, "INVALID_QUERY_FILTER_OPERATOR"), "{bad}");
    }
    for bad in ["ORDER BY Tags__c", "GROUP BY Tags__c"] {
        let what = if bad.starts_with("GROUP") { "COUNT(Id)" } else { "Id" };
        assert_eq!(code(&caller.query(&format!("SELECT {what} FROM Case {bad}")).await).0, 400, "{bad}");
    }
    let unknown = caller.post("/sobjects/Case", json!({ "Tags__c": "Red;Mauve" })).await;
    assert_eq!(code(&unknown), (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"));
}

#[tokio::test]
async fn labels_and_formatted_values_stand_under_their_field_or_an_alias() {
    let (org, caller) = cases(&[]).await;
    org.insert("Case", json!({ "Subject": "a", "Cost__c": 1_234_567.5 })).unwrap();
    org.insert("Account", json!({ "Name": "Acme", "AnnualRevenue": 1.39e8 })).unwrap();
    let soql = "SELECT toLabel(Status), FORMAT(Cost__c), Cost__c plain FROM Case";
    assert_eq!(code(&caller.query(soql).await), (400, "MALFORMED_QUERY"), "a field has no alias");
    let soql = "SELECT toLabel(Status), toLabel(Origin) place, Cost__c, FORMAT(Cost__c) shown FROM Case \
                WHERE toLabel(Status) = 'new'";
    let record = caller.query(soql).await.1["records"][0].clone();
    assert_eq!((&record["Status"], &record["place"]), (&json!("New"), &Value::Null));
    assert_eq!((&record["Cost__c"], &record["shown"]), (&json!(1_234_567.5), &json!("1,234,567.50")));
    let record = caller.query("SELECT FORMAT(AnnualRevenue) FROM Account").await.1["records"][0].clone();
    assert_eq!(record["AnnualRevenue"], "$139,000,000");
    let soql = "SELECT Name, FORMAT(MAX(AnnualRevenue)) most FROM Account GROUP BY Name";
    assert_eq!(caller.query(soql).await.1["records"][0]["most"], "$139,000,000");
    for bad in [
        "SELECT toLabel(Subject) FROM Case",
        "SELECT FORMAT(Subject) FROM Case",
        "SELECT Id FROM Case WHERE FORMAT(Cost__c) = '1'",
        "SELECT Id FROM Case ORDER BY toLabel(Status)",
    ] {
        assert_eq!(code(&caller.query(bad).await), (400, "MALFORMED_QUERY"), "{bad}");
    }
    let twice = caller.query("SELECT Status, toLabel(Status) FROM Case").await;
    assert_eq!(code(&twice), (400, "INVALID_FIELD"));
}

#[tokio::test]
async fn having_takes_every_check_that_where_takes() {
    let (org, caller) = cases(&[]).await;
    for status in ["New", "New", "Working", "Closed"] {
        org.insert("Case", json!({ "Status": status })).unwrap();
    }
    for (having, expected) in [
        ("Status LIKE 'w%'", vec!["Working"]),
        ("Status IN ('New', 'Closed') AND COUNT(Id) = 1", vec!["Closed"]),
        ("Status NOT IN ('New')", vec!["Closed", "Working"]),
        ("COUNT(Id) IN (2, 3)", vec!["New"]),
    ] {
        let soql = format!("SELECT Status FROM Case GROUP BY Status HAVING {having} ORDER BY Status");
        let (status, answer) = caller.query(&soql).await;
        assert_eq!(status, 200, "{having}: {answer}");
        let found: Vec<_> =
            answer["records"].as_array().unwrap().iter().map(|record| record["Status"].clone()).collect();
        assert_eq!(found, expected, "{having}");
    }
    let within = "SELECT Status FROM Case GROUP BY Status HAVING Status IN (SELECT Id FROM Case)";
    assert_eq!(code(&caller.query(within).await), (400, "MALFORMED_QUERY"));
}
