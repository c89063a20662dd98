//! Whole requests to a bridge, as a server hands them over: each gets an answer, and a genuine one is taken for it,
//! whatever stands in its path and query.

use std::{cell::RefCell, sync::LazyLock};

use async_trait::async_trait;
use bytes::Bytes;
use twilio_client::{
    AuthToken, WebhookVerifier,
    signature::{Payload, SIGNATURE_HEADER, sign},
};
use vapi_types::webhook::Verifier;
use voice_crm_core::{
    Bridge,
    channel::{DataDip, Twilio, Vapi, WebhookRequest, twilio::VoiceAgent},
    crm::{
        Attempt, AttemptAnswer, CallerMatch, ChangeKind, Crm, CrmError, FindCallers, ReadOptions, Receipt,
        Urgency,
    },
    deadline::Deadline,
    journal::MemoryJournal,
    phone::PhoneNumber,
};

use crate::{
    bound::check_bytes,
    edit::seeded,
    seeds::{COMMENTS, TWILIO, VAPI},
};

const ORIGIN: &str = "https://voice.example.com";
const FORM: &str = "application/x-www-form-urlencoded";
const MOUNTS: [&str; 4] = ["/vapi", "/twilio", "/twilio", "/dip"];
const METHODS: [&str; 8] = ["POST", "POST", "POST", "POST", "POST", "GET", "PUT", ""];
/// What stands after the mount: mostly nothing, or a query.
const PIECES: [&str; 16] = [
    "/",
    "//",
    "/caller",
    "/calls/c-1/comment",
    "?",
    "?ani=%2B14155550142",
    "&next=https://crm.example.com/other",
    "://evil.example/twilio",
    "@evil.example",
    "\\",
    "#/twilio",
    "%00",
    "%ff",
    "é",
    "..",
    ":8443",
];

static TOKEN: LazyLock<AuthToken> = LazyLock::new(|| AuthToken::new("canary-token-77aa").unwrap());

/// A CRM that knows nobody and takes everything.
struct Empty;

#[async_trait]
impl FindCallers for Empty {
    async fn find_caller(&self, _: &PhoneNumber, _: ReadOptions) -> Result<CallerMatch, CrmError> {
        Ok(CallerMatch::Nobody)
    }
}

#[async_trait]
impl Crm for Empty {
    fn takes(&self, _: ChangeKind) -> bool {
        true
    }

    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, _: Urgency, _: Deadline) {
        for (_, answer) in writes {
            answer.give(Ok(Receipt::default()));
        }
    }
}

/// A bridge for some inputs: what it remembers of them must not fill the memory.
struct Stage {
    runtime: tokio::runtime::Runtime,
    bridge: Bridge,
    inputs: u32,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let agent = VoiceAgent::Relay("wss://voice.example.com/relay".to_owned());
        let twilio = Twilio::new(WebhookVerifier::new(&TOKEN), ORIGIN.parse().unwrap(), agent);
        let builder = Bridge::builder()
            .channel("/vapi", Vapi::new(Verifier::unverified_by_choice()))
            .channel("/twilio", twilio)
            .channel("/dip", DataDip::new("canary-token-77aa").unwrap())
            .crm(Empty)
            .journal(MemoryJournal::new())
            .support_desk();
        let bridge = runtime.block_on(async { builder.start() }).unwrap();
        Self { runtime, bridge, inputs: 0 }
    }
}

fn exercise(input: &[u8]) {
    thread_local! {
        static STAGE: RefCell<Stage> = RefCell::new(Stage::new());
    }
    let [mount, method, pieces, rest @ ..] = input else { return };
    let (pieces, rest) = rest.split_at(usize::from(pieces % 4).min(rest.len()));
    let (mount, method) = (MOUNTS[usize::from(*mount) % 4], METHODS[usize::from(*method) % 8]);
    let below: String = pieces.iter().map(|piece| PIECES[usize::from(*piece) % 16]).collect();
    let target = format!("{mount}{below}");
    let body = seeded(
        match mount {
            "/vapi" => &VAPI,
            "/twilio" => &TWILIO,
            _ => &COMMENTS,
        },
        rest,
    );
    // A sender that is genuine puts no body behind a GET; one that is there all the same is not signed.
    let body = if method == "GET" { Vec::new() } else { body };

    let sent = target.split('#').next().unwrap();
    let signature = sign(&TOKEN, &format!("{ORIGIN}{sent}"), Payload::of(method, Some(FORM), &body));
    let header = |name: &str| match name {
        SIGNATURE_HEADER => signature.as_ref().ok().map(String::as_bytes),
        "content-type" => Some(FORM.as_bytes()),
        "authorization" => Some(&b"Bearer canary-token-77aa"[..]),
        _ => None,
    };
    let path = sent.split('?').next().unwrap();
    let request = WebhookRequest { method, url: &target, header: &header, body: Bytes::from(body) };
    STAGE.with_borrow_mut(|stage| {
        stage.inputs += 1;
        if stage.inputs > 2_000 {
            *stage = Stage::new();
        }
        // As a server does: what its head condemns is not handed on.
        let reply = match stage.bridge.screen(path, &request.head()) {
            Ok(()) => stage.runtime.block_on(stage.bridge.handle(path, request)),
            Err(reply) => reply,
        };
        assert!(matches!(reply.status, 200 | 202 | 400 | 404 | 405), "{} at {target:?}", reply.status);
    });
}

#[test]
fn any_request_gets_an_answer_and_a_genuine_one_is_taken_for_it() {
    check_bytes!(96, |input| exercise(input));
}
