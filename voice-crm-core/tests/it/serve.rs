//! The server: health, paths, streams, upgrades, and a stop.

use std::{
    convert::Infallible,
    net::SocketAddr,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture, stream};
use http::{Request, Response, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody, combinators::UnsyncBoxBody};
use jiff::Timestamp;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};
use voice_crm_core::serve::{RequestBody, Server};

use crate::stage::{PATH, Stage, call_json, case, tool_calls};

/// A server in front of a bridge, until it is told to stop.
struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Served {
    fn start(stage: &Stage, with: impl FnOnce(Server) -> Server) -> Self {
        let server = with(Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap());
        let address = server.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server.serve(stage.bridge.clone(), stopped.map(|_| ())));
        Self { address, stop: Some(stop), server }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn connect(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }

    async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.server).await.unwrap().unwrap().unwrap();
    }
}

/// More than the kernel takes off anybody's hands.
const LARGE: usize = 128 * CHUNK.len();
static CHUNK: [u8; 1024 * 1024] = [b'x'; 1024 * 1024];

/// Streams words for as long as somebody listens, echoes what comes on an upgraded connection, and answers all else.
#[derive(Clone)]
struct Pages;

type PageBody = UnsyncBoxBody<Bytes, Infallible>;

impl tower_service::Service<Request<RequestBody>> for Pages {
    type Response = Response<PageBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<PageBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let whole = |text: String| http_body_util::Full::new(Bytes::from(text)).boxed_unsync();
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/stream" => Response::new(
                    StreamBody::new(stream::unfold((), async |()| {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        Some((Ok(Frame::data(Bytes::from_static(b"word "))), ()))
                    }))
                    .boxed_unsync(),
                ),
                "/upgrade" => {
                    tokio::spawn(async move {
                        let upgraded = hyper::upgrade::on(request).await.unwrap();
                        let mut io = hyper_util::rt::TokioIo::new(upgraded);
                        let mut word = [0; 4];
                        io.read_exact(&mut word).await.unwrap();
                        io.write_all(&word).await.unwrap();
                    });
                    let answer = Response::builder().status(101).header(header::CONNECTION, "upgrade");
                    answer.header(header::UPGRADE, "echo").body(whole(String::new())).unwrap()
                }
                "/echo" => {
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    Response::new(whole(format!("{} bytes", body.len())))
                }
                "/large" => {
                    let chunks =
                        (0..LARGE / CHUNK.len()).map(|_| Ok(Frame::data(Bytes::from_static(&CHUNK))));
                    let answer = Response::builder().header(header::CONTENT_LENGTH, LARGE);
                    answer.body(StreamBody::new(stream::iter(chunks)).boxed_unsync()).unwrap()
                }
                path => Response::new(whole(format!("page {path}"))),
            })
        })
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

fn signed(stage: &Stage, url: String, call: &str) -> reqwest::RequestBuilder {
    let message = json!({ "message": tool_calls(call, &[("1", "create_case", case("It smokes."))]) });
    signed_body(stage, url, message.to_string())
}

fn signed_body(stage: &Stage, url: String, body: String) -> reqwest::RequestBuilder {
    let signature = stage.signer.sign("POST", PATH, body.as_bytes(), Timestamp::now());
    let request = http().post(url).header("content-type", "application/json");
    let request = signature.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body(body)
}

