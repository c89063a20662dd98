//! The support desk on an org: what callers hear, and what the org holds afterwards.

use salesforce_emulator::Fault;
use serde_json::{Value, json};

use crate::stage::{Stage, case, org, sentence, spoken_case, tool_calls};

#[tokio::test]
async fn a_case_is_one_api_call_when_the_caller_is_known_and_its_number_is_said() {
    let stage = Stage::set().await;
    let said = stage.tool("c", "1", "find_customer", json!({})).await;
    assert!(said.contains("Ada Lovelace") && said.contains("Analytical Engines"));
    assert!(
        !said.contains("1 0 0 1"),
        "the account number is a proof, and a number that calls is none: {said}"
    );
    stage.org.reset_stats();

    let said = stage.tool("c", "2", "create_case", case("It smokes.")).await;

    let made = stage.only("Case");
    let number = spoken_case(made["CaseNumber"].as_str().unwrap());
    assert_eq!(said, format!("Case {number} has been created."));
    assert_eq!(stage.org.stats().api_calls, 1);
    assert_eq!(made["ContactId"], Value::from(stage.contact.as_str()));
    assert_eq!(made["AccountId"], Value::from(stage.account.as_str()));
    assert_eq!(made["Subject"], "It smokes.");
}

#[tokio::test]
async fn an_account_number_costs_no_further_api_call() {
    let stage = Stage::set().await;
    let arguments =
        json!({ "accountNumber": "ACC-1001", "issueType": "Mechanical", "description": "It smokes." });

    let said = stage.tool("c", "1", "createSalesforceCase", arguments).await;

    let made = stage.only("Case");
    assert!(said.contains(&spoken_case(made["CaseNumber"].as_str().unwrap())), "{said}");
    assert_eq!(made["AccountId"], Value::from(stage.account.as_str()));
    assert_eq!(made["Type"], "Mechanical");
    assert_eq!(stage.org.stats().api_calls, 1);
}

#[tokio::test]
async fn an_account_number_is_found_however_it_was_heard_and_locks_nobody() {
    let stage = Stage::set().await;
    let heard = ["acc-1001", "ACC 1001", "acc1001", "A C C 1 0 0 1", "A-C-C dash 1001"];
    for (call, number) in heard.iter().enumerate() {
        // From an office line that many share, and that nobody has.
        let arguments = json!({ "account_number": number, "description": format!("Trouble {call}") });
        let line = Some("+12125550187");
        let said = stage.tool_from(line, &call.to_string(), "1", "create_case", arguments).await;
        assert!(said.contains("has been created"), "{number}: {said}");
    }
    for made in stage.org.records("Case") {
        assert_eq!(made["AccountId"], Value::from(stage.account.as_str()), "{made:?}");
    }
    assert!(stage.bridge.proof_locks().list(10).await.unwrap().is_empty());
    stage.prove("c").await;
    for (id, number) in heard.iter().enumerate() {
        let arguments = json!({ "account_number": number });
        let said = stage.tool("c", &format!("f{id}"), "find_customer", arguments).await;
        assert!(said.contains("found an account with that account number"), "{number}: {said}");
    }
    let proof = json!({ "account_ending": "A C C 1 0 0 1" });
    assert_eq!(stage.tool("d", "1", "verify_caller", proof).await, "Thank you, that is right.");
}

#[tokio::test]
async fn account_numbers_of_many_cases_that_waited_are_found_however_they_were_heard() {
    let stage = Stage::set().await;
    stage.org.faults().next(1_000, Fault::Unavailable503BeforeWrite);
    for (call, number) in ["acc 1001", "A C C 1 0 0 1", "ACC-1001", "acc1002"].iter().enumerate() {
        let arguments = json!({ "account_number": number, "description": "x" });
        stage.tool(&call.to_string(), "1", "create_case", arguments).await;
    }
    stage.org.faults().clear();
    stage.drained().await;
    let linked = stage.org.records("Case").into_iter().filter(|made| made["AccountId"] == *stage.account);
    assert_eq!((linked.count(), stage.org.count("Case")), (3, 4));
}

#[tokio::test]
async fn an_account_number_that_is_in_no_account_loses_no_case_and_is_told_to_verified_callers_alone() {
    let stage = Stage::set().await;
    let arguments = || json!({ "account_number": "ACC-9", "description": "x" });

    let said = stage.tool("c", "1", "create_case", arguments()).await;

    let made = stage.only("Case");
    assert!(
        said.contains(&spoken_case(made["CaseNumber"].as_str().unwrap())) && !said.contains("No account"),
        "{said}"
    );
    assert_eq!(made.get("AccountId").unwrap_or(&Value::Null), &Value::Null);
    assert!(made["Description"].as_str().unwrap().contains("ACC-9"), "what the caller said is kept");
    assert_eq!(stage.org.stats().api_calls, 2);

    stage.prove("d").await;
    let said = stage.tool("d", "1", "create_case", arguments()).await;
    assert!(said.contains("could not find the account number"), "{said}");
}

