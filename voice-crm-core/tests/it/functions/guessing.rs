//! Guessing: what is said of a customer is answered the same whether it fits or not, wrong proofs are counted for the
//! contact whoever gives them, and the honest caller gets in all the same.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use serde_json::{Value, json};
use voice_crm_core::{
    Bridge,
    call::{Call, Platform},
    caller::{Assurance, Attestation, Caller},
    channel::{ToolBatch, ToolCall},
    code_sender::{CodeCheck, CodeSender},
    deadline::Deadline,
    function::Outcome,
    functions::Desk,
    phone::{PhoneNumber, Region},
    service_error::{Service, ServiceError, ServiceErrorKind},
};

use super::verify::{Codes, careful, stage};
use crate::stage::{NUMBER, Stage};

/// Whether what takes long is tried as well.
fn at_length() -> bool {
    std::env::var_os("VOICE_CRM_TEST_ALL").is_some()
}

/// A number that nobody has on file.
fn number(series: u32, index: u32) -> PhoneNumber {
    let text = format!("+1212{}{:04}", 200 + series, index);
    PhoneNumber::parse(&text, Region::US).unwrap()
}

/// What a bridge says to a function call that comes from a number or from none.
pub(super) async fn ask(
    bridge: &Bridge,
    number: Option<&PhoneNumber>,
    (call, id): (&str, &str),
    name: &str,
    arguments: Value,
) -> String {
    let caller = number.cloned().map_or(Caller::Unknown, Caller::Number);
    ask_on(bridge, Call::new(Platform::VAPI.call(call), caller), id, name, arguments).await
}

