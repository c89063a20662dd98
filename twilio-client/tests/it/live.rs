//! What runs beside a call, the pace of placing calls, and the sound of recordings.

use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use twilio_client::error::{ErrorCode, ErrorKind};
use twilio_client::resource::calls::Instruction;
use twilio_client::resource::live_call::{PauseBehavior, WhichRecording};
use twilio_client::resource::recordings::MediaFormat;
use twilio_client::word::{RecordingChannels, Track};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::exchange::builder;
use crate::scripted::{CALL, Script, Scripted as _, Step, call};

const FORK: &str = r#"{"sid":"SR1","status":"in-progress"}"#;
const RECORDING: &str = r#"{"sid":"RE00000000000000000000000000000001","status":"paused","duration":"7"}"#;

fn sent(script: &Script) -> Vec<(String, String)> {
    let body = |request: &http::Request<bytes::Bytes>| String::from_utf8(request.body().to_vec()).unwrap();
    let path = |request: &http::Request<bytes::Bytes>| {
        request.uri().path().split_once("/CA00000000000000000000000000000001").unwrap().1.to_owned()
    };
    script.sent().iter().map(|request| (path(request), body(request))).collect()
}

#[tokio::test(start_paused = true)]
async fn calls_are_placed_one_in_a_second_and_other_requests_do_not_wait() {
    let script = Script::new(&[Step::Answer(201, CALL); 4]);
    let client = script.client();
    let started = Instant::now();

    let place =
        |_| client.calls().create("+14155550142", "b", Instruction::twiml("<Response/>")).into_future();
    let results = join_all((0..3).map(place)).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(started.elapsed(), Duration::from_secs(2));
    client.calls().fetch(&call()).await.unwrap();
    assert_eq!(started.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_turn_comes_too_late_is_not_placed() {
    let script = Script::new(&[Step::Answer(201, CALL); 2]);
    let client = script.builder().calls_per_second(NonZeroU32::MIN).build().unwrap();
    let hurried = client.with_deadline(Instant::now().into_std() + Duration::from_millis(1500));
    let place = |client| {
        twilio_client::Client::calls(client).create("a", "b", Instruction::twiml("<Response/>")).into_future()
    };

    place(&hurried).await.unwrap();
    place(&hurried).await.unwrap();
    let error = place(&hurried).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn a_recording_is_held_and_resumed_without_knowing_its_name() {
    let script = Script::new(&[Step::Answer(200, RECORDING); 4]);
    let client = script.client();
    let live = client.live_call(&call());

    let paused = live.pause_recording(WhichRecording::Current, PauseBehavior::Skip).await.unwrap();
    live.resume_recording(WhichRecording::Sid(&paused.sid)).await.unwrap();
    live.stop_recording(WhichRecording::Current).await.unwrap();
    live.start_recording().channels(&RecordingChannels::Dual).await.unwrap();

    assert_eq!(paused.duration, Some(Duration::from_secs(7)));
    let expected = [
        ("/Recordings/Twilio.CURRENT.json", "Status=paused&PauseBehavior=skip"),
        ("/Recordings/RE00000000000000000000000000000001.json", "Status=in-progress"),
        ("/Recordings/Twilio.CURRENT.json", "Status=stopped"),
        ("/Recordings.json", "RecordingChannels=dual"),
    ];
    assert_eq!(sent(&script), expected.map(|(path, body)| (path.to_owned(), body.to_owned())));
}

#[tokio::test]
async fn a_fork_carries_its_parameters_by_number_and_refuses_more_than_twilio_reads() {
    let script = Script::new(&[Step::Answer(201, FORK); 2]);
    let client = script.client();
    let live = client.live_call(&call());

    let start = live.start_siprec().name("fork").connector("aa").track(&Track::Both);
    start.parameters([("a", "1"), ("b", "2")]).await.unwrap();
    live.stop_siprec("fork").await.unwrap();
    let many = (0..100).map(|_| ("k", "v"));
    let error = live.start_stream(&"wss://h/s".parse().unwrap()).parameters(many).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Configuration);
    let body = "Name=fork&ConnectorName=aa&Track=both_tracks\
                &Parameter1.Name=a&Parameter1.Value=1&Parameter2.Name=b&Parameter2.Value=2";
    assert_eq!(sent(&script)[0], ("/Siprec.json".to_owned(), body.to_owned()));
    assert_eq!(sent(&script)[1], ("/Siprec/fork.json".to_owned(), "Status=stopped".to_owned()));
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn the_sound_of_a_recording_comes_in_pieces_with_a_channel_for_each_side() {
    let server = MockServer::start().await;
    let sound = vec![7_u8; 300_000];
    let account = "/2010-04-01/Accounts/AC00000000000000000000000000000001";
    Mock::given(method("GET"))
        .and(path(format!("{account}/Recordings/RE00000000000000000000000000000001.wav")))
        .and(query_param("RequestedChannels", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(sound.clone(), "audio/x-wav"))
        .expect(1)
        .mount(&server)
        .await;
    let client = builder(&server).build().unwrap();
    let recording = "RE00000000000000000000000000000001".parse().unwrap();

    let media = client.recordings().media(&recording, MediaFormat::Wav, &RecordingChannels::Dual).await;
    let mut media = media.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = media.piece().await.unwrap() {
        read.extend_from_slice(&piece);
    }

    assert_eq!((media.content_type(), media.length()), (Some("audio/x-wav"), Some(300_000)));
    assert!(read == sound);
}

#[tokio::test]
async fn sound_that_is_refused_says_why_in_json_and_in_xml() {
    let xml = "<TwilioResponse><RestException><Code>20404</Code><Message>gone</Message></RestException></TwilioResponse>";
    for body in [r#"{"code":20404,"message":"gone"}"#, xml] {
        let script = Script::new(&[Step::Answer(404, body)]);
        let recording = "RE00000000000000000000000000000001".parse().unwrap();

        let client = script.client();
        let media = client.recordings().media(&recording, MediaFormat::Mp3, &RecordingChannels::Mono).await;

        let error = media.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some(ErrorCode::NOT_FOUND)));
        assert_eq!(error.refusal().unwrap().message(), Some("gone"));
    }
}

#[tokio::test(start_paused = true)]
async fn sound_that_is_still_being_read_counts_as_a_request_under_way() {
    let script = Script::new(&[Step::Answer(200, "sound"), Step::Answer(200, CALL)]);
    let client = script.builder().concurrent_requests(std::num::NonZeroUsize::MIN).build().unwrap();
    let hurried = client.with_deadline(Instant::now().into_std() + Duration::from_secs(1));
    let recording = "RE00000000000000000000000000000001".parse().unwrap();

    let media = client.recordings().media(&recording, MediaFormat::Mp3, &RecordingChannels::Mono).await;
    assert_eq!(hurried.calls().fetch(&call()).await.unwrap_err().kind(), ErrorKind::Timeout);
    drop(media);
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!(script.attempts(), 2);
}

const STORED: Step =
    Step::With(307, ("location", "https://bucket.s3.example.com/RE1?X-Amz-Signature=canary-token-77aa"), "");

#[tokio::test]
async fn sound_in_a_storage_of_our_own_is_fetched_there_without_the_credentials() {
    let script = Script::new(&[
        STORED,
        Step::With(302, ("location", "https://eu.s3.example.com/RE1"), ""),
        Step::Answer(200, "sound"),
    ]);
    let client = script.client();
    let recording = "RE00000000000000000000000000000001".parse().unwrap();

    let open = client.recordings().media(&recording, MediaFormat::Wav, &RecordingChannels::Mono);
    let mut media =
        open.storage_host("bucket.s3.example.com").storage_host("eu.s3.example.com").await.unwrap();

    assert_eq!(media.piece().await.unwrap().unwrap(), "sound");
    let credentials: Vec<_> =
        script.sent().iter().map(|sent| sent.headers().contains_key("authorization")).collect();
    assert_eq!(credentials, [true, false, false]);
    assert_eq!(script.sent()[2].uri(), "https://eu.s3.example.com/RE1");
}

#[tokio::test]
async fn sound_at_a_host_that_was_not_named_is_not_fetched_and_not_told() {
    let recording = "RE00000000000000000000000000000001".parse().unwrap();
    for steps in [vec![STORED], vec![Step::With(302, ("location", "https://s3.example.com/a"), ""); 4]] {
        let script = Script::new(&steps);
        let client = script.client();

        let open = client.recordings().media(&recording, MediaFormat::Wav, &RecordingChannels::Mono);
        let error = open.storage_host("s3.example.com").await.unwrap_err();

        assert_eq!((error.kind(), script.attempts()), (ErrorKind::Unexpected, steps.len()));
        let said = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!said.contains("canary") && !said.contains("s3"));
    }
}

#[tokio::test(start_paused = true)]
async fn sound_that_is_not_ready_is_waited_for_as_long_as_the_patience_lasts() {
    let gone = Step::Answer(404, r#"{"code":20404,"message":"gone"}"#);
    let recording = "RE00000000000000000000000000000001".parse().unwrap();
    let ready = Script::new(&[vec![gone; 6], vec![Step::Answer(200, "sound")]].concat());
    let never = Script::new(&[gone; 6]);
    let open = async |script: &Script, seconds| {
        let client = script.client();
        let open = client.recordings().media(&recording, MediaFormat::Mp3, &RecordingChannels::Mono);
        open.wait_until_ready(Duration::from_secs(seconds)).await.map(drop)
    };

    open(&ready, 60).await.unwrap();
    let pauses: Vec<_> = ready.pauses().iter().map(Duration::as_millis).collect();
    assert_eq!((ready.attempts(), pauses), (7, vec![500, 1000, 2000, 4000, 4000, 4000]));
    let error = open(&never, 10).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), never.attempts()), (ErrorKind::NotFound, 6, 6));
}
