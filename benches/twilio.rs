//! The signature check of a 1 KB form, and the writing of a typical answer in TwiML.
//!
//! A webhook of Twilio's is answered while a caller waits; neither of these may be felt. The check is to take at
//! most 5 microseconds.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use twilio_client::signature::{Payload, SignedRequest, sign};
use twilio_client::twiml::{Connect, ConversationRelay, Parameter, Say, Siprec, Start, VoiceResponse};
use twilio_client::{AuthToken, WebhookVerifier};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    signature(&mut criterion);
    twiml(&mut criterion);
    criterion.final_summary();
}

fn signature(criterion: &mut Criterion) {
    let Ok(token) = AuthToken::new("0123456789abcdef0123456789abcdef") else { return };
    let url = "https://voice.example.com/voice?queue=2";
    let form = form();
    let Ok(signature) = sign(&token, url, Payload::Form(form.as_bytes())) else { return };
    let verifier = WebhookVerifier::new(&token);
    let genuine = SignedRequest::new(url, Some(signature.as_bytes()), Payload::Form(form.as_bytes()));
    let forged =
        SignedRequest::new(url, Some(b"AAAAAAAAAAAAAAAAAAAAAAAAAAA="), Payload::Form(form.as_bytes()));
    let mut group = criterion.benchmark_group("signature");
    group.throughput(Throughput::Bytes(form.len() as u64));
    group.bench_function("genuine form of 1 KB", |bench| {
        bench.iter(|| verifier.verify(black_box(&genuine)).is_ok());
    });
    group.bench_function("forged form of 1 KB", |bench| {
        bench.iter(|| verifier.verify(black_box(&forged)).is_err());
    });
    group.finish();
}

/// About what Twilio sends when a call comes in.
fn form() -> String {
    let call = "CallSid=CA0123456789abcdef0123456789abcdef&CallStatus=ringing&Direction=inbound".to_owned();
    let others = (0..24).map(|number| format!("Parameter{number}=%2B1415555{number:04}+San+Francisco"));
    std::iter::once(call).chain(others).collect::<Vec<_>>().join("&")
}

fn twiml(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("twiml");
    group.bench_function("build and write", |bench| bench.iter(|| answer().to_xml().map(|xml| xml.len())));
    let Ok(xml) = answer().to_xml() else { return };
    group.bench_function("parse", |bench| bench.iter(|| VoiceResponse::parse(black_box(&xml)).is_ok()));
    group.finish();
}

fn answer() -> VoiceResponse {
    let fork = Siprec::new().name("assist").track("both_tracks").with(Parameter::new("conversation", "c-7"));
    let relay =
        ConversationRelay::new("wss://voice.example.com/relay").language("en-US").dtmf_detection(true);
    VoiceResponse::new()
        .with(Say::new("One moment, please. Your call & your case are being looked up."))
        .with(Start::new().with(fork))
        .with(Connect::new().action("/after").with(relay.with(Parameter::new("case", "00001234"))))
}