#[tokio::test]
async fn an_account_number_of_several_accounts_is_not_guessed() {
    let stage = Stage::set().await;
    for name in ["One", "Another"] {
        stage.org.insert("Account", json!({ "Name": name, "AccountNumber": "ACC-7" })).unwrap();
    }
    let arguments = || json!({ "account_number": "ACC-7", "description": "x" });

    let said = stage.tool("c", "1", "create_case", arguments()).await;

    let made = stage.only("Case");
    assert!(said.ends_with("has been created."), "{said}");
    assert_eq!(made.get("AccountId").unwrap_or(&Value::Null), &Value::Null);
    assert!(made["Description"].as_str().unwrap().contains("ACC-7"));

    stage.prove("d").await;
    let said = stage.tool("d", "1", "create_case", arguments()).await;
    assert!(said.contains("More than one account"), "{said}");
}

#[tokio::test]
async fn the_same_webhook_ten_times_and_at_once_makes_one_case_and_one_answer() {
    let stage = Stage::set().await;
    let message = tool_calls("c", &[("1", "create_case", case("It smokes."))]);

    let answers = futures_util::future::join_all((0..10).map(|_| stage.message(message.clone()))).await;
    let late = stage.message(message).await;

    stage.only("Case");
    assert!(answers.iter().all(|answer| *answer == late), "{answers:?}");
    assert!(sentence(&late.1["results"][0]).contains("has been created"));
}

#[tokio::test]
async fn the_same_id_with_other_arguments_is_not_applied() {
    let stage = Stage::set().await;
    stage.tool("c", "1", "create_case", case("It smokes.")).await;

    let said = stage.tool("c", "1", "create_case", case("It burns.")).await;

    assert!(said.contains("already have that request"), "{said}");
    assert_eq!(stage.only("Case")["Description"], "It smokes.");
}