async fn ask_on(bridge: &Bridge, call: Call, id: &str, name: &str, arguments: Value) -> String {
    let arguments = arguments.to_string().into_bytes().into();
    let tool_call = ToolCall { id: id.into(), name: name.to_owned(), arguments };
    match &bridge.call("vapi", ToolBatch { call, calls: vec![tool_call] }).await[0] {
        Outcome::Answered(answer) => answer.for_model().into_owned(),
        Outcome::Failed(error) => error.for_model().into_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_said_of_a_customer_is_answered_the_same_whether_it_fits_or_not() {
    let stage = stage(careful().code_sender(Codes::default())).await;
    let twin = json!({ "FirstName": "Ada", "LastName": "King", "MailingCity": "London" });
    stage.org.insert("Contact", twin.clone()).unwrap();
    stage.org.insert("Contact", twin).unwrap();
    let ada = || json!({ "name": "Ada Lovelace" });
    let with = |field: &str, value: &str| {
        let mut arguments = ada();
        arguments[field] = value.into();
        arguments
    };
    let tries = [
        ("find_customer", ada()),
        ("find_customer", json!({ "name": "Eda Nobody" })),
        ("find_customer", json!({ "name": "Ada King" })),
        ("find_customer", with("last_digits", "0142")),
        ("find_customer", with("last_digits", "0143")),
        ("find_customer", with("company", "Analytical Engines")),
        ("find_customer", with("company", "Difference Engines")),
        ("find_customer", with("town", "London")),
        ("find_customer", with("spelling", "LOVELACE")),
        ("find_customer", json!({ "account_number": "ACC-1001" })),
        ("find_customer", json!({ "account_number": "ACC-1002" })),
    ];
    stage.org.reset_stats();
    let mut heard = BTreeSet::new();
    for (index, (name, arguments)) in tries.into_iter().enumerate() {
        for from in [None, Some(NUMBER), Some("+12125550199")] {
            let call = format!("{index}{from:?}");
            heard.insert(stage.tool_from(from, &call, "1", name, arguments.clone()).await);
        }
    }
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(stage.org.stats().api_calls, 0, "what is not told is not asked for either");

    // Two answers or a code prove a claim; whatever else is said tells nothing, and is counted alike.
    let proofs = [
        json!({ "postal_code": "94105" }),
        json!({ "postal_code": "94105", "account_ending": "9999" }),
        json!({ "send_code": true }),
        json!({ "code": "271828" }),
        json!({ "code": "161803" }),
        json!({ "code": "141421" }),
        json!({ "code": "173205" }),
        json!({ "postal_code": "94106", "account_ending": "1001" }),
        json!({ "postal_code": "94107", "account_ending": "1001" }),
        json!({ "postal_code": "94108", "account_ending": "1001" }),
    ];
    let claims = [
        ada(),
        json!({ "name": "Eda Nobody" }),
        json!({ "name": "Ada King" }),
        with("town", "Nowhere"),
        with("company", "Analytical Engines"),
    ];
    let mut all = BTreeSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let mut heard = Vec::new();
        for (id, proof) in proofs.iter().enumerate() {
            let mut arguments = claim.clone();
            arguments.as_object_mut().unwrap().extend(proof.as_object().unwrap().clone());
            heard.push(
                stage
                    .tool_from(None, &format!("v{index}"), &id.to_string(), "verify_caller", arguments)
                    .await,
            );
        }
        all.insert(heard);
    }
    assert_eq!(all.len(), 1, "{all:#?}");
}

#[tokio::test]
async fn an_account_number_said_with_a_case_is_not_told_to_be_right_or_wrong() {
    let case = |number: &str| json!({ "description": "It smokes.", "account_number": number });
    // Noted or linked, as the desk wants it.
    for desk in [Desk::new(), Desk::new().link_accounts_from(Assurance::Unknown)] {
        let stage = Stage::with_desk(desk).await;
        for (id, number) in [("1", "ACC-1001"), ("2", "ACC-4")] {
            let said = stage.tool("c", id, "create_case", case(number)).await;
            assert!(said.ends_with("has been created."), "{said}");
        }
    }
}

#[tokio::test]
async fn what_a_number_tells_of_its_owner_is_no_help_with_the_rest_of_the_record() {
    let stage = stage(careful()).await;
    let mut heard = BTreeSet::new();
    for (call, company) in [("a", "Analytical Engines"), ("b", "Difference Engines"), ("c", "")] {
        let guess = json!({ "name": "Ada Lovelace", "company": company, "postal_code": "10001" });
        heard.insert(stage.tool(call, "1", "verify_caller", guess).await);
    }
    assert_eq!(heard.len(), 1, "{heard:?}");
}

#[tokio::test]
async fn guesses_without_end_tell_nothing_of_a_contact_and_the_honest_caller_gets_in_by_the_code() {
    let guesses = if at_length() { 10_000 } else { 330 };
    let codes = Codes::default();
    let stage = stage(careful().code_sender(codes.clone())).await;
    let guess = |name: &'static str, index: u32| {
        let ending = format!("{:04}", 2_000 + index % 8_000);
        json!({ "name": name, "postal_code": format!("{:05}", 10_000 + index), "account_ending": ending })
    };
    for index in 0..guesses {
        // Every other one with a withheld number; each number five times.
        let withheld = index % 2 == 0;
        let from = |series| (!withheld).then(|| number(series, index / 10));
        let said = async |name: &'static str, series: u32| {
            let call = format!("{name}{}", index / 6 * 2 + index % 2);
            let place = (call.as_str(), &*index.to_string());
            ask(&stage.bridge, from(series).as_ref(), place, "verify_caller", guess(name, index)).await
        };
        let (of_ada, of_nobody) = tokio::join!(said("Ada Lovelace", 0), said("Eda Nobody", 1));
        assert_eq!(of_ada, of_nobody, "guess {index}");
        assert!(of_ada.contains("could not verify you") || of_ada.contains("Too many"), "{of_ada}");
    }
    // By now the right answers are worth no more than others.
    let right = json!({ "name": "Ada Lovelace", "postal_code": "94105", "account_ending": "1001" });
    let said = ask(&stage.bridge, None, ("late", "1"), "verify_caller", right).await;
    assert!(said.contains("could not verify you with that"), "{said}");
    let locks = stage.bridge.proof_locks().list(10).await.unwrap();
    assert_eq!(locks.iter().map(|lock| lock.failures).collect::<Vec<_>>(), [100]);

    // Wrong codes of strangers, on calls on which they had one sent.
    for call in 0..5 {
        let call = format!("stranger {call}");
        for (id, arguments) in [
            ("1", json!({ "name": "Ada Lovelace", "send_code": true })),
            ("2", json!({ "name": "Ada Lovelace", "code": "000001" })),
            ("3", json!({ "name": "Ada Lovelace", "code": "000002" })),
            ("4", json!({ "name": "Ada Lovelace", "code": "000003" })),
            ("5", json!({ "name": "Ada Lovelace", "code": "314159" })),
        ] {
            let said = ask(&stage.bridge, None, (&call, id), "verify_caller", arguments).await;
            assert!(!said.contains("Thank you"), "{said}");
        }
    }

    let said = stage.tool("honest", "1", "verify_caller", json!({ "postal_code": "94105" })).await;
    assert!(said.contains("Too many wrong answers") && said.contains("I can send a code"), "{said}");
    let said = stage.tool("honest", "2", "verify_caller", json!({ "send_code": true })).await;
    assert!(said.contains("I have sent a code"), "{said}");
    let said = stage.tool("honest", "3", "verify_caller", json!({ "code": "314159" })).await;
    assert_eq!(said, "Thank you, that is right.");
}

/// A service that takes five codes and five checks for a number, as Twilio Verify does in ten minutes.
#[derive(Clone, Default)]
struct Five {
    sent: Arc<AtomicU32>,
    checked: Arc<AtomicU32>,
}

#[async_trait]
impl CodeSender for Five {
    async fn send(&self, _: &PhoneNumber, _: Deadline) -> Result<(), ServiceError> {
        let sent = self.sent.fetch_add(1, Ordering::Relaxed);
        let locked = || ServiceError::new(Service::Codes, ServiceErrorKind::Locked, "too many were sent");
        if sent < 5 { Ok(()) } else { Err(locked()) }
    }

