//! Confirmations: the caller has to have spoken where the platform tells, and a later change spends an earlier yes.

use std::sync::Arc;

use serde_json::{Value, json};
use voice_crm_core::{Bridge, caller::Assurance, functions::Desk, journal::MemoryJournal};

use crate::stage::{Stage, bare_builder, org, sentence, sqlite, tool_calls};

fn desk() -> Desk {
    Desk::new().change_contacts_from(Assurance::NumberMatches)
}

/// The confirmation that stands in an answer.
fn token(said: &str) -> String {
    let (_, behind) =
        said.split_once("the confirmation ").unwrap_or_else(|| panic!("no confirmation in {said}"));
    behind.trim_end_matches(".)").to_owned()
}

fn confirmed(arguments: &Value, token: &str) -> Value {
    let mut arguments = arguments.clone();
    arguments["confirmation"] = token.into();
    arguments
}

/// Asks for a change; gives the confirmation.
async fn ask(stage: &Stage, id: &str, arguments: &Value) -> String {
    token(&stage.tool("c", id, "update_contact", arguments.clone()).await)
}

async fn act(stage: &Stage, id: &str, arguments: &Value, token: &str) -> String {
    stage.tool("c", id, "update_contact", confirmed(arguments, token)).await
}

/// The same function call with the conversation so far, as Vapi sends it along.
async fn with_messages(
    stage: &Stage,
    id: &str,
    arguments: Value,
    messages: &[Value],
    in_artifact: bool,
) -> String {
    let mut message = tool_calls("c", &[(id, "update_contact", arguments)]);
    if in_artifact {
        message["artifact"] = json!({ "messages": messages });
    } else {
        message["messages"] = messages.into();
    }
    let (status, body) = stage.message(message).await;
    assert_eq!(status, 200);
    sentence(&body["results"][0])
}

#[tokio::test]
async fn a_model_that_confirms_by_itself_is_refused_until_the_caller_has_spoken() {
    for in_artifact in [true, false] {
        let stage = Stage::with_desk(desk()).await;
        let change = json!({ "email": "ada@example.com" });
        let mut messages = vec![
            json!({ "role": "system", "message": "Be kind.", "time": 1 }),
            json!({ "role": "bot", "message": "How can I help?", "time": 2 }),
            json!({ "role": "user", "message": "Take a new address for me.", "time": 3 }),
            json!({ "role": "tool_calls", "message": "", "toolCalls": [], "time": 4 }),
        ];
        let asked = with_messages(&stage, "1", change.clone(), &messages, in_artifact).await;
        let by_itself = confirmed(&change, &token(&asked));
        messages.push(json!({ "role": "tool_call_result", "result": asked, "toolCallId": "1", "time": 5 }));
        messages.push(json!({ "role": "tool_calls", "message": "", "toolCalls": [], "time": 6 }));

        let refused = with_messages(&stage, "2", by_itself.clone(), &messages, in_artifact).await;
        assert!(refused.contains("Refused") && refused.contains("wait for the answer"), "{refused}");
        assert!(refused.contains("Is that right?"), "it is read back once more: {refused}");
        messages.push(json!({ "role": "user", "message": "  ", "time": 7 }));
        let refused = with_messages(&stage, "3", by_itself.clone(), &messages, in_artifact).await;
        assert!(refused.contains("Refused"), "silence is no answer: {refused}");
        let later = token(&refused);
        assert!(stage.only("Contact").get("Email").is_none_or(Value::is_null));

        messages.push(json!({ "role": "bot", "message": "Is that right?", "time": 8 }));
        messages.push(json!({ "role": "user", "message": "Yes.", "time": 9 }));
        for (id, token) in [("4", later), ("5", token(&asked))] {
            let said = with_messages(&stage, id, confirmed(&change, &token), &messages, in_artifact).await;
            // The later question is the one that was answered; the earlier one is spent by it.
            assert_eq!(said == "The contact details have been changed.", id == "4", "{said}");
        }
        assert_eq!(stage.only("Contact")["Email"], "ada@example.com");
    }
}

#[tokio::test]
async fn where_the_platform_tells_no_turns_a_confirmation_is_taken_as_it_comes() {
    let stage = Stage::with_desk(desk()).await;
    let change = json!({ "email": "ada@example.com" });
    for (id, messages) in [("1", None), ("2", Some(json!([]))), ("3", Some(json!("none")))] {
        let send = async |id: &str, arguments: Value| {
            let mut message = tool_calls("c", &[(id, "update_contact", arguments)]);
            if let Some(messages) = &messages {
                message["artifact"] = json!({ "messages": messages });
            }
            sentence(&stage.message(message).await.1["results"][0])
        };
        let token = token(&send(id, change.clone()).await);
        let said = send(&format!("{id}-acts"), confirmed(&change, &token)).await;
        assert_eq!(said, "The contact details have been changed.");
    }
}