#[tokio::test]
async fn white_space_and_order_do_not_make_another_request() {
    let stage = Stage::set().await;
    let body = |arguments: &str| {
        format!(
            r#"{{"message":{{"type":"tool-calls","call":{{"id":"c"}},"toolCallList":[
            {{"id":"1","function":{{"name":"create_case","arguments":{arguments}}}}}]}}}}"#
        )
    };
    let one = stage.signed(body(r#"{"description":"d","subject":"s"}"#)).await;
    let other = stage.signed(body(r#"{ "subject" : "s", "description" : "d" }"#)).await;
    assert_eq!(one.body, other.body);
    stage.only("Case");
}

#[tokio::test]
async fn a_case_status_is_told_to_its_own_caller_alone() {
    let stage = Stage::set().await;
    stage.tool("c", "1", "create_case", case("It smokes.")).await;
    let number = stage.only("Case")["CaseNumber"].as_str().unwrap().to_owned();
    let foreign = stage.org.insert("Case", json!({ "Subject": "A secret of somebody else" })).unwrap();
    let foreign = stage.org.records("Case").into_iter().find(|case| case["Id"] == foreign.as_str()).unwrap();

    let spoken: String = number.trim_start_matches('0').chars().flat_map(|digit| [digit, ' ']).collect();
    let own = stage.tool("c", "2", "get_case_status", json!({ "case_number": spoken })).await;
    let other =
        stage.tool("c", "3", "get_case_status", json!({ "case_number": foreign["CaseNumber"] })).await;

    assert!(own.ends_with("is new."), "{own}");
    assert!(other.contains("could not find") && !other.contains("secret"), "{other}");
}

#[tokio::test]
async fn a_changed_number_is_in_the_contact_and_a_late_repeat_gets_the_same_answer() {
    let stage = Stage::set().await;
    let change = json!({ "phone": "(212) 555-0123", "email": "ada@example.com" });

    let said = stage.confirmed("c", "1", "update_contact", change.clone()).await;

    assert_eq!(said, "The contact details have been changed.");
    let contact = stage.only("Contact");
    assert_eq!((&contact["Phone"], &contact["Email"]), (&"+12125550123".into(), &"ada@example.com".into()));
    // Another replica has no memory of the caller, whose number is in no record any more.
    assert_eq!(stage.confirmed("c", "1", "update_contact", change).await, said);
}

#[tokio::test]
async fn a_stranger_changes_no_contact() {
    let stage = Stage::set().await;
    let mut message = tool_calls("c", &[("1", "update_contact", json!({ "phone": "+12125550123" }))]);
    for number in [json!("+12125550100"), json!("anonymous"), Value::Null] {
        message["call"]["customer"]["number"] = number;
        let (_, body) = stage.message(message.clone()).await;
        let said = sentence(&body["results"][0]);
        assert!(said.contains("the number that we have on file"), "{said}");
    }
    assert_eq!(stage.only("Contact")["Phone"], "(415) 555-0142");
}

#[tokio::test]
async fn the_end_of_a_call_is_logged_once_with_case_contact_and_transcript() {
    let stage = Stage::set().await;
    stage.tool("c", "1", "find_customer", json!({})).await;
    stage.tool("c", "2", "create_case", case("It smokes.")).await;

    for _ in 0..3 {
        assert_eq!(stage.end_call("c", "AI: Hello.\nUser: It smokes.").await, 200);
    }
    stage.drained().await;

    let (task, case) = (stage.only("Task"), stage.only("Case"));
    assert_eq!(task["WhatId"], case["Id"]);
    assert_eq!(task["WhoId"], Value::from(stage.contact.as_str()));
    assert_eq!(task["CallDisposition"], "customer-ended-call");
    assert_eq!(task["CallDurationInSeconds"], 184);
    assert_eq!(task["TaskSubtype"], "Call");
    assert_eq!(task["Description"], "A summary.\n\nTranscript:\nAI: Hello.\nUser: It smokes.");
}

#[tokio::test]
async fn a_caller_nobody_looked_up_is_found_for_the_log() {
    let stage = Stage::set().await;
    stage.end_call("c", "AI: Hello.").await;
    stage.drained().await;
    assert_eq!(stage.only("Task")["WhoId"], Value::from(stage.contact.as_str()));
}

#[tokio::test]
async fn a_transcript_too_long_for_the_task_is_a_file_of_it() {
    let stage = Stage::set().await;
    let transcript = "User: 😀 it's \"broken\" \\ 100 % @{here}.\n".repeat(2_000);

    stage.end_call("c", &transcript).await;
    stage.drained().await;

    let (task, file) = (stage.only("Task"), stage.only("ContentVersion"));
    assert!(task["Description"].as_str().unwrap().contains("attached file"));
    let stored = stage.org.file(file["Id"].as_str().unwrap()).unwrap();
    assert!(stored == transcript.as_bytes(), "the file is the transcript, whole");
    let link = stage.org.records("ContentDocumentLink");
    assert!(link.iter().any(|link| link["LinkedEntityId"] == task["Id"]));
}

#[tokio::test]
async fn the_legacy_form_is_answered_in_its_own_form_and_once() {
    let stage = Stage::set().await;
    let message = json!({
        "type": "function-call",
        "call": { "id": "legacy" },
        "functionCall": {
            "name": "createSalesforceCase",
            "parameters": r#"{"accountNumber":"ACC-1001","issueType":"Technical","description":"It smokes."}"#,
        },
    });

    let (status, body) = stage.message(message.clone()).await;
    let (_, again) = stage.message(message).await;

    assert_eq!((status, &body), (200, &again));
    let number = stage.only("Case")["CaseNumber"].as_str().unwrap().to_owned();
    assert!(body["result"].as_str().unwrap().contains(&spoken_case(&number)));
}

#[tokio::test]
async fn a_refused_case_is_told_plainly_and_kept_for_the_operator() {
    let refuse = |fields: &serde_json::Map<String, Value>| fields.get("Type") == Some(&"Spam".into());
    let stage = Stage::with(org().validation_rule("Case", "No spam", refuse), |builder| builder).await;
    let spam = json!({ "description": "x", "issue_type": "Spam" });

    let said = stage.tool("c", "1", "create_case", spam.clone()).await;

    assert!(said.contains("did not accept"), "{said}");
    assert!(!said.contains("No spam") && !said.contains("FIELD_CUSTOM"), "no internals: {said}");
    let dead = stage.bridge.journal().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason.code, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    assert_eq!(stage.tool("c", "1", "create_case", spam).await, said, "a repeat hears the same");
    assert_eq!(stage.org.count("Case"), 0);
}

#[tokio::test]
async fn a_dead_job_that_was_mended_goes_through_on_retry() {
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let rule = broken.clone();
    let refuse = move |_: &serde_json::Map<String, Value>| rule.load(std::sync::atomic::Ordering::Relaxed);
    let stage = Stage::with(org().validation_rule("Case", "m", refuse), |builder| builder).await;
    stage.tool("c", "1", "create_case", case("It smokes.")).await;
    let dead = stage.bridge.journal().dead(10).await.unwrap();

    broken.store(false, std::sync::atomic::Ordering::Relaxed);
    stage.bridge.journal().retry(dead[0].key, jiff::Timestamp::now()).await.unwrap();
    stage.drained().await;

    stage.only("Case");
}
