//! A signature counts for the path and query that were signed, at our origin, and for nothing else, whatever they look
//! like.

use bytes::Bytes;
use http::Uri;
use jiff::Timestamp;
use proptest::{collection::vec, prelude::*, sample::select};
use twilio_client::{
    AuthToken, WebhookVerifier,
    signature::{Payload, sign},
};
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::channel::{
    Channel, Twilio, Vapi, Verdict, WebhookHead, WebhookRequest, twilio::VoiceAgent,
};

use crate::stage::{NUMBER, WEBHOOK_SECRET};

const PUBLIC: &str = "https://voice.example.com";
/// Hosts of ours and of others, and what a sender may write before a path to make it look like one of theirs.
const STARTS: [&str; 6] = [
    "",
    "https://voice.example.com",
    "http://evil.example",
    "HTTPS://evil.example:8443",
    "https://user:pw@evil.example",
    "wss://[2001:db8::1]:1",
];
/// Pieces that look like an origin, a path or a fragment where they are none.
const PIECES: [&str; 18] = [
    "a",
    "other",
    "/",
    "//",
    "?",
    "&x=",
    "://",
    "https://crm.example.com/other",
    "/http://voice.example.com/at",
    "//evil.example/at",
    "@voice.example.com",
    "\\",
    ":8443",
    "#/at",
    "%2F%3f",
    "%00",
    "..",
    "https://voice.example.com",
];

/// The target of a request in origin form.
fn target() -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), 0..8).prop_map(|pieces| format!("/{}", pieces.concat()))
}

/// A fragment is never sent, and where it stands in a text all the same it is not signed.
fn sent(target: &str) -> &str {
    target.split('#').next().unwrap_or_default()
}

/// Whether a channel takes a request with this URL for genuine. Its head may not be refused if the whole is genuine.
fn accepts(channel: &impl Channel, url: &str, headers: &[(String, String)]) -> bool {
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_bytes())
    };
    let request = WebhookRequest { method: "POST", url, header: &header, body: Bytes::new() };
    let now = Timestamp::now();
    let verdict = channel.verify(&request, now);
    let accepted = matches!(verdict, Verdict::Now(Ok(())));
    let head: WebhookHead<'_> = request.head();
    assert!(!accepted || channel.screen(&head, now).is_ok());
    accepted
}

/// A channel, and what the platform sends with a request for a URL.
type Signer = Box<dyn Fn(&str) -> Vec<(String, String)>>;

fn twilio() -> (Twilio, Signer) {
    let token = AuthToken::new("canary-token-77aa").unwrap();
    let agent = VoiceAgent::Number(NUMBER.to_owned());
    let channel = Twilio::new(WebhookVerifier::new(&token), PUBLIC.parse().unwrap(), agent);
    let signer = move |url: &str| {
        vec![("x-twilio-signature".to_owned(), sign(&token, url, Payload::Form(b"")).unwrap())]
    };
    (channel, Box::new(signer))
}

fn vapi() -> (Vapi, Signer) {
    let plan = HmacPlan::new(WEBHOOK_SECRET).payload_format("{method} {url} {timestamp}.{body}");
    let verifier = Verifier::hmac(plan.public_origin(PUBLIC)).unwrap();
    let channel = Vapi::new(verifier.clone());
    (channel, Box::new(move |url| verifier.sign("POST", url, b"", Timestamp::now())))
}

/// Signs for one target, and looks where that counts.
fn counts_at_its_own_alone(channel: &impl Channel, signer: &Signer, ours: &str, other: &str) {
    let headers = signer(&format!("{PUBLIC}{}", sent(ours)));
    for start in STARTS {
        assert!(accepts(channel, &format!("{start}{ours}"), &headers), "{start}{ours}");
        let elsewhere = format!("{start}{other}");
        assert_eq!(
            accepts(channel, &elsewhere, &headers),
            sent(ours) == sent(other),
            "{ours} at {elsewhere}"
        );
    }
    // As a server of HTTP reads it.
    if let Ok(uri) = ours.parse::<Uri>() {
        assert!(accepts(channel, &uri.to_string(), &headers), "{uri}");
    }
    // What was signed for another origin counts nowhere here.
    let foreign = signer(&format!("https://evil.example{}", sent(ours)));
    for start in STARTS {
        assert!(!accepts(channel, &format!("{start}{ours}"), &foreign), "{start}{ours}");
    }
}

proptest! {
    #[test]
    fn a_signature_of_twilio_counts_for_its_own_path_and_query_alone(ours in target(), other in target()) {
        let (channel, signer) = twilio();
        counts_at_its_own_alone(&channel, &signer, &ours, &other);
    }

    #[test]
    fn a_signature_of_vapi_over_the_url_counts_for_its_own_path_and_query_alone(ours in target(), other in target()) {
        let (channel, signer) = vapi();
        counts_at_its_own_alone(&channel, &signer, &ours, &other);
    }
}

#[test]
fn an_address_in_the_query_does_not_choose_the_path_that_is_checked() {
    let (channel, signer) = twilio();
    for query in ["next=https://crm.example.com/x/y", "://voice.example.com/other", "x=//evil.example/other"]
    {
        let url = format!("{PUBLIC}/at?{query}");
        assert!(accepts(&channel, &format!("/at?{query}"), &signer(&url)), "{query}");
        let other = query.rfind("/other").map_or("/x/y", |at| &query[at..]);
        assert!(!accepts(&channel, &format!("/at?{query}"), &signer(&format!("{PUBLIC}{other}"))), "{query}");
    }
}
