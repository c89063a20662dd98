//! Every resource call against the vendor's own documents, served by Prism: without its addresses nothing is
//! done.

mod contact_center;

use std::fmt::Debug;
use std::time::Duration;

use serde_json::json;
use twilio_client::RetryPolicy;
use twilio_client::error::{Refusal, Result};
use twilio_client::host::Product;
use twilio_client::page::Pages;
use twilio_client::resource::calls::Instruction;
use twilio_client::resource::live_call::{PauseBehavior, WhichRecording};
use twilio_client::resource::lookups::LookupField;
use twilio_client::resource::studio::flow::{Flow, SayPlay, Trigger};
use twilio_client::resource::studio::{ExecutionStatus, FlowStatus};
use twilio_client::resource::verify::VerifyChannel;
use twilio_client::word::{
    CallStatus, CallbackMethod, ConferenceEvent, ConferenceStatus, RecordingChannels, RecordingEvent,
    StatusCallbackEvent, Track,
};
use twilio_client::{AuthToken, Client, Credentials, E164};
use url::Url;

use crate::exchange::everything;

/// The identifier of this kind whose digits are all 1.
fn sid<T: std::str::FromStr<Err: Debug>>(prefix: &str) -> T {
    format!("{prefix}{}", "1".repeat(32)).parse().unwrap()
}

fn url(path: &str) -> Url {
    format!("https://voice.example.com/{path}").parse().unwrap()
}

/// What was driven, and what failed.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
}

impl Tally {
    async fn call<T>(&mut self, name: &str, call: impl IntoFuture<Output = Result<T>>) {
        match call.await {
            Ok(_) => self.passed += 1,
            Err(error) => {
                let said = String::from_utf8_lossy(error.body()).into_owned();
                let said = error.refusal().and_then(Refusal::details).map_or(said, ToString::to_string);
                self.failed.push(format!("{name}: {error}: {:?} {said}", std::error::Error::source(&error)));
            }
        }
    }

    async fn list<T: serde::de::DeserializeOwned + Send>(&mut self, name: &str, mut pages: Pages<T>) {
        self.call(name, pages.next_page()).await;
    }
}

