//! A whole call in each language: what the caller hears, and nothing else.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use async_trait::async_trait;
use jiff::{
    SignedDuration, Timestamp, ToSpan as _, Zoned,
    civil::{Weekday, time},
    tz::{TimeZone, offset},
};
use salesforce_emulator::Fault;
use serde_json::{Value, json};
use voice_crm_core::{
    Bridge,
    call::{Call, Platform},
    caller::Caller,
    channel::{ToolBatch, ToolCall},
    clock::Clock,
    code_sender::{CodeCheck, CodeSender},
    crm::{NewText, Receipt},
    deadline::Deadline,
    function::{Destination, Outcome},
    functions::Desk,
    journal::MemoryJournal,
    messenger::Messenger,
    phone::{PhoneNumber, Region},
    phrase::{self, Language, Phrasebook, Speech, Value as Spoken},
    service_error::{Service, ServiceError, ServiceErrorKind},
};

use crate::stage::{NUMBER, Stage, bare_builder, client, org};

/// All that have words of their own, and Britain, which has dates of its own.
const LANGUAGES: [&str; 12] =
    ["en", "en-GB", "es", "fr", "de", "ko", "zh-CN", "zh-TW", "ru", "pt-BR", "pt-PT", "ja"];

/// A service whose every use fails, each time in the next way.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicU32>);

impl Failing {
    fn next(&self, service: Service) -> ServiceError {
        let kinds = [ServiceErrorKind::Refused, ServiceErrorKind::Unavailable];
        let count = usize::try_from(self.0.fetch_add(1, Ordering::Relaxed)).unwrap();
        ServiceError::new(service, kinds[count % kinds.len()], "it fails")
    }
}

#[async_trait]
impl Messenger for Failing {
    async fn send(&self, _: &NewText, _: bool, _: Deadline) -> Result<Receipt, ServiceError> {
        Err(self.next(Service::Texts))
    }
}

#[async_trait]
impl CodeSender for Failing {
    async fn send(&self, _: &PhoneNumber, _: Deadline) -> Result<(), ServiceError> {
        Err(self.next(Service::Codes))
    }

    async fn check(&self, _: &PhoneNumber, _: &str, _: Deadline) -> Result<CodeCheck, ServiceError> {
        Err(ServiceError::new(Service::Codes, ServiceErrorKind::Unavailable, "it fails"))
    }
}

/// One call in one language.
struct Page {
    stage: Stage,
    language: Language,
    asked: u32,
    heard: Vec<(String, String)>,
}

fn zone() -> TimeZone {
    TimeZone::fixed(offset(1))
}

/// A Monday at ten, from which the clock of every bridge goes on.
fn now() -> Zoned {
    MONDAY.parse::<Timestamp>().unwrap().to_zoned(zone())
}

const MONDAY: &str = "2026-11-30T09:00:00Z";

/// A clock that began on that Monday when it was made.
struct SinceMonday(Instant);

impl Clock for SinceMonday {
    fn now(&self) -> Timestamp {
        now().timestamp() + SignedDuration::try_from(self.0.elapsed()).unwrap()
    }
}

/// A day ahead, at a time of it.
fn ahead(days: i64, clock: &str) -> String {
    format!("{}T{clock}", now().date().checked_add(days.days()).unwrap())
}

impl Page {
    async fn new(language: Language) -> Self {
        let number = PhoneNumber::parse("+12125550123", Region::US).unwrap();
        let desk = Desk::new()
            .callback_hours(zone(), [], time(9, 0, 0, 0)..time(21, 0, 0, 0))
            .human("support", Destination::Number(number))
            .messenger(Failing::default())
            .code_sender(Failing::default());
        let org = org().start().await.unwrap();
        let bridge: Bridge = bare_builder(org.url(), MemoryJournal::new())
            .clock(SinceMonday(Instant::now()))
            .support_desk_with(desk)
            .start()
            .unwrap();
        let stage = Stage::of(org, bridge);
        let details = json!({ "MailingPostalCode": "94105", "MobilePhone": "+1 415 555 0177" });
        client(stage.org.url())
            .records("Contact")
            .update(&stage.contact.parse().unwrap(), &details)
            .await
            .unwrap();
        Self { stage, language, asked: 0, heard: Vec::new() }
    }

    fn ada() -> Caller {
        Caller::Number(PhoneNumber::parse(NUMBER, Region::US).unwrap())
    }

    /// Asks on Ada's call.
    async fn ask(&mut self, name: &str, arguments: Value) -> String {
        self.ask_from(("ada", Self::ada()), name, arguments).await
    }

