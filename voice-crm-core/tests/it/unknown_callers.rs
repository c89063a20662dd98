//! Cases of callers whom nobody has looked up: the request that makes the case finds whose number it is.

use salesforce_emulator::Fault;
use serde_json::{Value, json};

use crate::stage::{Stage, case};

#[tokio::test]
async fn a_case_before_any_look_up_carries_contact_and_account_in_one_api_call() {
    let stage = Stage::set().await;

    let said = stage.tool("c", "1", "create_case", case("It smokes.")).await;

    assert!(said.contains("has been created"), "{said}");
    assert_eq!(stage.org.stats().api_calls, 1);
    let made = stage.only("Case");
    assert_eq!(made["ContactId"], Value::from(stage.contact.as_str()));
    assert_eq!(made["AccountId"], Value::from(stage.account.as_str()));
    assert_eq!(stage.tool("c", "1", "create_case", case("It smokes.")).await, said, "delivered again");
    stage.only("Case");
}

#[tokio::test]
async fn a_case_of_a_number_that_nobody_has_is_one_api_call_and_notes_the_name_that_was_said() {
    let stage = Stage::set().await;
    let arguments = json!({ "description": "It smokes.", "callerName": "Grace Hopper" });

    let said = stage.tool_from(Some("+12125550187"), "c", "1", "create_case", arguments).await;

    assert!(said.contains("has been created"), "{said}");
    assert_eq!(stage.org.stats().api_calls, 1);
    let made = stage.only("Case");
    assert!(made["ContactId"].is_null() && made["AccountId"].is_null(), "{made:?}");
    assert_eq!(made["Description"], "It smokes.\n\nName given by the caller: Grace Hopper");
}

#[tokio::test]
async fn a_case_of_a_number_that_several_have_stays_with_none_of_them() {
    let stage = Stage::set().await;
    let other = json!({ "LastName": "Byron", "AccountId": stage.account, "Phone": "(415) 555-0142" });
    stage.org.insert("Contact", other).unwrap();

    let said = stage.tool("c", "1", "create_case", case("It smokes.")).await;

    assert!(said.contains("has been created"), "{said}");
    let made = stage.only("Case");
    assert!(made["ContactId"].is_null() && made["AccountId"].is_null(), "{made:?}");
}

#[tokio::test]
async fn a_case_that_waited_finds_its_contact_and_is_not_made_twice() {
    let stage = Stage::set().await;
    for fault in [Fault::Unavailable503BeforeWrite, Fault::CutAfterWrite] {
        stage.org.faults().next(1_000, fault);
        let before = stage.org.count("Case");
        let call = format!("c{before}");
        stage.tool(&call, "1", "create_case", case("It smokes.")).await;
        stage.org.faults().clear();
        stage.drained().await;
        assert_eq!(stage.org.count("Case"), before + 1);
    }
    for made in stage.org.records("Case") {
        assert_eq!(made["ContactId"], Value::from(stage.contact.as_str()), "{made:?}");
        assert_eq!(made["AccountId"], Value::from(stage.account.as_str()));
    }
}

#[tokio::test]
async fn a_guess_whose_answer_was_lost_is_taken_back() {
    let stage = Stage::set().await;
    let other = json!({ "LastName": "Byron", "AccountId": stage.account, "Phone": "(415) 555-0142" });
    stage.org.insert("Contact", other).unwrap();
    // A token is there by now, so that the fault meets the case.
    stage.tool_from(Some("+12125550187"), "warm", "0", "find_customer", json!({})).await;
    stage.org.faults().next(1, Fault::CutAfterWrite);

    stage.tool("c", "1", "create_case", case("It smokes.")).await;
    stage.drained().await;

    let made = stage.only("Case");
    assert!(made["ContactId"].is_null() && made["AccountId"].is_null(), "{made:?}");
}

#[tokio::test]
async fn a_number_is_asked_for_once_and_the_next_cases_carry_its_contact() {
    let stage = Stage::set().await;
    let parts = || stage.org.requests().last().map(|request| request.subrequests);

    stage.tool("c", "1", "create_case", case("It smokes.")).await;
    assert_eq!(parts(), Some(4), "the number, the case with and without a contact, and what was made");
    stage.tool("c", "2", "create_case", case("It beeps.")).await;

    assert_eq!(parts(), Some(2), "the case, and what was made");
    for made in stage.org.records("Case") {
        assert_eq!(made["ContactId"], Value::from(stage.contact.as_str()), "{made:?}");
    }
}
