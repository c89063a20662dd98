//! Messages and callbacks: something for a person to do, once.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Weekday, time},
    tz::{TimeZone, offset},
};
use salesforce_emulator::Fault;
use serde_json::{Value, json};
use voice_crm_core::{crm::RecordRef, functions::Desk};

use crate::stage::{Stage, sentence, tool_calls};

#[tokio::test]
async fn a_message_is_taken_from_anybody_once() {
    let stage = Stage::set().await;
    let arguments =
        json!({ "message": "Please ring me about the invoice.", "forWhom": "Charles", "urgent": true });
    let message = tool_calls("c", &[("1", "take_message", arguments)]);
    stage.tool("c", "0", "find_customer", json!({})).await;

    let answers = futures_util::future::join_all((0..5).map(|_| stage.message(message.clone()))).await;

    assert!(
        answers.iter().all(|answer| sentence(&answer.1["results"][0]) == "Your message has been passed on.")
    );
    let task = stage.only("Task");
    assert_eq!((&task["WhoId"], &task["Priority"]), (&json!(stage.contact), &json!("High")));
    let description = task["Description"].as_str().unwrap();
    assert!(description.contains("For: Charles") && description.contains("the invoice"), "{description}");
    stage.tool_from(None, "d", "1", "take_message", json!({ "message": "From nobody" })).await;
    assert_eq!(stage.org.count("Task"), 2);
}

#[tokio::test]
async fn a_message_outlives_an_outage_and_says_so() {
    let stage = Stage::set().await;
    stage.org.faults().next(10_000, Fault::Unavailable503BeforeWrite);
    let said = stage.tool("c", "1", "take_message", json!({ "message": "x" })).await;
    assert!(said.contains("is noted") && said.contains("reference"), "{said}");
    stage.org.faults().clear();
    stage.drained().await;
    stage.only("Task");
}

/// A time some days ahead, by the clock of the house.
fn ahead(days: i64, clock: &str) -> String {
    let day = Timestamp::now().checked_add(SignedDuration::from_hours(24 * days)).unwrap();
    format!("{}T{clock}", day.to_zoned(TimeZone::fixed(offset(1))).date())
}

/// What is heard of 15:30.
const HALF_PAST_THREE: &str = "at half past three in the afternoon";

fn desk() -> Desk {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let days = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
    Desk::new().callback_hours(TimeZone::fixed(offset(1)), days, time(9, 0, 0, 0)..time(17, 0, 0, 0))
}

#[tokio::test]
async fn a_callback_is_booked_by_the_clock_of_the_house_and_not_twice() {
    let stage = Stage::with_desk(desk()).await;
    let when = ahead(3, "15:30");
    let booking = json!({ "when": when, "reason": "The router" });

    let said = stage.tool("c", "1", "schedule_callback", booking.clone()).await;
    assert!(said.contains("A colleague will call you back on ") && said.contains(HALF_PAST_THREE), "{said}");
    let task = stage.only("Task");
    assert_eq!(task["Subject"], "Call back +14155550142");
    assert!(task["ReminderDateTime"].as_str().unwrap().contains("T14:30:00"), "{task:?}");
    assert_eq!(task["IsReminderSet"], true);

    let again = stage.tool("c", "1", "schedule_callback", booking).await;
    assert_eq!(again, said, "the same webhook hears the same");
    let other = json!({ "when": ahead(4, "10:00"), "reason": "The router" });
    let said = stage.tool("d", "1", "schedule_callback", other).await;
    assert!(said.contains("booked already") && said.contains(HALF_PAST_THREE), "{said}");
    assert_eq!(stage.org.count("Task"), 1);
    let of_another = json!({ "when": ahead(4, "10:00"), "reason": "x", "phone": crate::stage::NUMBER });
    let said = stage.tool_from(Some("+12125550199"), "e", "1", "schedule_callback", of_another).await;
    assert!(!said.contains(HALF_PAST_THREE), "when somebody else is called back is not told: {said}");
    let at_the_same_time = json!({ "when": ahead(3, "15:30"), "reason": "x", "phone": crate::stage::NUMBER });
    let said = stage.tool_from(Some("+12125550199"), "e", "2", "schedule_callback", at_the_same_time).await;
    assert!(said.contains("will call you back"), "nor that somebody is: {said}");
    assert_eq!(stage.org.count("Task"), 2, "it is the one that is booked already");
}

#[tokio::test]
async fn a_time_that_will_not_do_is_told_with_what_would() {
    let stage = Stage::with_desk(desk()).await;
    for (id, when, expected) in [
        ("1", "tomorrow at three".to_owned(), "date and a time"),
        ("2", "2020-01-01T10:00".to_owned(), "has passed"),
        (
            "3",
            ahead(3, "20:00"),
            "We call back every day, from nine in the morning to five in the afternoon. When would suit you?",
        ),
        ("4", ahead(60, "10:00"), "more than a month"),
    ] {
        let booking = json!({ "when": when, "reason": "x" });
        let said = stage.tool("c", id, "schedule_callback", booking).await;
        assert!(said.contains("when: ") && said.contains(expected), "{said}");
    }
    let nowhere = json!({ "when": ahead(3, "10:00"), "reason": "x" });
    let said = stage.tool_from(None, "d", "1", "schedule_callback", nowhere).await;
    assert!(said.contains("Which number may we call you back on?") && said.contains("phone: "), "{said}");
    assert_eq!(stage.org.count("Task"), 0);
}

#[tokio::test]
async fn a_wish_outside_of_the_hours_is_told_when_there_are_hours_in_the_language_of_the_call() {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let days = [Monday, Tuesday, Wednesday, Thursday, Friday];
    let hours = time(9, 0, 0, 0)..time(17, 30, 0, 0);
    let stage = Stage::with_desk(Desk::new().callback_hours(TimeZone::fixed(offset(1)), days, hours)).await;
    let booking = json!({ "when": ahead(3, "03:00"), "reason": "x" });
    let mut message = tool_calls("c", &[("1", "schedule_callback", booking)]);
    message["assistant"] = json!({ "transcriber": { "provider": "deepgram", "language": "de-AT" } });
    let (_, body) = stage.message(message).await;
    let said = body["results"][0]["error"].as_str().unwrap();
    let expected =
        "Rückrufe machen wir montags bis freitags von 9 Uhr bis 17 Uhr 30. Wann passt es Ihnen? (when: ";
    assert!(said.starts_with(expected), "{said}");
    assert_eq!(stage.org.count("Task"), 0);
}

#[tokio::test]
async fn tasks_go_to_the_owner_that_the_desk_names() {
    let owner = Stage::set().await.org.records("User").first().map(|user| user["Id"].clone());
    let owner = owner.as_ref().and_then(Value::as_str).unwrap_or("005000000000001AAA").to_owned();
    let stage = Stage::with_desk(Desk::new().task_owner(RecordRef::new(owner.as_str()))).await;
    let said = stage.tool("c", "1", "take_message", json!({ "message": "x" })).await;
    assert!(said.contains("passed on"), "{said}");
    assert_eq!(stage.only("Task")["OwnerId"], owner.as_str());
}
