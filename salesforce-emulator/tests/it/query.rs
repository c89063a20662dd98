//! Queries: what they find, in which order and shape, and what they refuse.

use proptest::prelude::{ProptestConfig, any, proptest};
use salesforce_emulator::Org;
use serde_json::{Value, json};

use crate::caller::{Caller, PHONE, code, org};

/// Three cases of two contacts of one account.
async fn desk() -> (Org, Caller) {
    let org = org().start().await.unwrap();
    let account = org.insert("Account", json!({ "Name": "Acme", "AccountNumber": "ACC-1" })).unwrap();
    let ann = json!({ "LastName": "Lee", "FirstName": "Ann", "Phone": PHONE, "AccountId": account });
    let ann = org.insert("Contact", ann).unwrap();
    let bob = org.insert("Contact", json!({ "LastName": "Ray", "MobilePhone": PHONE })).unwrap();
    for (subject, contact, priority, status) in [
        ("No dial tone", Some(&ann), "High", "New"),
        ("100% packet_loss", Some(&ann), "Low", "Closed"),
        ("no DIAL tone", Some(&bob), "Medium", "Working"),
    ] {
        let case =
            json!({ "Subject": subject, "ContactId": contact, "Priority": priority, "Status": status });
        org.insert("Case", case).unwrap();
    }
    let caller = Caller::new(&org).await;
    (org, caller)
}

