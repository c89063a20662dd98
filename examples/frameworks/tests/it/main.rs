//! One signed webhook through each framework, on loopback, to an org that then has the case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod desk;
#[path = "../../../shared/simulated_call.rs"]
#[allow(dead_code, reason = "a test plays only one webhook of a call")]
mod simulated_call;

use std::net::SocketAddr;

use desk::Desk;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A server that ends with the test.
struct Server<T>(JoinHandle<T>);

impl<T> Drop for Server<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn spawn<T: Send + 'static>(server: impl Future<Output = T> + Send + 'static) -> Server<T> {
    Server(tokio::spawn(server))
}

#[tokio::test]
async fn axum_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (listener, address) = listener().await;
    let routes = frameworks::axum::mount(&desk.bridge);
    let _server = spawn(async { axum::serve(listener, routes).await });

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn poem_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (listener, address) = listener().await;
    let acceptor = poem::listener::TcpAcceptor::from_tokio(listener).unwrap();
    let endpoint = frameworks::poem::mount(&desk.bridge);
    let _server = spawn(poem::Server::new_with_acceptor(acceptor).run(endpoint));

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn salvo_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (listener, address) = listener().await;
    let acceptor = salvo::conn::tcp::TcpAcceptor::try_from(listener).unwrap();
    let router = frameworks::salvo::mount(&desk.bridge);
    let _server = spawn(salvo::Server::new(acceptor).serve(router));

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn warp_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (listener, address) = listener().await;
    let filter = frameworks::warp::mount(desk.bridge.clone());
    let _server = spawn(warp::serve(filter).incoming(listener).run());

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn hyper_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (listener, address) = listener().await;
    let _server = spawn(frameworks::hyper::serve(listener, desk.bridge.clone()));

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn rocket_mounts_the_bridge() {
    let desk = Desk::open().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = std::sync::Mutex::new(Some(tell));
    // Rocket binds by itself, and says where once it has.
    let told_at_liftoff = rocket::fairing::AdHoc::on_liftoff("address", move |rocket| {
        let address = SocketAddr::new(rocket.config().address, rocket.config().port);
        let tell = tell.lock().unwrap().take().unwrap();
        Box::pin(async move { tell.send(address).unwrap() })
    });
    let config = rocket::Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let rocket = frameworks::rocket::mount(rocket::custom(config), &desk.bridge);
    let _server = spawn(rocket.attach(told_at_liftoff).launch());

    let address = told.await.unwrap();
    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
}

#[tokio::test]
async fn actix_web_mounts_the_bridge() {
    let desk = Desk::open().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let bridge = desk.bridge.clone();
    let server = actix_web::HttpServer::new(move || {
        actix_web::App::new().configure(frameworks::actix_web::mount(bridge.clone()))
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    let _server = spawn(server);

    desk.opens_a_case_at(address).await;
    desk.screens_at(address).await;
    handle.stop(false).await;
}

#[tokio::test]
async fn lambda_mounts_the_bridge() {
    use lambda_http::{Context, LambdaEvent, Service as _, request::LambdaRequest};

    let desk = Desk::open().await;
    let (headers, body) = desk.webhook("https://api.example.com/webhook/vapi");
    let event = desk::api_gateway_event(&headers, &body);
    let request: LambdaRequest = serde_json::from_value(event).unwrap();

    let mut handler = frameworks::lambda::mount(&desk.bridge);
    let answer = handler.call(LambdaEvent::new(request, Context::default())).await.unwrap();

    let answer = serde_json::to_value(&answer).unwrap();
    assert_eq!(answer["statusCode"], 200);
    let body: serde_json::Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    desk.has_the_case_of(body["results"][0]["result"].as_str().unwrap());
}
