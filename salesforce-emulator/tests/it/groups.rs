//! Groups that must meet a condition, and fields that are not named.

use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

async fn cases() -> (salesforce_emulator::Org, Caller) {
    let org = org().start().await.unwrap();
    for (priority, count) in [("High", 1), ("Medium", 2), ("Low", 3)] {
        for number in 0..count {
            org.insert("Case", json!({ "Priority": priority, "Subject": format!("{number}") })).unwrap();
        }
    }
    let caller = Caller::new(&org).await;
    (org, caller)
}

#[tokio::test]
async fn having_keeps_the_groups_that_meet_it() {
    let (_org, caller) = cases().await;
    for (having, expected) in [
        ("COUNT(Id) > 1", vec!["Low", "Medium"]),
        ("COUNT(Id) > 1 AND Priority != 'Low'", vec!["Medium"]),
        ("COUNT(Id) = 1 OR COUNT(Id) = 3", vec!["High", "Low"]),
        ("NOT (COUNT(Id) >= 2)", vec!["High"]),
        ("MAX(Subject) = '2'", vec!["Low"]),
    ] {
        let soql = format!("SELECT Priority FROM Case GROUP BY Priority HAVING {having} ORDER BY Priority");
        let (status, answer) = caller.query(&soql).await;
        assert_eq!(status, 200, "{answer}");
        let records = answer["records"].as_array().unwrap();
        let found: Vec<&Value> = records.iter().map(|record| &record["Priority"]).collect();
        assert_eq!(found, expected, "{having}");
    }
    for bad in ["HAVING COUNT(Id) > 'x'", "HAVING Subject = 'x'"] {
        let soql = format!("SELECT Priority FROM Case GROUP BY Priority {bad}");
        assert_eq!(caller.query(&soql).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn fields_are_given_by_sets_for_a_bounded_number_of_records() {
    let (_org, caller) = cases().await;
    let names = |answer: &Value| -> Vec<String> {
        answer["records"][0]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| *name != "attributes")
            .cloned()
            .collect()
    };
    let custom = caller.query("SELECT FIELDS(CUSTOM) FROM Case LIMIT 200").await.1;
    assert_eq!(names(&custom), ["Voice_Key__c"]);
    let standard = names(&caller.query("SELECT FIELDS(STANDARD) FROM Case").await.1);
    assert!(standard.contains(&"CaseNumber".to_owned()) && !standard.contains(&"Voice_Key__c".to_owned()));
    let all = names(&caller.query("SELECT fields(all) FROM Case LIMIT 1").await.1);
    assert_eq!(all.len(), standard.len() + 1);

    for bad in ["SELECT FIELDS(ALL) FROM Case", "SELECT FIELDS(CUSTOM) FROM Case LIMIT 201"] {
        assert_eq!(code(&caller.query(bad).await), (400, "MALFORMED_QUERY"), "{bad}");
    }
    let twice = caller.query("SELECT Id, FIELDS(ALL) FROM Case LIMIT 1").await;
    assert_eq!(code(&twice), (400, "INVALID_FIELD"));
}

#[tokio::test]
async fn more_than_2000_groups_are_refused_and_never_cut() {
    let org = org().start().await.unwrap();
    for number in 0..2_001 {
        org.insert("Case", json!({ "Subject": format!("{number}") })).unwrap();
    }
    let caller = Caller::new(&org).await;
    let groups = "SELECT Subject, COUNT(Id) FROM Case GROUP BY Subject";
    for too_many in [groups.to_owned(), format!("{groups} LIMIT 2001"), format!("{groups} LIMIT 5000")] {
        let answer = caller.query(&too_many).await;
        assert_eq!(code(&answer), (400, "EXCEEDED_ID_LIMIT"), "{too_many}");
        let sentence = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch";
        assert_eq!(answer.1[0]["message"], sentence);
    }
    for (clause, expected) in [
        ("LIMIT 2000", 2_000),
        ("OFFSET 1", 2_000),
        ("HAVING Subject != '7'", 2_000),
        ("LIMIT 5 OFFSET 2000", 1),
    ] {
        let (status, answer) = caller.query(&format!("{groups} {clause}")).await;
        assert_eq!((status, &answer["totalSize"], &answer["done"]), (200, &json!(expected), &json!(true)));
    }
}