#[tokio::test]
async fn a_later_change_of_the_same_spends_an_earlier_confirmation() {
    let stage = Stage::with_desk(desk()).await;
    let (first, second) = (json!({ "email": "first@example.com" }), json!({ "email": "second@example.com" }));
    let of_first = ask(&stage, "1", &first).await;
    let changed = act(&stage, "2", &first, &of_first).await;
    assert_eq!(changed, "The contact details have been changed.");
    assert_eq!(act(&stage, "3", &first, &of_first).await, changed, "an eager model acts once");
    let of_second = ask(&stage, "4", &second).await;
    assert_eq!(act(&stage, "5", &second, &of_second).await, changed);

    let said = act(&stage, "6", &first, &of_first).await;
    assert!(said.contains("changed again in the meantime"), "{said}");
    assert_eq!(stage.only("Contact")["Email"], "second@example.com");

    // Asked anew, it is a change like any other, and what was confirmed before it is spent in turn.
    let anew = ask(&stage, "7", &first).await;
    assert_eq!(act(&stage, "8", &first, &anew).await, changed);
    assert!(act(&stage, "9", &second, &of_second).await.contains("changed again"));
    assert_eq!(stage.only("Contact")["Email"], "first@example.com");
}

#[tokio::test]
async fn a_confirmation_is_not_spent_by_a_change_of_something_else_and_is_by_the_same_under_another_name() {
    let stage = Stage::with_desk(desk()).await;
    let email = json!({ "email": "ada@example.com" });
    let phone = json!({ "phone": "+12125550123" });
    let same_phone_otherwise = json!({ "phoneNumber": "+12125550124", "email": null });
    let (of_email, of_phone) = (ask(&stage, "1", &email).await, ask(&stage, "2", &phone).await);
    let of_other = ask(&stage, "3", &same_phone_otherwise).await;
    let changed = "The contact details have been changed.";
    assert_eq!(act(&stage, "4", &same_phone_otherwise, &of_other).await, changed);
    assert!(act(&stage, "5", &phone, &of_phone).await.contains("changed again"));
    let said = act(&stage, "6", &email, &of_email).await;
    assert!(!said.contains("changed again"), "{said}");
}

fn start(org: &salesforce_emulator::Org, journal: &Arc<MemoryJournal>) -> Bridge {
    bare_builder(org.url(), MemoryJournal::new())
        .shared_journal(journal.clone())
        .confirmation_secret("canary-webhook-secret-91be".into())
        .support_desk_with(desk())
        .start()
        .unwrap()
}

#[tokio::test]
async fn replicas_know_of_each_other_what_is_spent() {
    let journal = Arc::new(MemoryJournal::new());
    let org = org().start().await.unwrap();
    let (one, other) = (start(&org, &journal), start(&org, &journal));
    let mut stage = Stage::of(org, one);
    let (first, second) = (json!({ "email": "first@example.com" }), json!({ "email": "second@example.com" }));
    let of_first = ask(&stage, "1", &first).await;
    let one = std::mem::replace(&mut stage.bridge, other);
    let of_second = ask(&stage, "2", &second).await;
    assert_eq!(act(&stage, "3", &second, &of_second).await, "The contact details have been changed.");
    stage.bridge = one;
    assert!(act(&stage, "4", &first, &of_first).await.contains("changed again"));
    assert_eq!(stage.only("Contact")["Email"], "second@example.com");
}

#[tokio::test]
async fn a_restart_forgets_nothing_of_what_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let bridge = async |url: &str| {
        let builder = bare_builder(url, sqlite(&file).await);
        builder
            .confirmation_secret("canary-webhook-secret-91be".into())
            .support_desk_with(desk())
            .start()
            .unwrap()
    };
    let org = org().start().await.unwrap();
    let url = org.url().to_owned();
    let mut stage = Stage::of(org, bridge(&url).await);
    let (first, second) = (json!({ "email": "first@example.com" }), json!({ "email": "second@example.com" }));
    let of_first = ask(&stage, "1", &first).await;
    let of_second = ask(&stage, "2", &second).await;
    assert_eq!(act(&stage, "3", &second, &of_second).await, "The contact details have been changed.");
    stage.bridge.shutdown(std::time::Duration::from_secs(5)).await;
    let idle = start(&stage.org, &Arc::default());
    drop(std::mem::replace(&mut stage.bridge, idle));
    stage.bridge = bridge(&url).await;
    assert!(act(&stage, "4", &first, &of_first).await.contains("changed again"));
    assert_eq!(stage.only("Contact")["Email"], "second@example.com");
}