async fn subjects(caller: &Caller, rest: &str) -> Vec<String> {
    let (status, answer) = caller.query(&format!("SELECT Subject FROM Case {rest}")).await;
    assert_eq!(status, 200, "{rest}: {answer}");
    let records = answer["records"].as_array().unwrap();
    assert_eq!(answer["totalSize"], records.len());
    records.iter().map(|case| case["Subject"].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn every_operator_finds_what_it_should() {
    let (_org, caller) = desk().await;
    for (filter, expected) in [
        ("Subject = 'NO DIAL TONE'", 2),
        ("Subject != 'no dial tone'", 1),
        ("Subject <> 'no dial tone'", 1),
        ("Subject LIKE '%dial%'", 2),
        ("Subject LIKE '%t_loss'", 1),
        (r"Subject LIKE '100\%%'", 1),
        (r"Subject LIKE '%\_dial%'", 0),
        ("Subject > 'a'", 2),
        ("Priority IN ('High', 'low')", 2),
        ("Priority NOT IN ('High')", 2),
        ("IsClosed = false", 2),
        ("IsClosed != false", 1),
        ("ClosedDate = null", 2),
        ("ClosedDate != null", 1),
        ("CreatedDate > 2020-01-01T00:00:00Z", 3),
        ("CreatedDate < 2020-01-01T00:00:00.000+0000", 0),
        ("CreatedDate = TODAY", 3),
        ("CreatedDate = LAST_N_DAYS:7 AND CreatedDate < TOMORROW", 3),
        ("CreatedDate <= YESTERDAY", 0),
        ("Contact.LastName = 'lee'", 2),
        ("Contact.Account.Name = 'Acme'", 2),
        ("Account.AccountNumber = 'acc-1'", 2),
        ("Contact.Account.Name = null", 1),
        ("ContactPhone = '+14155550142'", 2),
        ("NOT Priority = 'High'", 2),
        ("(NOT Subject LIKE '%dial%') OR Priority = 'High'", 2),
        ("Priority = 'High' AND (Status = 'New' OR Status = 'Closed')", 1),
        ("CaseNumber = '00001001'", 1),
    ] {
        assert_eq!(subjects(&caller, &format!("WHERE {filter}")).await.len(), expected, "{filter}");
    }
}

#[tokio::test]
async fn two_phone_columns_are_found_by_either() {
    let (_org, caller) = desk().await;
    let (_, answer) = caller
        .query("SELECT Id FROM Contact WHERE Phone IN ('+14155550142') OR MobilePhone = '+14155550142'")
        .await;
    assert_eq!(answer["totalSize"], 2);
}

#[tokio::test]
async fn ids_are_found_in_both_lengths() {
    let (org, caller) = desk().await;
    let id = org.records("Case")[0]["Id"].as_str().unwrap().to_owned();
    let contact = org.records("Case")[0]["ContactId"].as_str().unwrap().to_owned();
    assert_eq!(subjects(&caller, &format!("WHERE Id = '{}'", &id[..15])).await.len(), 1);
    assert_eq!(subjects(&caller, &format!("WHERE Id IN ('{id}', '{contact}')")).await.len(), 1);
    assert_eq!(subjects(&caller, &format!("WHERE ContactId = '{}'", &contact[..15])).await.len(), 2);
}

#[tokio::test]
async fn order_limit_and_offset_are_kept() {
    let (org, caller) = desk().await;
    org.insert("Case", json!({ "Priority": "High" })).unwrap();
    assert_eq!(subjects(&caller, "ORDER BY Subject, CaseNumber").await[0], "-");
    assert_eq!(
        subjects(&caller, "ORDER BY Subject DESC NULLS LAST, CaseNumber DESC").await,
        ["no DIAL tone", "No dial tone", "100% packet_loss", "-"]
    );
    assert_eq!(subjects(&caller, "ORDER BY CaseNumber DESC LIMIT 1 OFFSET 1").await, ["no DIAL tone"]);
    assert_eq!(subjects(&caller, "LIMIT 0").await.len(), 0);
}

#[tokio::test]
async fn count_gives_a_number_and_no_records() {
    let (_org, caller) = desk().await;
    let (status, answer) = caller.query("SELECT COUNT() FROM Case WHERE IsClosed = false").await;
    assert_eq!((status, answer), (200, json!({ "totalSize": 2, "done": true, "records": [] })));
}

#[tokio::test]
async fn parents_are_objects_inside_or_null() {
    let (org, caller) = desk().await;
    let soql = "SELECT c.Id, Contact.Name, Contact.Account.Name, Owner.Name FROM Case c ORDER BY CaseNumber DESC LIMIT 1";
    let (_, answer) = caller.query(soql).await;
    let case = &answer["records"][0];
    assert_eq!(case["Contact"]["Name"], "Ray");
    assert_eq!(case["Contact"]["Account"], Value::Null);
    assert_eq!(case["Owner"]["Name"], "Integration User");
    assert_eq!(case["attributes"]["type"], "Case");
    assert_eq!(
        case["attributes"]["url"],
        format!("/services/data/v66.0/sobjects/Case/{}", case["Id"].as_str().unwrap())
    );
    assert_eq!(case["Contact"]["attributes"]["type"], "Contact");
    let what = org.records("Account")[0]["Id"].clone();
    org.insert("Task", json!({ "WhatId": what, "Subject": "Call" })).unwrap();
    let (_, answer) =
        caller.query("SELECT What.Name, What.Type, Who.Name FROM Task WHERE What.Name = 'ACME'").await;
    assert_eq!(answer["records"][0]["What"]["Type"], "Account");
    assert_eq!(answer["records"][0]["Who"], Value::Null);
    let account = org.records("Account")[0]["Id"].as_str().unwrap()[..15].to_owned();
    let (_, answer) = caller.query(&format!("SELECT Id FROM Task WHERE What.Id = '{account}'")).await;
    assert_eq!(answer["totalSize"], 1);
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let (_org, caller) = desk().await;
    for (soql, expected) in [
        ("SELECT Nonsense FROM Case", "INVALID_FIELD"),
        ("SELECT AccountNumber FROM Case", "INVALID_FIELD"),
        ("SELECT Nobody.Name FROM Case", "INVALID_FIELD"),
        ("SELECT Id, id FROM Case", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        ("SELECT Id FROM Case WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Case ORDER BY Description", "INVALID_FIELD"),
        ("SELECT Id FROM Case WHERE Subject = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Case WHERE IsClosed = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Case WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Case WHERE CreatedDate > 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Case WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Case WHERE Id LIKE '500%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Case WHERE Subject = 'a' AND Status = 'b' OR Status = 'c'", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Case WHERE Subject = 'a\z'", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Case WHERE Subject = 'a\%'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Case WHERE Subject = 'a", "MALFORMED_QUERY"),
        ("SELECT Id FROM Case LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Case OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
    ] {
        assert_eq!(code(&caller.query(soql).await), (400, expected), "{soql}");
    }
}

#[tokio::test]
async fn an_error_points_at_its_place() {
    let (_org, caller) = desk().await;
    let (_, answer) = caller.query("SELECT Id, Nonsense FROM Case").await;
    let message = answer[0]["message"].as_str().unwrap();
    assert!(message.contains("ERROR at Row:1:Column:12\nNo such column 'Nonsense' on entity 'Case'."));
}

#[tokio::test]
async fn pages_follow_each_other_and_end() {
    let org = org().start().await.unwrap();
    for number in 0..450 {
        org.insert("Account", json!({ "Name": format!("A{number:03}") })).unwrap();
    }
    let caller = Caller::new(&org).await;
    let request = caller
        .request(reqwest::Method::GET, "/query/?q=SELECT+Name+FROM+Account+ORDER+BY+Name")
        .header("sforce-query-options", "batchSize=200");
    let (_, mut page) = crate::caller::read(request.send().await.unwrap()).await;
    let (mut names, mut pages) = (Vec::new(), 1);
    loop {
        assert_eq!(page["totalSize"], 450);
        names.extend(page["records"].as_array().unwrap().iter().map(|record| record["Name"].clone()));
        let Some(next) = page["nextRecordsUrl"].as_str().map(str::to_owned) else { break };
        assert!(next.starts_with("/services/data/v66.0/query/01g") && page["done"] == false);
        page = caller.get(&next).await.1;
        pages += 1;
    }
    assert_eq!((names.len(), pages, &page["done"]), (450, 3, &json!(true)));
    assert!(names.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    for locator in ["01gEv0000000000999-200", "nonsense", "01gEv0000000000001-9999"] {
        let answer = caller.get(&format!("/query/{locator}")).await;
        assert_eq!(code(&answer), (400, "INVALID_QUERY_LOCATOR"), "{locator}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_escaped_text_finds_itself_and_nothing_else(text in any::<String>()) {
        // A text field takes 255 units, and a null finds no text.
        let text: String = text.chars().take(120).collect();
        if text.is_empty() {
            return Ok(());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let org = org().start().await.unwrap();
            org.insert("Case", json!({ "Subject": text })).unwrap();
            org.insert("Case", json!({ "Subject": format!("{text}.") })).unwrap();
            org.insert("Case", json!({})).unwrap();
            let caller = Caller::new(&org).await;
            let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
            assert_eq!(subjects(&caller, &format!("WHERE Subject = '{escaped}'")).await, std::slice::from_ref(&text));
            assert_eq!(subjects(&caller, &format!("WHERE Subject != '{escaped}'")).await.len(), 2);
            let pattern = escaped.replace('%', "\\%").replace('_', "\\_");
            assert_eq!(subjects(&caller, &format!("WHERE Subject LIKE '{pattern}'")).await, std::slice::from_ref(&text));
        });
    }
}