    async fn ask_from(&mut self, (call, caller): (&str, Caller), name: &str, arguments: Value) -> String {
        self.asked += 1;
        let id = self.asked.to_string();
        let arguments_json = arguments.to_string().into_bytes().into();
        let tool_call = ToolCall { id: id.as_str().into(), name: name.to_owned(), arguments: arguments_json };
        let mut call = Call::new(Platform::VAPI.call(call), caller);
        call.language = Some(self.language);
        let outcome =
            self.stage.bridge.call("vapi", ToolBatch { call, calls: vec![tool_call] }).await.remove(0);
        let said = match &outcome {
            Outcome::Answered(answer) | Outcome::Asked(answer) => answer.text().into_owned(),
            Outcome::Failed(error) => error.say().map(String::from).unwrap_or_default(),
            other => panic!("{other:?}"),
        };
        self.heard.push((name.to_owned(), said.clone()));
        said
    }

    /// What no function says.
    fn say(&mut self, what: &str, speech: impl Into<Speech>) {
        let said = Phrasebook::standard().speak(&speech.into(), self.language);
        self.heard.push((what.to_owned(), said));
    }

    async fn greeting_and_identification(&mut self) {
        self.say("no assistant", phrase::NOBODY);
        self.say("filler", phrase::LOOKING);
        self.say("filler, late", phrase::STILL_AT_IT);
        self.ask_from(("withheld", Caller::Unknown), "find_customer", json!({})).await;
        self.ask_from(("online", Caller::Client(String::new())), "find_customer", json!({})).await;
        self.ask_from(("sip", Caller::Sip("sip:a@b.example".to_owned())), "find_customer", json!({})).await;
        let stranger = Caller::Number(PhoneNumber::parse("+12125550199", Region::US).unwrap());
        self.ask_from(("stranger", stranger.clone()), "find_customer", json!({})).await;
        self.ask_from(("stranger", stranger.clone()), "verify_caller", json!({})).await;
        let named = json!({ "name": "Ada Lovelace", "postal_code": "94105" });
        self.ask_from(("stranger", stranger), "verify_caller", named).await;
        self.ask("find_customer", json!({})).await;
        self.ask("update_contact", json!({ "phone": "+4930901820" })).await;
        self.ask("verify_caller", json!({})).await;
        self.ask("verify_caller", json!({ "postal_code": "10001" })).await;
        for _ in 0..2 {
            self.ask("verify_caller", json!({ "send_code": true })).await;
            self.ask("verify_caller", json!({ "code": "314159" })).await;
        }
        self.ask("verify_caller", json!({ "postal_code": "94105" })).await;
        self.ask("find_customer", json!({})).await;
        self.ask("find_customer", json!({ "account_number": "ACC-1001" })).await;
        self.ask("find_customer", json!({ "account_number": "ACC-9" })).await;
        self.ask("find_customer", json!({ "name": "Charles Babbage" })).await;
        self.ask("update_contact", json!({ "phone": "+4930901820" })).await;
        let address = json!({ "street": "Dorset Street 1", "city": "London", "postal_code": "W1U 6QY" });
        self.ask("update_contact", json!({ "email": "ada@example.com", "address": address })).await;
    }

    async fn cases(&mut self) {
        self.ask("list_open_cases", json!({})).await;
        self.say("filler", phrase::NOTING);
        self.ask("create_case", json!({ "description": "The engine stopped." })).await;
        self.ask("create_case", json!({ "description": "It smokes.", "account_number": "ACC-9" })).await;
        for status in ["Working", "On Hold", "Waiting on Customer", "Escalated", "Otto"] {
            let case = json!({ "Subject": "The engine", "Status": status, "ContactId": self.stage.contact });
            self.stage.org.insert("Case", case).unwrap();
        }
        self.ask("list_open_cases", json!({})).await;
        self.ask("get_case_status", json!({ "case_number": "1000" })).await;
        self.ask("get_case_status", json!({ "case_number": "77777" })).await;
        self.ask("add_case_comment", json!({ "comment": "Still.", "case_number": "1000" })).await;
        self.ask("add_case_comment", json!({ "comment": "Still." })).await;
        for _ in 0..2 {
            self.ask("send_case_sms", json!({ "case_number": "1000" })).await;
        }
        self.ask_from(("withheld", Caller::Unknown), "send_case_sms", json!({})).await;
        self.ask_from(("online", Caller::Client(String::new())), "send_case_sms", json!({})).await;
    }

