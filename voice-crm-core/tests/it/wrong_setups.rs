//! What a bridge that cannot work says when it is started: all of it at once, each with what to do.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use voice_crm_core::{
    Bridge,
    bridge::BridgeBuilder,
    channel::Vapi,
    crm::ReadKind,
    function::{Answer, Spec},
    functions::FindCustomer,
    journal::MemoryJournal,
    outbox::SinkPolicy,
    phrase::{Phrase, Phrasebook},
};

use crate::stage::{builder, signer};

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

#[derive(Deserialize, JsonSchema)]
struct Confirms {
    #[serde(rename = "confirmation")]
    _confirmation: String,
}

#[derive(Deserialize, JsonSchema)]
struct Counts {
    #[serde(rename = "occurrence")]
    _occurrence: u32,
}

const NOWHERE: Phrase<1> = Phrase::new("open_until", &["hour"], "We are open until {stunde}.");
const HALF: Phrase = Phrase::new("half", &[], "We are open until {.");
const TAKEN: Phrase = Phrase::new("not_saved", &[], "It is not there.");

fn vapi() -> Vapi {
    Vapi::new(signer())
}

fn function(builder: BridgeBuilder, name: &'static str, spec: Spec) -> BridgeBuilder {
    builder.closure(name, spec, |_, _: Nothing| async { Ok(Answer::say("done")) })
}

fn policy(change: impl FnOnce(&mut SinkPolicy)) -> SinkPolicy {
    let mut policy = SinkPolicy::default();
    change(&mut policy);
    policy
}

type Wrong = (fn(BridgeBuilder) -> BridgeBuilder, &'static str, &'static str);

/// What is done wrong, what the error names, and what it says to do.
const WRONG: [Wrong; 32] = [
    (|b| b.channel("", vapi()), "mounted at \"\"", "must begin with a slash"),
    (|b| b.channel("webhook", vapi()), "\"webhook\"", "must begin with a slash"),
    (|b| b.channel("/hook?token=1", vapi()), "\"/hook?token=1\"", "no query"),
    (|b| b.channel("/hook#part", vapi()), "\"/hook#part\"", "no fragment"),
    (|b| b.channel("https://a.example/hook", vapi()), "\"https://a.example/hook\"", "what follows the host"),
    (|b| b.channel("/a//b", vapi()), "\"/a//b\"", "write one"),
    (|b| b.channel("/a/../b", vapi()), "\"/a/../b\"", "without . and .."),
    (|b| b.channel("/voice hook", vapi()), "\"/voice hook\"", "choose letters"),
    (|b| b.channel("/twice", vapi()).channel("/twice/", vapi()), "/twice/", "a path of its own"),
    (|b| b.organisation(" "), "organisation", "give a name"),
    (|b| b.tool_deadline(Duration::from_millis(250)), "tool_deadline", "give some seconds"),
    (|b| b.arrival_deadline(Duration::ZERO), "arrival_deadline", "give a span"),
    (|b| b.retention(Duration::ZERO), "retention", "give a span"),
    (|b| b.read_timeout(Duration::from_secs(9)), "read_timeout cannot be 9s", "less than tool_deadline"),
    (|b| b.read_timeout(Duration::ZERO), "read_timeout cannot be zero", "give a span"),
    (|b| b.body_limit(0), "body_limit", "up to 8 MiB"),
    (|b| b.delivery(policy(|policy| policy.live_requests = 0)), "delivery.live_requests", "at least one"),
    (|b| b.delivery(policy(|policy| policy.batch_timeout = Duration::ZERO)), "batch_timeout", "or a span"),
    (|b| b.confirmation_secret("x".into()), "has 1 characters", "openssl rand -hex 32"),
    (|b| b.function(FindCustomer), "find_customer", "rename one of them"),
    (|b| function(b, "not a name", Spec::read("Reads.")), "not a name", "use letters, digits"),
    (|b| function(b, "mute", Spec::read(" ")), "mute", "say in its Spec"),
    (|b| function(b, "hasty", Spec::read("Reads.").deadline(Duration::ZERO)), "hasty", "give a span"),
    (|b| function(b, "never", Spec::read("Reads.").at_most(0)), "never", "give at least one"),
    (
        |b| function(b, "needs", Spec::read("Reads.").argument_needs("nonesuch", ReadKind::Cases)),
        "nonesuch",
        "no argument of this name",
    ),
    (
        |b| b.closure("words", Spec::read("Reads."), |_, _: Vec<String>| async { Ok(Answer::say("done")) }),
        "words",
        "struct with named fields",
    ),
    (
        |b| {
            let spec = Spec::write("Writes.").confirm();
            b.closure("asks", spec, |_, _: Confirms| async { Ok(Answer::say("done")) })
        },
        "asks",
        "none of its arguments can be named `confirmation`",
    ),
    (
        |b| b.closure("more", Spec::write("Writes."), |_, _: Counts| async { Ok(Answer::say("done")) }),
        "more",
        "give it another name",
    ),
    (|b| b.alias("other", "missing"), "other", "not registered"),
    (|b| b.phrasebook(Phrasebook::standard().own(NOWHERE)), "open_until", "{stunde}, which it does not get"),
    (|b| b.phrasebook(Phrasebook::standard().own(HALF)), "half", "without its other half"),
    (|b| b.phrasebook(Phrasebook::standard().own(TAKEN)), "not_saved", "give yours another one"),
];

fn whole() -> BridgeBuilder {
    builder("http://127.0.0.1:9", MemoryJournal::new())
}

#[tokio::test]
async fn each_wrong_set_up_is_named_with_what_to_do() {
    assert!(whole().start().is_ok());
    for (wrong, named, advice) in WRONG {
        let error = wrong(whole()).start().err().unwrap_or_else(|| panic!("{named} was accepted"));
        assert_eq!(error.problems().len(), 1, "{error}");
        let said = error.problems()[0].to_string();
        assert!(said.contains(named) && said.contains(advice), "{named}: {said}");
    }
}

#[tokio::test]
async fn all_problems_are_told_at_once() {
    let nothing = Bridge::builder().start().unwrap_err();
    assert_eq!(nothing.problems().len(), 3, "{nothing}");
    // Of what can be given once the last counts, so what was given before it is left out.
    let replaced = ["open_until", "half", "delivery.live_requests", "read_timeout cannot be 9s"];
    let kept = WRONG.iter().filter(|(_, named, _)| !replaced.contains(named));

    let error = kept.clone().fold(whole(), |builder, (wrong, ..)| wrong(builder)).start().unwrap_err();

    let said = error.to_string();
    for (_, named, advice) in kept {
        assert!(said.contains(named) && said.contains(advice), "{named}: {said}");
    }
    assert_eq!(error.problems().len(), 28, "{said}");
    assert_eq!(said.lines().count(), 29, "a line for each, behind a first one: {said}");
}
