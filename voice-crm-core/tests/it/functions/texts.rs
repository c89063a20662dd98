//! Text messages: journaled like any write, and sent once.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use twilio_client::{AccountSid, AuthToken, Client, Credentials};
use voice_crm_core::{
    crm::{NewText, Receipt},
    deadline::Deadline,
    functions::Desk,
    messenger::{Messenger, TwilioMessenger},
    phone::{PhoneNumber, Region},
    service_error::{Service, ServiceError, ServiceErrorKind},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::stage::{NUMBER, Stage, tool_calls};

/// Sends to a list; its first answers are lost.
#[derive(Clone, Default)]
struct Pocket {
    sent: Arc<Mutex<Vec<(PhoneNumber, String)>>>,
    lose: Arc<AtomicUsize>,
}

#[async_trait]
impl Messenger for Pocket {
    async fn send(
        &self,
        text: &NewText,
        may_have_applied: bool,
        _: Deadline,
    ) -> Result<Receipt, ServiceError> {
        let mut sent = self.sent.lock().unwrap();
        let message = (text.to.clone(), text.body.clone());
        if !(may_have_applied && sent.contains(&message)) {
            sent.push(message);
        }
        if self.lose.load(Ordering::Relaxed) > 0 {
            self.lose.fetch_sub(1, Ordering::Relaxed);
            return Err(ServiceError::new(Service::Texts, ServiceErrorKind::Unavailable, "lost")
                .that_may_have_applied(true));
        }
        Ok(Receipt::default())
    }
}

async fn stage(pocket: &Pocket) -> (Stage, String) {
    let stage = Stage::with_desk(Desk::new().messenger(pocket.clone())).await;
    stage.tool("c", "0", "create_case", json!({ "description": "It smokes." })).await;
    let number = stage.only("Case")["CaseNumber"].as_str().unwrap().to_owned();
    (stage, number)
}

#[tokio::test]
async fn a_case_number_goes_to_the_number_that_calls_once() {
    let pocket = Pocket::default();
    let (stage, number) = stage(&pocket).await;
    let arguments = json!({ "case_number": number });
    let message = tool_calls("c", &[("1", "send_case_sms", arguments)]);

    let answers = futures_util::future::join_all((0..5).map(|_| stage.message(message.clone()))).await;

    assert!(
        answers.iter().all(|(_, body)| body["results"][0]["result"] == "I have sent you a text message.")
    );
    let sent = pocket.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].0.as_e164() == NUMBER && sent[0].1.contains(&number), "{}", sent[0].1);
    assert_eq!(stage.org.count("Task"), 0, "the org has no part in it");
}

#[tokio::test]
async fn a_text_message_whose_answer_was_lost_is_looked_for_and_not_sent_again() {
    let pocket = Pocket::default();
    pocket.lose.store(1, Ordering::Relaxed);
    let (stage, _) = stage(&pocket).await;

    let said = stage.tool("c", "1", "send_case_sms", json!({})).await;
    stage.drained().await;

    assert!(said.contains("as soon as possible"), "{said}");
    assert_eq!(pocket.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_gets_the_number_of_a_strangers_case_and_nobody_without_a_number_gets_any() {
    let pocket = Pocket::default();
    let (stage, number) = stage(&pocket).await;
    let arguments = json!({ "case_number": number });
    let stranger = stage.tool_from(Some("+12125550199"), "d", "1", "send_case_sms", arguments.clone()).await;
    let hidden = stage.tool_from(None, "e", "1", "send_case_sms", arguments).await;
    assert!(stranger.contains("could not find a case"), "{stranger}");
    assert!(hidden.contains("withheld"), "{hidden}");
    assert!(pocket.sent.lock().unwrap().is_empty());
}

const MESSAGES: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";

async fn twilio() -> (MockServer, TwilioMessenger) {
    let server = MockServer::start().await;
    let account: AccountSid = "AC00000000000000000000000000000001".parse().unwrap();
    let token = AuthToken::new("canary-token-77aa-canary-token-7").unwrap();
    let client = Client::builder(account, Credentials::auth_token(token))
        .base_url(server.uri().parse().unwrap())
        .build()
        .unwrap();
    (server, TwilioMessenger::new(client, "+14155550100"))
}

fn text(asked_at: Timestamp) -> NewText {
    let to = PhoneNumber::parse("+12125550123", Region::US).unwrap();
    NewText { to, body: "Your case number is 00001002.".to_owned(), asked_at }
}

fn message(body: &str) -> Value {
    json!({
        "sid": "SM00000000000000000000000000000001", "status": "sent", "body": body, "to": "+12125550123",
        "date_created": "Fri, 20 Nov 2099 10:00:00 +0000",
    })
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(5))
}

#[tokio::test]
async fn twilio_is_asked_before_a_message_that_may_be_out_is_sent_again() {
    let (server, messenger) = twilio().await;
    let list = json!({ "messages": [message("Your case number is 00001002.")], "next_page_uri": null });
    Mock::given(method("GET"))
        .and(path(MESSAGES))
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(500)).expect(0).mount(&server).await;

    let receipt = messenger.send(&text(Timestamp::now()), true, soon()).await.unwrap();

    assert_eq!(receipt.record.unwrap().as_str(), "SM00000000000000000000000000000001");
}