    async fn check(&self, _: &PhoneNumber, code: &str, _: Deadline) -> Result<CodeCheck, ServiceError> {
        let checked = self.checked.fetch_add(1, Ordering::Relaxed);
        let locked = || ServiceError::new(Service::Codes, ServiceErrorKind::Locked, "too many were checked");
        let check = if code == "314159" { CodeCheck::Right } else { CodeCheck::Wrong };
        if checked < 5 { Ok(check) } else { Err(locked()) }
    }
}

#[tokio::test]
async fn strangers_use_up_no_code_and_no_check_of_the_honest_caller() {
    let service = Five::default();
    let stage = stage(careful().code_sender(service.clone())).await;
    for call in 0..20 {
        let call = format!("stranger {call}");
        for (id, code) in [("1", None), ("2", Some("000001")), ("3", Some("000002")), ("4", Some("000003"))] {
            let arguments = match code {
                None => json!({ "name": "Ada Lovelace", "send_code": true }),
                Some(code) => json!({ "name": "Ada Lovelace", "code": code }),
            };
            ask(&stage.bridge, None, (&call, id), "verify_caller", arguments).await;
        }
    }
    assert_eq!(service.sent.load(Ordering::Relaxed), 2);
    assert_eq!(service.checked.load(Ordering::Relaxed), 2);

    let said = stage.tool("honest", "1", "verify_caller", json!({ "send_code": true })).await;
    assert!(said.contains("I have sent a code"), "{said}");
    let said = stage.tool("honest", "2", "verify_caller", json!({ "code": "271828" })).await;
    assert!(said.contains("not what we have on file"), "{said}");
    let said = stage.tool("honest", "3", "verify_caller", json!({ "code": "314159" })).await;
    assert_eq!(said, "Thank you, that is right.");
}

#[tokio::test]
async fn a_number_that_the_network_denies_is_locked_by_no_guess() {
    let stage = stage(careful()).await;
    let owner = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    for guess in 0..12 {
        let forged = Platform::VAPI.call(&*format!("forged {}", guess / 3));
        let mut forged = Call::new(forged, Caller::Number(owner.clone()));
        forged.attestation = Attestation::Failed;
        let wrong = json!({
            "name": "Ada Lovelace", "postal_code": format!("{}", 10_001 + guess), "account_ending": "9999",
        });
        let said = ask_on(&stage.bridge, forged, &guess.to_string(), "verify_caller", wrong).await;
        assert!(said.contains("could not verify you"), "{said}");
    }
    assert_eq!(stage.bridge.proof_locks().list(10).await.unwrap()[0].failures, 12, "the contact has them");
    let right = json!({ "postal_code": "94105" });
    assert_eq!(stage.tool("honest", "1", "verify_caller", right).await, "Thank you, that is right.");
}

#[tokio::test]
async fn a_code_is_read_out_on_the_call_that_asked_for_it_and_on_no_other() {
    let stage = stage(careful().code_sender(Codes::default())).await;
    stage.tool("honest", "1", "verify_caller", json!({ "send_code": true })).await;
    let said = stage.tool("other", "1", "verify_caller", json!({ "code": "314159" })).await;
    assert!(said.contains("no longer valid"), "{said}");
    assert_eq!(
        stage.tool("honest", "2", "verify_caller", json!({ "code": "314159" })).await,
        "Thank you, that is right."
    );
}

#[tokio::test]
async fn what_was_misheard_and_what_is_said_again_are_no_failures() {
    let stage = stage(careful()).await;
    let misheard = [
        json!({ "postal_code": "%" }),
        json!({ "postal_code": "9" }),
        json!({ "account_ending": "001" }),
        json!({ "account_ending": "1".repeat(60) }),
        json!({ "postal_code": "9".repeat(11) }),
    ];
    for (id, arguments) in misheard.iter().enumerate() {
        let said = stage.tool("c", &id.to_string(), "verify_caller", arguments.clone()).await;
        assert!(said.contains("say it once more"), "{said}");
    }
    for id in 10..20 {
        let wrong = json!({ "postal_code": if id % 2 == 0 { "10001" } else { "1 00 01" } });
        let said = stage.tool("c", &id.to_string(), "verify_caller", wrong).await;
        assert!(said.contains("not what we have on file"), "{said}");
    }
    let failures = stage.bridge.proof_locks().list(10).await.unwrap();
    assert_eq!(failures[0].failures, 1);
    let said = stage.tool("c", "20", "verify_caller", json!({ "postal_code": "94105" })).await;
    assert_eq!(said, "Thank you, that is right.");
    let failures = stage.bridge.proof_locks().list(10).await.unwrap();
    assert_eq!(failures[0].failures, 1, "a right answer is given back, and no other");
}
