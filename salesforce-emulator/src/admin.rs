//! The admin API: switches of a running org, as JSON over HTTP on a port of its own, on this machine alone.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use salesforce_emulator::{Org, OrgError, RequestLog};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

mod clock;
mod fault_order;

pub(crate) use self::clock::Clock;
use self::{clock::ClockOrder, fault_order::FaultOrder};

/// What the switches belong to.
pub(crate) struct Admin {
    pub(crate) org: Arc<Org>,
    pub(crate) clock: Clock,
}

/// A refusal: a status, and one sentence.
pub(crate) struct Refused(StatusCode, String);

impl Refused {
    fn bad(sentence: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, sentence.into())
    }

    fn missing() -> Self {
        Self(StatusCode::NOT_FOUND, "There is no such resource.".to_owned())
    }
}

impl From<OrgError> for Refused {
    fn from(error: OrgError) -> Self {
        Self::bad(match error {
            OrgError::Refused { code, message } => format!("{code}: {message}"),
            other => format!("{other}."),
        })
    }
}

/// Listens on this machine.
pub(crate) async fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until it is dropped.
pub(crate) async fn serve(admin: Arc<Admin>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(connection(Arc::clone(&admin), stream));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(admin: Arc<Admin>, stream: TcpStream) {
    let service = service_fn(move |request| {
        let admin = Arc::clone(&admin);
        async move { Ok::<_, Infallible>(answer(&admin, request).await) }
    });
    // A connection that fails concerns its client alone.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(admin: &Admin, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, body) = match admin.decide(request).await {
        Ok(body) => (StatusCode::OK, body),
        Err(Refused(status, sentence)) => (status, json!({ "error": sentence })),
    };
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

impl Admin {
    async fn decide(&self, request: Request<Incoming>) -> Result<Value, Refused> {
        let (parts, body) = request.into_parts();
        check_origin(&parts)?;
        let body = Limited::new(body, MAX_BODY).collect().await;
        let body =
            body.map_err(|_| Refused::bad("The body cannot be read: it may be 1 MB long."))?.to_bytes();
        let path = parts.uri.path().trim_matches('/').to_owned();
        let segments: Vec<&str> = path.split('/').collect();
        match (&parts.method, segments.as_slice()) {
            (&Method::GET, [""]) => Ok(json!({ "resources": RESOURCES })),
            (&Method::POST, ["reset"]) => {
                self.org.reset();
                self.clock.reset();
                Ok(json!({}))
            }
            (&Method::GET, ["requests"]) => Ok(self.org.requests().iter().map(shown).collect()),
            (&Method::GET, ["records", object]) => {
                Ok(self.org.records(object).into_iter().map(Value::Object).collect())
            }
            (&Method::POST, ["records", object]) => {
                Ok(json!({ "id": self.org.insert(object, read(&body)?)? }))
            }
            (&Method::POST, ["faults"]) => read::<FaultOrder>(&body)?.place(&self.org),
            (&Method::DELETE, ["faults"]) => {
                self.org.faults().clear();
                Ok(json!({}))
            }
            (&Method::DELETE, ["faults", id]) => self.release(id),
            (&Method::GET, ["clock"]) => Ok(self.clock.shown()),
            (&Method::POST, ["clock"]) => {
                self.clock.set(read::<ClockOrder>(&body)?)?;
                Ok(self.clock.shown())
            }
            _ => Err(Refused::missing()),
        }
    }

    fn release(&self, id: &str) -> Result<Value, Refused> {
        let id = id.parse().map_err(|_| Refused::missing())?;
        if self.org.faults().release(id) { Ok(json!({})) } else { Err(Refused::missing()) }
    }
}

/// Refuses what a web page could send: a browser says where the page came from, and under which name it asks.
fn check_origin(parts: &http::request::Parts) -> Result<(), Refused> {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(host, "127.0.0.1" | "localhost") || parts.headers.contains_key(header::ORIGIN) {
        return Err(Refused(StatusCode::FORBIDDEN, "Only this machine may ask.".to_owned()));
    }
    Ok(())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::bad(format!("The body is wrong: {error}.")))
}

fn shown(request: &RequestLog) -> Value {
    json!({
        "seq": request.seq,
        "method": request.method,
        "path": request.path_template,
        "status": request.status,
        "subrequests": request.subrequests,
        "fault": request.fault.as_ref().map(|fault| format!("{fault:?}")),
    })
}

const MAX_BODY: usize = 1024 * 1024;
const RESOURCES: [&str; 9] = [
    "POST /reset",
    "GET /requests",
    "GET /records/{object}",
    "POST /records/{object}",
    "POST /faults",
    "DELETE /faults",
    "DELETE /faults/{id}",
    "GET /clock",
    "POST /clock",
];
