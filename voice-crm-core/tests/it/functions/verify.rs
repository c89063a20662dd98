//! Verification: by what only the caller knows, by a code, and with an end to guessing.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use twilio_client::{AccountSid, AuthToken, Client, Credentials};
use voice_crm_core::{
    caller::Assurance,
    code_sender::{CodeCheck, CodeSender, TwilioVerify},
    deadline::Deadline,
    functions::Desk,
    phone::{PhoneNumber, Region},
    service_error::{Service, ServiceError, ServiceErrorKind},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, method},
};

use crate::stage::{Stage, client};

/// A desk that tells nothing of cases before the caller is verified.
pub(super) fn careful() -> Desk {
    Desk::new().tell_cases_from(Assurance::Verified)
}

pub(super) async fn stage(desk: Desk) -> Stage {
    let stage = Stage::with_desk(desk).await;
    let id = stage.contact.parse().unwrap();
    let details = json!({ "MailingPostalCode": "94105-1234", "MobilePhone": "+1 415 555 0177" });
    client(stage.org.url()).records("Contact").update(&id, &details).await.unwrap();
    stage
}

async fn verify(stage: &Stage, call: &str, id: &str, arguments: Value) -> String {
    stage.tool(call, id, "verify_caller", arguments).await
}

async fn is_open(stage: &Stage, call: &str, id: &str) -> bool {
    stage.tool(call, id, "list_open_cases", json!({})).await == "You have no open cases."
}

#[tokio::test]
async fn one_right_answer_from_the_number_on_file_opens_the_call_and_no_other() {
    let stage = stage(careful()).await;
    assert!(!is_open(&stage, "c", "0").await);
    let said = verify(&stage, "c", "1", json!({})).await;
    assert!(said.contains("postal code") && !said.contains("941"), "{said}");
    assert_eq!(
        verify(&stage, "c", "2", json!({ "postalCode": "9 4 1 0 5" })).await,
        "Thank you, that is right."
    );
    assert!(is_open(&stage, "c", "3").await);
    assert!(!is_open(&stage, "d", "4").await);
    assert_eq!(
        verify(&stage, "d", "5", json!({ "accountEnding": "1001" })).await,
        "Thank you, that is right."
    );
}

#[tokio::test]
async fn three_wrong_answers_end_it_and_the_same_webhook_is_no_further_one() {
    let stage = stage(careful()).await;
    for _ in 0..5 {
        let said = verify(&stage, "c", "1", json!({ "postal_code": "10001" })).await;
        assert!(said.contains("not what we have on file"), "{said}");
    }
    verify(&stage, "c", "2", json!({ "account_ending": "9999" })).await;
    let said = verify(&stage, "c", "3", json!({ "postal_code": "94105", "account_ending": "9999" })).await;
    assert!(said.contains("could not verify you"), "one wrong answer spoils a right one: {said}");
    let said = verify(&stage, "c", "4", json!({ "postal_code": "94105" })).await;
    assert!(said.contains("could not verify you"), "{said}");
    let said = verify(&stage, "d", "4", json!({ "postal_code": "94105" })).await;
    assert_eq!(said, "Thank you, that is right.", "three forged failures lock no other call");
}

#[tokio::test]
async fn from_another_number_it_takes_a_name_and_two_answers() {
    let stage = stage(careful()).await;
    let from = |id: &'static str, arguments| {
        stage.tool_from(Some("+12125550199"), "c", id, "verify_caller", arguments)
    };
    assert!(from("1", json!({ "postal_code": "94105" })).await.contains("full name or your account number"));
    let named = json!({ "name": "Ada Lovlace", "postal_code": "94105" });
    assert!(from("2", named).await.contains("last four characters of your account number as well"));
    for id in ["a", "b", "c", "d"] {
        let wrong = json!({ "name": "Ada Lovelace", "postal_code": "10001" });
        assert!(from(id, wrong).await.contains("as well"), "one by one they are not judged");
    }
    // The number by which the record was found proves nothing a second time.
    let numbered = json!({ "account_number": "ACC-1001", "postal_code": "94105", "account_ending": "1001" });
    let said = from("3", numbered).await;
    assert!(said.contains("as well") && said.contains("pass on the name in its place"), "{said}");
    let both = json!({ "name": "Ada Lovelace", "postal_code": "94105", "account_ending": "1001" });
    assert_eq!(from("4", both).await, "Thank you, that is right.");
    let said = stage.tool_from(Some("+12125550199"), "c", "5", "list_open_cases", json!({})).await;
    assert_eq!(said, "You have no open cases.", "the call is Ada's now");
}

