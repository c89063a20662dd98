//! A desk offers what its CRM serves: no function that could never work, and no argument.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{
    Bridge,
    bridge::BridgeBuilder,
    call::{Call, Platform},
    caller::Caller,
    channel::{DataDip, ToolBatch, ToolCall, Vapi, WebhookRequest},
    crm::{
        Attempt, AttemptAnswer, CallTag, CallerMatch, CaseRecord, CaseScope, Change, ChangeKind, Crm,
        CrmError, FindCallers, FindCases, NewCase, ReadKind, ReadOptions, Receipt, RecordRef, Urgency,
    },
    deadline::Deadline,
    dispatch::{Dispatcher, DispatcherError},
    function::{Answer, Destination, FunctionErrorKind, Manifest, Outcome, Spec},
    functions::Desk,
    journal::MemoryJournal,
    phone::{PhoneNumber, Region},
    recording::{RecordingSource, RecordingStream},
    service_error::{Service, ServiceError, ServiceErrorKind},
};

use crate::stage::{NUMBER, call_json, policy, signer};

/// Knows who calls, and nothing else; takes these changes, and notes what it was given.
#[derive(Clone, Default)]
struct Phonebook {
    takes: &'static [ChangeKind],
    taken: Arc<Mutex<Vec<ChangeKind>>>,
}

fn phonebook(takes: &'static [ChangeKind]) -> Phonebook {
    Phonebook { takes, ..Phonebook::default() }
}

#[async_trait]
impl FindCallers for Phonebook {
    async fn find_caller(&self, _: &PhoneNumber, _: ReadOptions) -> Result<CallerMatch, CrmError> {
        Ok(CallerMatch::Nobody)
    }
}

#[async_trait]
impl Crm for Phonebook {
    fn takes(&self, kind: ChangeKind) -> bool {
        self.takes.contains(&kind)
    }

    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, _: Urgency, _: Deadline) {
        for (attempt, answer) in writes {
            self.taken.lock().unwrap().push(ChangeKind::of(&attempt.write.change));
            answer.give(Ok(Receipt::default()));
        }
    }
}

/// Has one case, whose number is `T1`, and asserts that every look-up is for the call `c`.
struct Tracker;

#[async_trait]
impl FindCallers for Tracker {
    async fn find_caller(&self, _: &PhoneNumber, options: ReadOptions) -> Result<CallerMatch, CrmError> {
        assert_eq!(options.call, Some(CallTag::new("house", "c")));
        Ok(CallerMatch::Nobody)
    }
}

#[async_trait]
impl FindCases for Tracker {
    async fn find_case(
        &self,
        number: &str,
        _: &CaseScope,
        options: ReadOptions,
    ) -> Result<Option<CaseRecord>, CrmError> {
        assert_eq!(options.call, Some(CallTag::new("house", "c")));
        let case = CaseRecord::new(RecordRef::new("1"), "T1", "New", "It smokes.", false);
        Ok((number == "T1" || number == "482917305").then_some(case))
    }

