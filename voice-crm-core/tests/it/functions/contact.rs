//! Contact changes: read back first, written whole, and never over somebody else's.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use voice_crm_core::clock::Clock;

use crate::stage::{Stage, client, org};

#[tokio::test]
async fn an_address_is_read_back_and_changed_once_the_caller_agrees() {
    let stage = Stage::set().await;
    let address = json!({ "street": "St James's Square 12", "city": "London", "postalCode": "SW1Y 4LE" });
    let arguments = json!({ "address": address });

    let asked = stage.tool("c", "0", "update_contact", arguments.clone()).await;
    assert!(asked.contains("St James's Square 12, SW1Y 4LE, London"), "{asked}");
    assert!(stage.only("Contact").get("MailingStreet").is_none_or(Value::is_null), "nothing is done yet");
    let said = stage.confirmed("c", "1", "update_contact", arguments).await;

    assert_eq!(said, "The contact details have been changed.");
    let contact = stage.only("Contact");
    assert_eq!(
        (&contact["MailingCity"], &contact["MailingPostalCode"]),
        (&json!("London"), &json!("SW1Y 4LE"))
    );
}

#[tokio::test]
async fn half_an_address_is_asked_for_and_not_written() {
    let stage = Stage::set().await;
    let said = stage.tool("c", "1", "update_contact", json!({ "address": { "street": "Square 12" } })).await;
    assert!(said.contains("address.city"), "{said}");
    let said = stage.tool("c", "2", "update_contact", json!({ "email": "not an address" })).await;
    assert!(said.contains("name@example.com"), "what is wrong is told before it is read back: {said}");
}

/// A clock that is a minute slow: what is asked for now was asked for before anything that others do now.
struct Slow;

impl Clock for Slow {
    fn now(&self) -> Timestamp {
        Timestamp::now().checked_sub(SignedDuration::from_mins(1)).unwrap()
    }
}

#[tokio::test]
async fn an_agent_who_was_faster_is_not_undone_and_caller_and_colleague_are_told() {
    let stage = Stage::with(org(), |builder| builder.clock(Slow)).await;
    let id = stage.contact.parse().unwrap();
    let agents = json!({ "Email": "agent@example.com" });
    client(stage.org.url()).records("Contact").update(&id, &agents).await.unwrap();

    let said = stage.confirmed("c", "1", "update_contact", json!({ "email": "caller@example.com" })).await;

    assert!(said.contains("a colleague will check your change"), "{said}");
    assert_eq!(stage.only("Contact")["Email"], "agent@example.com");
    assert!(stage.only("Task")["Description"].as_str().unwrap().contains("caller@example.com"));
}