#[tokio::test]
async fn a_forged_number_finds_no_proof_at_the_desk_and_makes_none() {
    let stage = stage(Desk::new()).await;
    let said = stage.tool("c", "1", "find_customer", json!({})).await;
    assert!(said.contains("Ada Lovelace") && !said.contains("1 0, 0 1"), "{said}");
    let address = json!({ "street": "Elsewhere 1", "city": "Elsewhere", "postal_code": "99999" });
    for (id, change) in [("2", json!({ "address": address })), ("3", json!({ "phone": "+12125550199" }))] {
        let said = stage.confirmed("c", id, "update_contact", change).await;
        assert!(said.contains("verif") && !said.contains("changed"), "{said}");
    }
    verify(&stage, "c", "4", json!({ "postal_code": "94105" })).await;
    let said = stage.tool("c", "5", "find_customer", json!({})).await;
    assert!(said.contains("A C C, 1 0, 0 1"), "who has proved it may hear it: {said}");
    assert_eq!(
        stage.confirmed("c", "6", "update_contact", json!({ "phone": "+12125550199" })).await,
        "The contact details have been changed."
    );
}

#[tokio::test]
async fn what_a_model_leaves_empty_is_left_out() {
    let stage = stage(careful().code_sender(Codes::default())).await;
    let empty = json!({
        "account_ending": "1001", "account_number": "", "name": " ", "code": "", "spelling": "", "town": "",
    });
    assert_eq!(verify(&stage, "c", "1", empty).await, "Thank you, that is right.");
    let said =
        stage.tool("d", "2", "find_customer", json!({ "account_number": "ACC-1001", "name": "" })).await;
    assert!(said.contains("make sure that it is you"), "{said}");
}

#[tokio::test]
async fn who_proves_to_be_one_hears_nothing_of_the_number_of_another() {
    let stage = stage(careful()).await;
    // A case of nobody, but from Ada's number.
    let of_number =
        json!({ "Subject": "from the number", "Status": "New", "SuppliedPhone": crate::stage::NUMBER });
    stage.org.insert("Case", of_number).unwrap();
    let account = json!({ "Name": "Difference Engines", "AccountNumber": "ACC-2002" });
    let account = stage.org.insert("Account", account).unwrap();
    let charles = json!({
        "FirstName": "Charles", "LastName": "Babbage", "AccountId": account, "MailingPostalCode": "10001",
    });
    stage.org.insert("Contact", charles).unwrap();

    let as_charles = json!({ "name": "Charles Babbage", "postal_code": "10001", "account_ending": "2002" });
    assert_eq!(verify(&stage, "c", "1", as_charles).await, "Thank you, that is right.");
    assert!(is_open(&stage, "c", "2").await, "Ada's number was forged");

    verify(&stage, "d", "3", json!({ "postal_code": "94105" })).await;
    let said = stage.tool("d", "4", "list_open_cases", json!({})).await;
    assert!(said.contains("from the number"), "it is hers: {said}");
}

/// Sends codes to a list.
#[derive(Clone, Default)]
pub(super) struct Codes(pub(super) Arc<Mutex<Vec<PhoneNumber>>>);

#[async_trait]
impl CodeSender for Codes {
    async fn send(&self, to: &PhoneNumber, _: Deadline) -> Result<(), ServiceError> {
        self.0.lock().unwrap().push(to.clone());
        Ok(())
    }

    async fn check(&self, to: &PhoneNumber, code: &str, _: Deadline) -> Result<CodeCheck, ServiceError> {
        let sent = self.0.lock().unwrap().contains(to);
        match (sent, code) {
            (false, _) => Err(ServiceError::new(Service::Codes, ServiceErrorKind::Expired, "none was sent")),
            (true, "314159") => Ok(CodeCheck::Right),
            (true, _) => Ok(CodeCheck::Wrong),
        }
    }
}

#[tokio::test]
async fn a_code_goes_to_the_number_on_file_and_comes_back() {
    let codes = Codes::default();
    let stage = stage(careful().code_sender(codes.clone())).await;
    let from = |id: &'static str, arguments| {
        stage.tool_from(Some("+12125550199"), "c", id, "verify_caller", arguments)
    };
    let send = json!({ "name": "Ada Lovelace", "send_code": true });
    let code = |code: &str| json!({ "name": "Ada Lovelace", "code": code });

    assert!(from("0", code("314159")).await.contains("no longer valid"), "none was sent yet");
    for _ in 0..3 {
        let said = from("1", send.clone()).await;
        assert!(said.contains("If that fits our records") && !said.contains("0177"), "{said}");
    }
    {
        let went_to = codes.0.lock().unwrap();
        assert_eq!(went_to.len(), 1, "the same webhook sends one");
        assert!(went_to[0].as_e164() == "+14155550177", "to the number on file");
    }
    assert!(from("2", code("1 2 3 4 5 6")).await.contains("could not confirm that code"));
    assert_eq!(from("3", code("3 1 4 1 5 9")).await, "Thank you, that is right.");
}

#[tokio::test]
async fn nobody_is_flooded_with_codes() {
    let codes = Codes::default();
    let stage = stage(careful().code_sender(codes.clone())).await;
    for id in 0..6 {
        verify(&stage, "c", &id.to_string(), json!({ "sendCode": true })).await;
    }
    assert_eq!(codes.0.lock().unwrap().len(), 3);
}