#[tokio::test]
async fn a_message_that_may_still_be_on_its_way_is_waited_for_and_then_sent() {
    let (server, messenger) = twilio().await;
    let others = json!({ "messages": [message("Another one.")], "next_page_uri": null });
    Mock::given(method("GET"))
        .and(path(MESSAGES))
        .respond_with(ResponseTemplate::new(200).set_body_json(others))
        .expect(2)
        .mount(&server)
        .await;
    let sent = message("Your case number is 00001002.");
    Mock::given(method("POST"))
        .and(path(MESSAGES))
        .respond_with(ResponseTemplate::new(201).set_body_json(sent))
        .expect(1)
        .mount(&server)
        .await;

    let young = messenger.send(&text(Timestamp::now()), true, soon()).await.unwrap_err();
    assert!(young.may_have_applied() && young.retry_after().is_some());
    let old = Timestamp::now().checked_sub(SignedDuration::from_mins(2)).unwrap();
    messenger.send(&text(old), true, soon()).await.unwrap();
}

#[tokio::test]
async fn what_twilio_refuses_is_given_up_and_what_it_cannot_say_is_not() {
    let (server, messenger) = twilio().await;
    let refused = json!({ "code": 21610, "message": "canary-transcript-c0de", "status": 400 });
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(400).set_body_json(refused))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).mount(&server).await;

    let error = messenger.send(&text(Timestamp::now()), false, soon()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ServiceErrorKind::Refused, Some("21610")));
    assert!(!format!("{error} {error:?}").contains("canary"), "Twilio's words stay out");
    let error = messenger.send(&text(Timestamp::now()), false, soon()).await.unwrap_err();
    assert!(error.may_have_applied() && error.kind() != ServiceErrorKind::Refused);
}

/// Refuses every message.
struct Refusing;

#[async_trait]
impl Messenger for Refusing {
    async fn send(&self, _: &NewText, _: bool, _: Deadline) -> Result<Receipt, ServiceError> {
        Err(ServiceError::new(Service::Texts, ServiceErrorKind::Refused, "it refuses").with_code("21610"))
    }
}

#[tokio::test]
async fn a_caller_hears_that_a_text_message_was_refused_and_nothing_of_our_system() {
    let messenger: Arc<dyn Messenger> = Arc::new(Refusing);
    let stage = Stage::with_desk(Desk::new().messenger(messenger)).await;
    stage.tool("c", "0", "create_case", json!({ "description": "It smokes." })).await;

    for _ in 0..2 {
        let said = stage.tool("c", "1", "send_case_sms", json!({})).await;
        assert_eq!(said, "I could not send a text message to your number.");
    }

    let dead = stage.bridge.journal().dead(10).await.unwrap();
    assert_eq!(dead[0].reason.code, "21610");
}