    async fn open_cases(&self, _: &CaseScope, _: ReadOptions) -> Result<Vec<CaseRecord>, CrmError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Crm for Tracker {
    fn cases(&self) -> Option<&dyn FindCases> {
        Some(self)
    }

    fn takes(&self, _: ChangeKind) -> bool {
        false
    }

    async fn apply(&self, _: Vec<(Attempt, AttemptAnswer)>, _: Urgency, _: Deadline) {}
}

/// What was logged in this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen(self) -> tracing::subscriber::DefaultGuard {
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// The line with these words in it.
    fn line(&self, words: &str) -> String {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .find(|line| line.contains(words))
            .unwrap_or_else(|| panic!("{words} in {text}"))
            .to_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn builder(crm: impl Crm) -> BridgeBuilder {
    Bridge::builder().channel("/vapi", Vapi::new(signer())).crm(crm).journal(MemoryJournal::new())
}

fn names(manifest: &Manifest) -> BTreeSet<&'static str> {
    manifest.entries().iter().map(|entry| entry.name).collect()
}

fn arguments(manifest: &Manifest, name: &str) -> BTreeSet<String> {
    let entry = manifest.entries().iter().find(|entry| entry.name == name).unwrap();
    entry.parameters["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
}

async fn call(bridge: &Bridge, name: &str, arguments: Value) -> Outcome {
    let number = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let batch = ToolBatch {
        call: Call::new(Platform::new("house").call("c"), Caller::Number(number)),
        calls: vec![ToolCall {
            id: name.into(),
            name: name.to_owned(),
            arguments: arguments.to_string().into(),
        }],
    };
    bridge.call("house", batch).await.remove(0)
}

fn sentence(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) | Outcome::Asked(answer) => answer.for_model().into_owned(),
        Outcome::Failed(error) => error.for_model().into_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_desk_offers_only_what_the_crm_serves() {
    let bare = builder(phonebook(&[])).support_desk().start().unwrap();
    assert_eq!(names(bare.manifest()), BTreeSet::from(["find_customer", "end_call"]));
    assert_eq!(arguments(bare.manifest(), "find_customer"), BTreeSet::new(), "by number alone");

    let some = builder(phonebook(&[ChangeKind::CreateCase, ChangeKind::CreateTask]));
    let some = some.support_desk().start().unwrap();
    let offered = ["find_customer", "create_case", "schedule_callback", "take_message", "end_call"];
    assert_eq!(names(some.manifest()), BTreeSet::from(offered));

    // What never comes to the CRM is not believed of it.
    let all = builder(phonebook(&ChangeKind::ALL));
    let all = [ChangeKind::SendText, ChangeKind::KeepRecording, ChangeKind::CreateRecord]
        .into_iter()
        .fold(all, |all, kind| {
            let spec = Spec::write("Writes.").needs(kind);
            all.closure(kind.as_str(), spec, |_, _: NoArgs| async { Ok(Answer::say("written")) })
        })
        .start()
        .unwrap();
    assert_eq!(names(all.manifest()), BTreeSet::from(["create_record"]));

    let reads = builder(Tracker).support_desk().start().unwrap();
    let offered = ["find_customer", "get_case_status", "list_open_cases", "end_call"];
    assert_eq!(names(reads.manifest()), BTreeSet::from(offered));
}

#[tokio::test]
async fn a_function_that_was_left_out_cannot_be_called_and_its_alias_is_left_out_with_it() {
    let bridge = builder(phonebook(&[]))
        .support_desk()
        .alias("createSalesforceCase", "create_case")
        .alias("who", "find_customer")
        .start()
        .unwrap();
    for name in ["create_case", "createSalesforceCase", "verify_caller"] {
        let outcome = call(&bridge, name, json!({ "description": "It smokes." })).await;
        assert_eq!(outcome.as_str(), "unknown_function", "{name}");
    }
    assert_eq!(call(&bridge, "who", json!({})).await.as_str(), "answered");
}

#[tokio::test]
async fn an_own_function_is_offered_where_its_needs_are_served_and_with_the_arguments_that_are() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[expect(dead_code, reason = "only their names matter")]
    struct Args {
        of_case: Option<String>,
        of_account: Option<String>,
    }
    let start = |crm: Arc<dyn Crm>| {
        let mine = Spec::read("Mine.").needs(ReadKind::Cases);
        let other = Spec::read("Other.")
            .argument_needs("of_case", ReadKind::Cases)
            .argument_needs("of_account", ReadKind::Accounts);
        let bridge = builder(crm)
            .closure("mine", mine, |_, _: NoArgs| async { Ok(Answer::say("mine")) })
            .closure("other", other, |_, _: Args| async { Ok(Answer::say("other")) });
        bridge.start().unwrap()
    };
    let (tracker, phonebook) = (start(Arc::new(Tracker)), start(Arc::new(phonebook(&[]))));
    assert_eq!(names(tracker.manifest()), BTreeSet::from(["mine", "other"]));
    assert_eq!(arguments(tracker.manifest(), "other"), BTreeSet::from(["of_case".to_owned()]));
    assert_eq!(names(phonebook.manifest()), BTreeSet::from(["other"]));
    assert_eq!(arguments(phonebook.manifest(), "other"), BTreeSet::new());
}

#[tokio::test]
async fn a_look_up_or_a_change_that_is_not_served_is_unavailable_and_nothing_is_promised() {
    let bridge = builder(phonebook(&[]))
        .closure("look", Spec::read("Looks."), |cx, _: NoArgs| async move {
            cx.find_account("ACC-1").await.map(|_| Answer::say("found"))
        })
        .closure("cases", Spec::read("Lists."), |cx, _: NoArgs| async move {
            cx.open_cases().await.map(|_| Answer::say("found"))
        })
        .closure("make", Spec::write("Makes."), |cx, _: NoArgs| async move {
            let case = NewCase { subject: "s".to_owned(), ..NewCase::default() };
            cx.write(Change::CreateCase(case)).await.map(|_| Answer::say("made"))
        })
        .start()
        .unwrap();
    let log = Log::default();
    let _guard = log.clone().listen();
    for (name, missing) in [("look", "FindAccounts"), ("cases", "FindCases"), ("make", "create_case")] {
        let outcome = call(&bridge, name, json!({})).await;
        assert!(matches!(&outcome, Outcome::Failed(error) if error.kind() == FunctionErrorKind::Unavailable));
        let line = log.line(&format!("missing={missing}"));
        assert!(line.contains("ERROR") && line.contains(&format!("function=\"{name}\"")), "{line}");
    }
    assert_eq!(bridge.journal().stats().await.unwrap().pending, 0);
}

#[derive(Default, serde::Deserialize, schemars::JsonSchema)]
struct NoArgs {}

#[tokio::test]
async fn a_case_number_of_letters_can_be_asked_for_and_each_look_up_says_for_which_call() {
    // Shared and boxed, as a program has it that chooses its CRM while it runs.
    let crm: Box<dyn Crm> = Box::new(Arc::new(Tracker));
    let bridge = builder(crm).support_desk().start().unwrap();
    let ask = |number: &str| json!({ "case_number": number });
    let said = sentence(&call(&bridge, "get_case_status", ask(" T1 ")).await);
    assert!(said.contains("Case T, 1") && said.contains("is new"), "{said}");
    let said = sentence(&call(&bridge, "get_case_status", ask("482917305")).await);
    assert!(said.contains("Case T, 1"), "a number that could be a reference is asked for as well: {said}");
    let said = sentence(&call(&bridge, "get_case_status", ask("T2")).await);
    assert!(said.contains("could not find a case"), "{said}");
}

#[test]
fn a_registry_without_a_bridge_can_be_made_for_a_crm() {
    let registry = Desk::new().register(Dispatcher::builder()).build().unwrap();
    assert!(names(registry.manifest()).contains("create_case"), "without a CRM nothing is left out");
    let log = Log::default();
    let _guard = log.clone().listen();
    let registry = Desk::new().register(Dispatcher::builder().for_crm(&phonebook(&[])));
    let names = names(registry.build().unwrap().manifest());
    assert!(!names.contains("create_case") && names.contains("find_customer"), "{names:?}");
    // The operator reads what was left out, and why.
    assert!(log.line("function=\"create_case\"").contains("need=create_case"));
    assert!(log.line("function=\"verify_caller\"").contains("need=FindPeople"));
    assert!(log.line("argument=\"town\"").contains("need=FindPeople"));
}

#[test]
fn verification_offers_codes_only_where_somebody_sends_them() {
    let registry = Desk::new().register(Dispatcher::builder()).build().unwrap();
    let offered = arguments(registry.manifest(), "verify_caller");
    assert!(offered.contains("postal_code"));
    assert!(!offered.contains("code") && !offered.contains("send_code"), "{offered:?}");
}

#[test]
fn an_argument_that_needs_something_has_to_be_one_of_its_function() {
    // Every function of the desk keeps to it: else the registry would not be built.
    let desk = Desk::new().human("sales", Destination::Queue("sales".to_owned()));
    let all = desk.register(Dispatcher::builder()).build().unwrap();
    assert!(arguments(all.manifest(), "transfer_to_human").contains("case_number"));
    let offered = arguments(all.manifest(), "find_customer");
    let known = ["account_number", "name", "spelling", "town", "company", "last_digits"];
    assert_eq!(offered, known.map(str::to_owned).into());

    let spec = Spec::read("Looks.").argument_needs("nonesuch", ReadKind::Cases);
    let wrong = Dispatcher::builder().closure("look", spec, |_, _: NoArgs| async { Ok(Answer::say("x")) });
    let expected = DispatcherError::Argument { function: "look", argument: "nonesuch" };
    assert_eq!(wrong.build().err(), Some(expected));
}

/// Has every recording, and opens none.
struct Shelf;

#[async_trait]
impl RecordingSource for Shelf {
    fn has(&self, _: &str) -> bool {
        true
    }