async fn twilio_verify() -> (MockServer, TwilioVerify) {
    let server = MockServer::start().await;
    let account: AccountSid = "AC00000000000000000000000000000001".parse().unwrap();
    let token = AuthToken::new("canary-token-77aa-canary-token-7").unwrap();
    let client = Client::builder(account, Credentials::auth_token(token))
        .base_url(server.uri().parse().unwrap())
        .build()
        .unwrap();
    let sender = TwilioVerify::new(client, "VA00000000000000000000000000000001".parse().unwrap());
    (server, sender)
}

#[tokio::test]
async fn the_verdicts_of_twilio_verify_are_understood() {
    let (server, sender) = twilio_verify().await;
    let to = PhoneNumber::parse("+12125550123", Region::US).unwrap();
    let soon = || Deadline::after(Duration::from_secs(5));
    let (expired, locked) = (ServiceErrorKind::Expired, ServiceErrorKind::Locked);
    for (code, status, verdict) in [
        ("1111", "approved", Ok(CodeCheck::Right)),
        ("2222", "pending", Ok(CodeCheck::Wrong)),
        ("3333", "max_attempts_reached", Err(locked)),
        ("5555", "canceled", Err(expired)),
    ] {
        let answer = json!({ "sid": "VE00000000000000000000000000000001", "status": status });
        Mock::given(method("POST"))
            .and(body_string_contains(format!("Code={code}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .expect(1)
            .mount(&server)
            .await;
        assert_eq!(sender.check(&to, code, soon()).await.map_err(|error| error.kind()), verdict, "{status}");
    }
    let gone = json!({ "code": 20404, "message": "not found", "status": 404 });
    Mock::given(method("POST"))
        .and(body_string_contains("Code=4444"))
        .respond_with(ResponseTemplate::new(404).set_body_json(gone))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(sender.check(&to, "4444", soon()).await.unwrap_err().kind(), expired);
    let sent = json!({ "sid": "VE00000000000000000000000000000001", "status": "pending" });
    Mock::given(method("POST"))
        .and(body_string_contains("Channel=sms"))
        .respond_with(ResponseTemplate::new(201).set_body_json(sent))
        .expect(1)
        .mount(&server)
        .await;
    sender.send(&to, soon()).await.unwrap();
}

#[tokio::test]
async fn too_many_codes_at_twilio_verify_are_not_asked_for_again_though_they_look_like_a_rate_limit() {
    let (server, sender) = twilio_verify().await;
    let to = PhoneNumber::parse("+12125550123", Region::US).unwrap();
    let soon = || Deadline::after(Duration::from_secs(5));
    for (part, code) in [("Code=1111", 60202), ("Channel=sms", 60203)] {
        let limit = json!({ "code": code, "message": "canary-words", "status": 429 });
        Mock::given(method("POST"))
            .and(body_string_contains(part))
            .respond_with(ResponseTemplate::new(429).set_body_json(limit))
            .expect(1)
            .mount(&server)
            .await;
    }
    let checked = sender.check(&to, "1111", soon()).await.unwrap_err();
    assert_eq!((checked.kind(), checked.code()), (ServiceErrorKind::Locked, Some("60202")));
    let sent = sender.send(&to, soon()).await.unwrap_err();
    assert_eq!((sent.kind(), sent.code()), (ServiceErrorKind::Locked, Some("60203")));
    assert!(!format!("{sent} {sent:?}").contains("canary"));
}

/// Fails always in the same way.
struct Failing(ServiceErrorKind);

#[async_trait]
impl CodeSender for Failing {
    async fn send(&self, _: &PhoneNumber, _: Deadline) -> Result<(), ServiceError> {
        Err(ServiceError::new(Service::Codes, self.0, "it fails"))
    }

    async fn check(&self, _: &PhoneNumber, _: &str, _: Deadline) -> Result<CodeCheck, ServiceError> {
        Err(ServiceError::new(Service::Codes, self.0, "it fails"))
    }
}

#[tokio::test]
async fn a_caller_hears_that_codes_fail_and_nothing_of_records() {
    for (kind, sent, checked) in [
        (ServiceErrorKind::Unavailable, "cannot send you a code", "cannot check the code"),
        (ServiceErrorKind::Throttled, "cannot send you a code", "cannot check the code"),
        (ServiceErrorKind::Refused, "could not send a code", "cannot check the code"),
        (ServiceErrorKind::Locked, "Too many codes", "Too many codes"),
        (ServiceErrorKind::Expired, "no longer valid", "no longer valid"),
    ] {
        // Boxed and shared, as a program has it that chooses its sender while it runs.
        let sender: Box<dyn CodeSender> = Box::new(Failing(kind));
        let stage = stage(careful().code_sender(Arc::new(sender))).await;
        let said = verify(&stage, "c", "1", json!({ "send_code": true })).await;
        assert!(said.contains(sent) && !said.contains("records"), "{kind:?}: {said}");
        let said = verify(&stage, "c", "2", json!({ "code": "314159" })).await;
        assert!(said.contains(checked) && !said.contains("records"), "{kind:?}: {said}");
    }
}
