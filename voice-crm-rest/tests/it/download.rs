//! Something long, as a stream.

use std::{num::NonZeroUsize, time::Duration};

use tokio::time::Instant;
use voice_crm_rest::{
    ErrorKind, Request,
    script::{Script, Step},
};

use crate::rota::{OK, builder, client};

fn sound() -> Request {
    Request::get("/sounds/{id}.wav").fill("id", "a")
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ready_is_waited_for_beyond_the_attempts_and_no_longer_than_said() {
    let coming = vec![Step::Answer(404, ""); 7];
    let ready = Script::new(&[coming.clone(), vec![Step::Answer(200, "sound")]].concat());
    let never = Script::new(&[coming, vec![Step::Answer(404, "")]].concat());
    let started = Instant::now();

    let download = client(&ready).download(sound()).wait_until_ready(Duration::from_secs(60));
    let mut media = download.await.unwrap();
    assert_eq!(media.piece().await.unwrap().unwrap(), "sound");
    assert_eq!(media.piece().await.unwrap(), None);

    let download = client(&never).download(sound()).wait_until_ready(started.elapsed());
    assert_eq!(download.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(ready.attempts(), never.attempts());
}

#[tokio::test]
async fn a_redirect_is_followed_to_a_named_host_alone_and_without_the_credentials() {
    let there = Step::With(302, ("location", "https://bucket.example.com/a?sig=1"), "");
    let script = Script::new(&[there, Step::Answer(200, "sound"), there]);
    let client = client(&script);

    drop(client.download(sound()).storage_host("bucket.example.com").await.unwrap());
    let error = client.download(sound()).storage_host("other.example.com").await.unwrap_err();

    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Unexpected, 302));
    let sent = script.sent();
    assert_eq!(sent[1].uri(), "https://bucket.example.com/a?sig=1");
    assert!(
        sent[0].headers().contains_key("authorization") && !sent[1].headers().contains_key("authorization")
    );
    assert_eq!(script.attempts(), 3);
}

#[tokio::test]
async fn a_storage_that_leads_round_in_circles_is_left() {
    let round = Step::With(302, ("location", "https://bucket.example.com/a"), "");
    let script = Script::new(&[round; 4]);

    let error = client(&script).download(sound()).storage_host("bucket.example.com").await.unwrap_err();

    assert_eq!((error.kind(), script.attempts()), (ErrorKind::Unexpected, 4));
}

#[tokio::test(start_paused = true)]
async fn a_download_holds_its_slot_until_it_is_dropped() {
    let script = Script::new(&[Step::Answer(200, "sound"), OK]);
    let client = builder(&script).concurrent_requests(NonZeroUsize::MIN).build().unwrap();

    let media = client.download(sound()).await.unwrap();
    let error = client.execute(Request::get("/a")).await.unwrap_err();
    drop(media);
    client.execute(Request::get("/a")).await.unwrap();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_not_the_whole() {
    let script = Script::new(&[Step::Cut(200, "sou")]);
    let mut media = client(&script).download(sound()).await.unwrap();

    assert_eq!(media.piece().await.unwrap().unwrap(), "sou");
    assert_eq!(media.piece().await.unwrap_err().kind(), ErrorKind::Network);
}