    async fn callbacks(&mut self) {
        let wish = |when: String| json!({ "when": when, "reason": "The engine" });
        self.ask("schedule_callback", wish(ahead(1, "03:00"))).await;
        let work =
            [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let hours = time(9, 0, 0, 0)..time(17, 30, 0, 0);
        self.say("closed", phrase::CALLBACK_CLOSED.with([Spoken::opening(&work, hours)]));
        self.ask("schedule_callback", wish(ahead(-1, "10:00"))).await;
        self.ask("schedule_callback", wish(ahead(60, "10:00"))).await;
        self.ask_from(("withheld", Caller::Unknown), "schedule_callback", wish(ahead(1, "10:00"))).await;
        self.ask("schedule_callback", wish(ahead(1, "20:00"))).await;
        self.ask("schedule_callback", wish(ahead(9, "10:30"))).await;
        let at = now().date().checked_add(9.days()).unwrap().at(10, 30, 0, 0).to_zoned(zone()).unwrap();
        self.say("later", phrase::CALLBACK_BOOKED.with([Spoken::moment(&at, now().timestamp())]));
        self.ask("take_message", json!({ "message": "Please ring me." })).await;
    }

    async fn failures_and_goodbye(&mut self) {
        self.stage.org.faults().next(10_000, Fault::Unavailable503BeforeWrite);
        let promised = self.ask("create_case", json!({ "description": "It burns." })).await;
        let reference: String = promised.chars().filter(char::is_ascii_digit).collect();
        self.ask("get_case_status", json!({ "case_number": reference })).await;
        self.ask("take_message", json!({ "message": "Please ring me." })).await;
        let other = Caller::Number(PhoneNumber::parse("+12125550188", Region::US).unwrap());
        self.ask_from(("other", other), "find_customer", json!({})).await;
        self.stage.org.faults().clear();
        for (what, sentence) in [
            ("too late", phrase::TOO_LATE),
            ("still working", phrase::STILL_WORKING),
            ("busy", phrase::BUSY),
            ("broken", phrase::BROKEN),
            ("conflict", phrase::CONFLICT),
            ("refused", phrase::REFUSED),
            ("not saved", phrase::NOT_SAVED),
            ("not possible", phrase::NOT_POSSIBLE),
            ("locked", phrase::LOCKED),
            ("proofs used up", phrase::PROOFS_USED_UP),
            ("code locked", phrase::CODE_LOCKED),
            ("verify unavailable", phrase::VERIFY_UNAVAILABLE),
        ] {
            self.say(what, sentence);
        }
        self.ask("transfer_to_human", json!({ "reason": "wants a person" })).await;
        self.ask("end_call", json!({})).await;
    }

    async fn whole(language: Language) -> Self {
        let mut page = Self::new(language).await;
        page.greeting_and_identification().await;
        page.cases().await;
        page.callbacks().await;
        page.failures_and_goodbye().await;
        page
    }
}

async fn pages() -> Vec<Page> {
    let languages = LANGUAGES.map(|tag| Language::parse(tag).unwrap());
    futures_util::future::join_all(languages.map(Page::whole)).await
}

#[tokio::test]
#[ignore = "it proves nothing: it prints the pages for a person to read"]
async fn print_a_whole_call_in_each_language() {
    for page in pages().await {
        let mut text = format!("\n== {}\n", page.language);
        for (what, said) in page.heard {
            writeln!(text, "{what:>20}  {said}").unwrap();
        }
        println!("{text}");
    }
}

#[tokio::test]
async fn a_whole_call_in_each_language_says_nothing_that_is_not_for_a_caller() {
    let book = Phrasebook::standard();
    let year = now().year().to_string();
    for page in pages().await {
        let language = page.language;
        for (what, said) in &page.heard {
            assert!(!said.is_empty(), "{language} {what} says nothing");
            assert!(!said.contains(['(', ')', '{', '}', '"']), "{language} {what}: {said}");
            assert!(!said.contains(&year) && !said.contains("transferCall"), "{language} {what}: {said}");
        }
        let heard = |sentence| {
            let text = book.speak(&Speech::from(sentence), language);
            assert!(page.heard.iter().any(|(_, said)| *said == text), "{language} does not say {text}");
        };
        // Each failure is that of the service that failed; of records it is said once, when they cannot be reached.
        for sentence in [
            phrase::TEXT_REFUSED,
            phrase::CODE_REFUSED,
            phrase::CODE_UNAVAILABLE,
            phrase::CODE_UNCHECKED,
            phrase::TEXT_NO_TELEPHONE,
            phrase::RECORDS_UNREACHABLE,
        ] {
            heard(sentence);
        }
        let unreachable = book.speak(&phrase::RECORDS_UNREACHABLE.into(), language);
        assert_eq!(page.heard.iter().filter(|(_, said)| *said == unreachable).count(), 1, "{language}");
        let tomorrow = now().date().tomorrow().unwrap().at(20, 0, 0, 0).to_zoned(zone()).unwrap();
        let at = Spoken::moment(&tomorrow, now().timestamp()).spoken(language);
        assert_eq!(page.heard.iter().filter(|(_, said)| said.contains(&at)).count(), 2, "{language} {at}");
    }
}