fn client(addresses: &str) -> Client {
    let token = AuthToken::new("canary-token-77aa").unwrap();
    let credentials = Credentials::auth_token(token);
    let mut builder = Client::builder(sid("AC"), credentials)
        .retry_policy(RetryPolicy { attempts: 2, base: Duration::ZERO, cap: Duration::ZERO })
        .attempt_timeout(Duration::from_secs(30))
        .unlimited_calls();
    for pair in addresses.split(',') {
        let (product, address) = pair.split_once('=').unwrap();
        let product = match product {
            "api" => Product::Api,
            "flex" => Product::Flex,
            "lookups" => Product::Lookups,
            "studio" => Product::Studio,
            "sync" => Product::Sync,
            "taskrouter" => Product::TaskRouter,
            "verify" => Product::Verify,
            other => panic!("no product {other}"),
        };
        builder = builder.product_url(product, address.parse().unwrap());
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn every_resource_call_is_one_that_the_documents_describe() {
    let Ok(addresses) = std::env::var("TWILIO_PRISM") else { return };
    let client = client(&addresses);
    let mut tally = Tally::default();

    calls(&client, &mut tally).await;
    beside_calls(&client, &mut tally).await;
    conferences(&client, &mut tally).await;
    messages_and_numbers(&client, &mut tally).await;
    contact_center::taskrouter(&client, &mut tally).await;
    contact_center::administration(&client, &mut tally).await;
    contact_center::flex(&client, &mut tally).await;
    studio(&client, &mut tally).await;
    verify_sync(&client, &mut tally).await;

    for failure in &tally.failed {
        println!("refused: {failure}");
    }
    println!("prism: {} calls taken, {} refused", tally.passed, tally.failed.len());
    assert!(tally.failed.is_empty());
}

async fn calls(client: &Client, tally: &mut Tally) {
    let (calls, call) = (client.calls(), sid("CA"));
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    tally.call("create call", everything(client)).await;
    tally
        .call(
            "create call by twiml",
            calls.create("+15005550006", "+15005550001", Instruction::twiml("<Response/>")),
        )
        .await;
    tally.call("fetch call", calls.fetch(&call)).await;
    tally.call("redirect call", calls.redirect(&call, url("a")).time_limit(Duration::from_secs(9))).await;
    tally.call("hang up", calls.hang_up(&call)).await;
    tally.call("cancel call", calls.cancel(&call)).await;
    tally.call("delete call", calls.delete(&call)).await;
    let list = calls.list().status(&CallStatus::InProgress).started_after(now).started_before(now);
    tally.list("list calls", list.ended_after(now).parent(&call).page_size(20).pages()).await;
    let recordings = client.recordings();
    tally.call("fetch recording", recordings.fetch(&sid("RE"))).await;
    tally.call("delete recording", recordings.delete(&sid("RE"))).await;
    let list = recordings.list().call(&call).created_after(now).include_deleted(false);
    tally.list("list recordings", list.pages()).await;
    tally.list("list recordings of a call", recordings.of_call(&call).created_after(now).pages()).await;
    let list = recordings.of_conference(&sid("CF")).created_before(now);
    tally.list("list recordings of a conference", list.pages()).await;
}

async fn beside_calls(client: &Client, tally: &mut Tally) {
    let live = client.live_call(&sid("CA"));
    let recording = sid("RE");
    let start = live.start_recording().channels(&RecordingChannels::Dual).status_callback(&url("r"));
    let start = start.status_callback_events(&[RecordingEvent::Completed, RecordingEvent::Absent]);
    tally.call("start recording", start).await;
    tally
        .call("pause recording", live.pause_recording(WhichRecording::Sid(&recording), PauseBehavior::Skip))
        .await;
    tally.call("resume recording", live.resume_recording(WhichRecording::Sid(&recording))).await;
    tally.call("stop recording", live.stop_recording(WhichRecording::Sid(&recording))).await;
    let stream = live.start_stream(&"wss://voice.example.com/s".parse().unwrap()).track(&Track::Inbound);
    let stream = stream.name("ear").status_callback(&url("s")).status_callback_method(CallbackMethod::Post);
    tally.call("start stream", stream.parameters([("case", "7")])).await;
    tally.call("stop stream", live.stop_stream(sid::<twilio_client::sid::StreamSid>("MZ"))).await;
    let siprec = live.start_siprec().name("fork").connector("assist").track(&Track::Both);
    tally.call("start siprec", siprec.parameters([("a", "1"), ("b", "2")])).await;
    tally.call("stop siprec", live.stop_siprec(sid::<twilio_client::sid::SiprecSid>("SR"))).await;
    let words = live.start_transcription().track(&Track::Both).language("en-US").partial_results(true);
    tally.call("start transcription", words.status_callback(&url("t")).hints("case").punctuation(true)).await;
    tally
        .call(
            "stop transcription",
            live.stop_transcription(sid::<twilio_client::sid::TranscriptionSid>("GT")),
        )
        .await;
    tally.call("send message to client", live.send_message(&json!({"case": 7}), Some("k1"))).await;
}

async fn conferences(client: &Client, tally: &mut Tally) {
    let conference = client.conference(&sid("CF"));
    let day = "2026-11-20".parse().unwrap();
    tally.call("fetch conference", client.conferences().fetch(&sid("CF"))).await;
    let list =
        client.conferences().list().status(&ConferenceStatus::InProgress).name("case 7").created_after(day);
    tally.list("list conferences", list.pages()).await;
    tally.call("end conference", conference.end()).await;
    tally.call("announce", conference.announce(&url("a"), CallbackMethod::Get)).await;
    let to: E164 = "+15005550006".parse().unwrap();
    let add = conference.add(to, "client:desk").label("agent").muted(false).beep("onEnter").early_media(true);
    let add = add.status_callback(&url("s")).status_callback_events(&[StatusCallbackEvent::Answered]);
    let add = add.conference_callback_events(&[ConferenceEvent::Join, ConferenceEvent::Leave]).coaching(true);
    let add =
        add.call_to_coach(&sid("CA")).ring_for(Duration::from_secs(20)).record(true).max_participants(5);
    tally.call("add participant", add.recording_callback_events(&[RecordingEvent::Completed])).await;
    tally.list("list participants", conference.participants().hold(true).pages()).await;
    let call: twilio_client::CallSid = sid("CA");
    tally.call("fetch participant", conference.participant(&call)).await;
    let update = conference.update(&call).hold(true).hold_url(&url("h")).hold_method(CallbackMethod::Post);
    tally
        .call("update participant", update.coaching(true).call_to_coach(&call).end_conference_on_exit(true))
        .await;
    tally.call("remove participant", conference.remove(&call)).await;
    let recording = sid("RE");
    tally
        .call(
            "pause conference recording",
            conference.pause_recording(WhichRecording::Sid(&recording), PauseBehavior::Silence),
        )
        .await;
    tally
        .call("resume conference recording", conference.resume_recording(WhichRecording::Sid(&recording)))
        .await;
    tally.call("stop conference recording", conference.stop_recording(WhichRecording::Sid(&recording))).await;
}

async fn messages_and_numbers(client: &Client, tally: &mut Tally) {
    let (messages, message) = (client.messages(), sid("SM"));
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let send = messages.send("+15005550006", "+15005550001").body("Case 7").media(&[url("a"), url("b")]);
    let send = send.status_callback(&url("s")).validity(Duration::from_secs(60)).smart_encoded(true);
    tally.call("send message", send.risk_check("disable").shorten_urls(false).attempt(1)).await;
    tally.call("fetch message", messages.fetch(&message)).await;
    tally.list("list messages", messages.list().sent_after(now).to(&"+15005550006".into()).pages()).await;
    tally.call("redact message", messages.redact(&message)).await;
    tally.call("cancel message", messages.cancel(&message)).await;
    tally.call("delete message", messages.delete(&message)).await;
    let (numbers, number) = (client.incoming_numbers(), sid("PN"));
    let buy = numbers.buy(&"+15005550006".parse().unwrap()).voice_url(&url("v")).name("desk");
    tally.call("buy number", buy.voice_method(CallbackMethod::Post).caller_id_lookup(true)).await;
    tally.call("fetch number", numbers.fetch(&number)).await;
    tally.list("list numbers", numbers.list().number("+1500*").pages()).await;
    tally.call("update number", numbers.update(&number).voice_application(&sid("AP"))).await;
    tally.call("release number", numbers.release(&number)).await;
    let (applications, application) = (client.applications(), sid("AP"));
    tally
        .call("create application", applications.create("desk").voice_url(&url("v")).public_connect(false))
        .await;
    tally.call("fetch application", applications.fetch(&application)).await;
    tally.list("list applications", applications.list().name("desk").pages()).await;
    tally.call("update application", applications.update(&application).sms_url(&url("m"))).await;
    tally.call("delete application", applications.delete(&application)).await;
    let look_up = client.lookups().look_up("+15005550006").country("US");
    tally.call("look up", look_up.with(&[LookupField::CallerName, LookupField::LineTypeIntelligence])).await;
}

async fn studio(client: &Client, tally: &mut Tally) {
    let (flows, flow) = (client.flows(), sid("FW"));
    let definition = Flow::new("d", Trigger::new("Trigger").on_call("hi")).with(SayPlay::say("hi", "Hello"));
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    tally.call("create flow", flows.create("n", &FlowStatus::Draft, &definition).commit_message("c")).await;
    tally.call("validate flow", flows.validate("n", &definition)).await;
    tally.call("fetch flow", flows.fetch(&flow)).await;
    tally.list("list flows", flows.list().pages()).await;
    tally.call("update flow", flows.update(&flow, &FlowStatus::Published, Some(&definition)).name("m")).await;
    tally.list("list revisions", flows.revisions(&flow).pages()).await;
    tally.call("delete flow", flows.delete(&flow)).await;
    let runs = client.flow(&flow);
    tally.call("start run", runs.start("+15005550006", "+15005550001").parameters(&json!({"case": 7}))).await;
    tally.call("fetch run", runs.execution(&sid("FN"))).await;
    tally.list("list runs", runs.executions().since(now).status(&ExecutionStatus::Active).pages()).await;
    tally.call("end run", runs.end(&sid("FN"))).await;
    tally.call("context of run", runs.context(&sid("FN"))).await;
    tally.list("steps of run", runs.steps(&sid("FN")).pages()).await;
    tally.call("delete run", runs.delete(&sid("FN"))).await;
}

async fn verify_sync(client: &Client, tally: &mut Tally) {
    let verify = client.verify(&sid("VA"));
    tally.call("start verification", verify.start("+15005550006", &VerifyChannel::Sms).locale("en")).await;
    tally.call("check verification", verify.check("+15005550006", "123456")).await;
    tally.call("check verification by sid", verify.check_verification(&sid("VE"), "123456")).await;
    tally.call("fetch verification", verify.fetch(&sid("VE"))).await;
    tally.call("cancel verification", verify.cancel(&sid("VE"))).await;
    let maps = client.sync_maps(&sid("IS"));
    tally.call("create map", maps.create().unique_name("calls").ttl(Duration::from_secs(60))).await;
    tally.list("list maps", maps.list().pages()).await;
    let map = maps.map("calls");
    tally.call("fetch map", map.fetch()).await;
    tally.call("create item", map.create_item("k", &json!({"a": 1})).item_ttl(Duration::from_secs(9))).await;
    tally.call("fetch item", map.item("k")).await;
    tally.list("list items", map.items().order("asc").from("a").bounds("inclusive").pages()).await;
    tally.call("update item", map.update_item("k", Some("0")).data(&json!({"a": 2}))).await;
    tally.call("delete item", map.delete_item("k")).await;
    tally.call("delete map", map.delete()).await;
}