    async fn open(&self, _: &str) -> Result<RecordingStream, ServiceError> {
        Err(ServiceError::new(Service::Recordings, ServiceErrorKind::NotReady, "it is not there"))
    }
}

async fn report(bridge: &Bridge) -> u16 {
    let report = json!({ "message": {
        "type": "end-of-call-report",
        "call": call_json("c"),
        "endedReason": "customer-ended-call",
        "artifact": { "recording": { "stereoUrl": "https://recordings.example.com/r1" } },
    } })
    .to_string();
    let headers = signer().sign("POST", "/vapi", report.as_bytes(), jiff::Timestamp::now());
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_bytes())
    };
    let request = WebhookRequest { method: "POST", url: "/vapi", header: &header, body: report.into() };
    bridge.handle("/vapi", request).await.status
}

#[tokio::test]
async fn a_call_is_logged_where_the_crm_takes_logs_and_its_recording_stays_a_link_where_none_are_kept() {
    for takes in [&[ChangeKind::LogCall][..], &[]] {
        let crm = phonebook(takes);
        let source: Box<dyn RecordingSource> = Box::new(Shelf);
        let bridge = builder(crm.clone()).recordings(source).delivery(policy()).start().unwrap();
        assert_eq!(report(&bridge).await, 200);
        let drained = async {
            while bridge.journal().stats().await.unwrap().pending > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), drained).await.unwrap();
        assert_eq!(*crm.taken.lock().unwrap(), takes);
        assert!(bridge.journal().dead(10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_comment_that_the_crm_does_not_take_is_turned_away_and_not_promised() {
    for (takes, status) in [(&[ChangeKind::AddComment][..], 202), (&[], 501)] {
        let bridge = builder(phonebook(takes))
            .channel("/dip", DataDip::new("canary-token-77aa").unwrap())
            .start()
            .unwrap();
        let header = |name: &str| (name == "authorization").then_some(b"Bearer canary-token-77aa".as_slice());
        let (url, body) =
            ("/dip/calls/c/comment", json!({ "case": "500000000000001AAA", "comment": "x" }).to_string());
        let request = WebhookRequest { method: "POST", url, header: &header, body: body.into() };
        assert_eq!(bridge.handle(url, request).await.status, status);
    }
}

#[tokio::test]
async fn a_warning_names_the_headers_in_which_a_proof_was_looked_for_and_nothing_that_was_sent() {
    let log = Log::default();
    let _listening = log.clone().listen();
    let plan = HmacPlan::new("canary-webhook-secret-91be")
        .signature_header("x-own-signature")
        .message_id_header("x-own-id")
        .payload_format("{svix-id}.{timestamp}.{body}");
    let vapi = Vapi::new(Verifier::hmac(plan).unwrap());
    let bridge = Bridge::builder().channel("/vapi", vapi).crm(phonebook(&[])).journal(MemoryJournal::new());
    let bridge = bridge.start().unwrap();
    let (signature, now) = ("ca".repeat(32), jiff::Timestamp::now().as_second().to_string());
    let header = |name: &str| match name {
        "x-own-signature" => Some(signature.as_bytes()),
        "x-vapi-id" => Some(b"canary-token-77aa".as_slice()),
        "x-timestamp" => Some(now.as_bytes()),
        _ => None,
    };
    let request = WebhookRequest { method: "POST", url: "/vapi", header: &header, body: "{}".into() };

    assert_eq!(bridge.handle("/vapi", request).await.status, 401);

    let line = log.line("a webhook was not proved genuine");
    assert!(line.contains("missing_message_id") && line.contains("x-own-signature, "), "{line}");
    assert!(line.contains(", x-own-id") && !line.contains("canary") && !line.contains(&signature), "{line}");
}