async fn text(url: String) -> (u16, String) {
    let answer = http().get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn webhooks_are_taken_with_and_without_a_slash_at_the_end_and_health_is_told() {
    let stage = Stage::set().await;
    let served = Served::start(&stage, |server| server);
    for (call, path) in [("a", PATH.to_owned()), ("b", format!("{PATH}/"))] {
        let answer = signed(&stage, served.url(&path), call).send().await.unwrap();
        let answer = answer.text().await.unwrap();
        assert!(answer.contains("has been created"), "{answer}");
    }
    assert_eq!(text(served.url("/healthz")).await, (200, "ok".to_owned()));
    assert_eq!(text(served.url("/readyz")).await, (200, "ready".to_owned()));
    assert_eq!(text(served.url("/webhok")).await.0, 404);
    assert_eq!(text(served.url(PATH)).await.0, 405);
    served.stop().await;
}

#[tokio::test]
async fn what_else_is_served_may_stream_and_upgrade_and_takes_no_webhook() {
    let stage = Stage::set().await;
    let served = Served::start(&stage, |server| server.routes(Pages));
    assert_eq!(text(served.url("/console")).await, (200, "page /console".to_owned()));
    assert_eq!(text(served.url("/healthz")).await, (200, "ok".to_owned()));
    assert_eq!(text(served.url(PATH)).await.0, 405, "the bridge's own paths stay the bridge's");
    let echo = http().post(served.url("/echo")).body(vec![b'x'; 300_000]).send().await.unwrap();
    assert_eq!(echo.text().await.unwrap(), "300000 bytes");

    let mut streamed = http().get(served.url("/stream")).send().await.unwrap();
    assert_eq!(streamed.chunk().await.unwrap().unwrap(), "word ");

    let mut upgraded = served
        .connect("GET /upgrade HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n")
        .await;
    let mut head = [0; 12];
    upgraded.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    upgraded.write_all(b"ping").await.unwrap();
    let mut rest = String::new();
    upgraded.read_to_string(&mut rest).await.unwrap();
    assert!(rest.ends_with("ping"), "{rest}");
    served.stop().await;
}

#[tokio::test]
async fn a_stop_ends_streams_and_silence_at_once_and_answers_what_is_under_way() {
    let stage = Stage::set().await;
    let served = Served::start(&stage, |server| server.routes(Pages));
    let mut streamed = http().get(served.url("/stream")).send().await.unwrap();
    streamed.chunk().await.unwrap();
    let mut silent = served.connect("POST /webhook").await;
    let mut large = http().get(served.url("/large")).send().await.unwrap();
    let slow = served.connect("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\npi").await;
    let (mut answer, mut ask) = slow.into_split();

    let stopped = tokio::spawn(served.stop());
    while streamed.chunk().await.is_ok_and(|chunk| chunk.is_some()) {}
    let mut nothing = Vec::new();
    let _ = silent.read_to_end(&mut nothing).await;
    assert!(nothing.is_empty() && !stopped.is_finished());
    ask.write_all(b"ng").await.unwrap();
    let mut answered = String::new();
    answer.read_to_string(&mut answered).await.unwrap();
    assert!(answered.contains("connection: close") && answered.ends_with("4 bytes"), "{answered}");
    let mut received = 0;
    while let Some(chunk) = large.chunk().await.unwrap() {
        received += chunk.len();
    }
    assert_eq!(received, LARGE, "an answer was cut half-way");
    stopped.await.unwrap();
}

#[tokio::test]
async fn half_sent_heads_of_one_address_keep_no_caller_out() {
    let stage = Stage::set().await;
    let served = Served::start(&stage, |server| server.max_connections(40));
    let mut half_open = Vec::new();
    for call in 0..10 {
        for _ in 0..30 {
            half_open.push(served.connect("POST /webhook/vapi HTTP/1.1\r\nhost").await);
        }
        let answer = signed(&stage, served.url(PATH), &format!("call {call}")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    served.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let stage = Stage::set().await;
    let served = Served::start(&stage, |server| server);
    let mut stream = served.connect("POST /webhook/vapi HTTP/1.1\r\nhost: x\r\nx-long: ").await;
    let _ = stream.write_all(&vec![b'x'; 100_000]).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{answer:?}");
    served.stop().await;
}

/// The head of a request that may be genuine for all that it shows, with a body of so many bytes.
fn forged_head(stage: &Stage, bytes: usize) -> String {
    let signature = stage.signer.sign("POST", PATH, b"other", Timestamp::now());
    let line = |(name, value): &(String, String)| format!("{name}: {value}\r\n");
    let signature = signature.iter().map(line).collect::<Vec<_>>().concat();
    format!("POST {PATH} HTTP/1.1\r\nhost: x\r\n{signature}content-length: {bytes}\r\n\r\n")
}

#[tokio::test]
async fn long_bodies_wait_for_room_and_short_ones_do_not() {
    let stage = Stage::with(crate::stage::org(), |builder| builder.body_limit(100_000)).await;
    let served = Served::start(&stage, |server| server);
    let head = forged_head(&stage, 100_000);
    let mut holding = Vec::new();
    for _ in 0..4 {
        holding.push(served.connect(&format!("{head}{}", "x".repeat(40_000))).await);
    }
    let mut waits = served.connect(&format!("{head}{}", "x".repeat(100_000))).await;
    let mut answer = [0; 12];
    let early = tokio::time::timeout(Duration::from_millis(300), waits.read_exact(&mut answer)).await;
    assert!(early.is_err(), "there was no room for it");
    assert_eq!(signed(&stage, served.url(PATH), "short").send().await.unwrap().status(), 200);
    drop(holding.pop());
    waits.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
    drop(holding);
    served.stop().await;
}

#[tokio::test]
async fn long_bodies_that_strangers_begin_and_do_not_send_keep_no_report_out() {
    let stage = Stage::with(crate::stage::org(), |builder| builder.body_limit(400_000)).await;
    let served = Served::start(&stage, |server| server);
    let begun = format!("{}{}", forged_head(&stage, 400_000), "x".repeat(40_000));
    let mut holding = Vec::new();
    for _ in 0..60 {
        holding.push(served.connect(&begun).await);
    }
    let report = json!({ "message": {
        "type": "end-of-call-report",
        "call": call_json("reported"),
        "endedReason": "customer-ended-call",
        "artifact": { "transcript": "User: it smokes. ".repeat(10_000) },
    } });
    let answer = signed_body(&stage, served.url(PATH), report.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut refused = [0; 12];
    holding[0].read_exact(&mut refused).await.unwrap();
    assert_eq!(&refused, b"HTTP/1.1 503", "it had room and did not come");
    drop(holding);
    stage.drained().await;
    assert_eq!(stage.org.count("Task"), 1);
    served.stop().await;
}
