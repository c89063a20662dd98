//! The front door: tokens, limits, latency and faults stand between the wire and the API.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderMap, header, request::Parts};

use crate::{
    blob::Blob,
    engine::{Engine, Snapshot},
    error::ApiError,
    faults::{Fault, Faults, Scope},
    http::{
        Answer, Body, Options, Payload, Request, Route, Usage, dispatch, oauth, subrequest_count, versions,
    },
    id::RecordId,
    sessions::Sessions,
    streaming::Streaming,
    traffic::{RequestLog, Traffic},
    users::Users,
};

mod admission;
mod cometd;
mod edge;
mod login;
mod named;
mod page;
mod play;
mod response;
mod row_locks;

use self::response::response;
pub(crate) use self::{admission::Admission, row_locks::RowLocks};

/// The running org: its state, its sessions and its switches.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) engine: Mutex<Engine>,
    pub(crate) sessions: Mutex<Sessions>,
    pub(crate) traffic: Mutex<Traffic>,
    pub(crate) admission: Admission,
    pub(crate) locks: RowLocks,
    pub(crate) streaming: Streaming,
    pub(crate) faults: Faults,
    pub(crate) client: oauth::Client,
    pub(crate) users: Users,
    /// The address clients are told, if it is not the one they used.
    pub(crate) public_url: Option<String>,
    pub(crate) daily_calls: u64,
    /// The org as it started.
    pub(crate) start: Snapshot,
    /// How much longer every API call takes unless the faults are set otherwise.
    pub(crate) latency: Duration,
}

/// What the wire gets.
pub(crate) enum Outcome {
    Answer(http::Response<Blob>),
    /// The connection ends here, without a byte.
    Cut,
}

/// What became of a request: an answer, or none; and the fault that was played.
struct Played {
    answer: Option<Answer>,
    fault: Option<Fault>,
    subrequests: usize,
}

impl Front {
    /// Answers one request whose body has been read whole, or tells why it was not.
    pub(crate) async fn serve(&self, parts: Parts, body: Result<Payload, ApiError>) -> Outcome {
        let seq = lock(&self.traffic).next();
        let path = parts.uri.path();
        let at_the_edge = edge::refusal(&parts);
        let is_api = path.starts_with("/services/data/v") && at_the_edge.is_none();
        let body = at_the_edge.map_or_else(|| body.map_err(|error| Answer::from(&error)), Err);
        let (template, played) = match body {
            Err(answer) => ("/{refused}".to_owned(), Played::answer(answer)),
            Ok(Payload::Bytes(body)) if path.starts_with("/services/oauth2/") => {
                (login::template(path), self.oauth(&parts, &body).await)
            }
            Ok(Payload::Bytes(body)) if path.starts_with("/services/Soap/") => {
                ("/services/Soap".to_owned(), self.soap(&parts, &body))
            }
            Ok(Payload::Bytes(body)) if path.starts_with("/cometd/") => self.cometd(&parts, &body).await,
            Ok(_) if path == "/" => ("/".to_owned(), Played::answer(self.page())),
            Ok(_) if path.starts_with("/id/") => ("/id/{org}/{user}".to_owned(), self.identity(&parts)),
            Ok(_) if matches!(path, "/services/data" | "/services/data/") => {
                ("/services/data".to_owned(), Played::answer(versions()))
            }
            Ok(body) => self.api(seq, &parts, body).await,
        };
        let status = played.answer.as_ref().map(|answer| answer.status);
        tracing::debug!(seq, method = %parts.method, path = %template, status, fault = ?played.fault, "request");
        let mut traffic = lock(&self.traffic);
        traffic.stats.faults += u64::from(played.fault.is_some());
        traffic.log(RequestLog {
            seq,
            method: parts.method.to_string(),
            path_template: template,
            status,
            subrequests: played.subrequests,
            fault: played.fault,
        });
        let used = traffic.used;
        drop(traffic);
        match played.answer {
            Some(answer) => {
                let usage = (is_api && answer.status != 401).then_some((used, self.daily_calls));
                Outcome::Answer(response(answer, seq, usage))
            }
            None => Outcome::Cut,
        }
    }

    async fn api(&self, seq: u64, parts: &Parts, payload: Payload) -> (String, Played) {
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        let is_json =
            header_text(&parts.headers, header::CONTENT_TYPE).is_none_or(|kind| kind.contains("json"));
        let body = match payload {
            Payload::Bytes(bytes) => Body::Raw { bytes, is_json },
            Payload::Form(form) => Body::Form(form),
        };
        let mut request = match Request::parse(&parts.method, target, body) {
            Some(Ok(request)) => request,
            Some(Err(error)) => return ("/{refused}".to_owned(), Played::answer(Answer::from(&error))),
            None => {
                let error = ApiError::missing_resource();
                return ("/{unknown}".to_owned(), Played::answer(Answer::from(&error)));
            }
        };
        let template = match &request.route {
            Route::Apex(_) => format!("/services{}", request.route.template()),
            route => format!("/services/data/v{}{}", request.version, route.template()),
        };
        let token = bearer(&parts.headers);
        let running = match self.admit(seq, &request, token) {
            Ok(running) => running,
            Err(error) => return (template, Played::answer(Answer::from(&error))),
        };
        match Options::read(|name| parts.headers.get(name).and_then(|value| value.to_str().ok())) {
            Ok(options) => request.options = options,
            Err(error) => return (template, Played::answer(Answer::from(&error))),
        }
        let base = self.base(&parts.headers);
        let subrequests = subrequest_count(&request);
        lock(&self.traffic)
            .hold(u64::try_from(subrequests).unwrap_or_default(), request.route == Route::Batch);
        let user = running.user;
        let (latency, fault) = self.faults.draw_api(|scope| self.concerns(&request, user, scope));
        pause(latency).await;
        let rows = match self.locks.take(&request).await {
            Ok(rows) => rows,
            Err(error) => {
                return (template, Played { answer: Some(Answer::from(&error)), fault: None, subrequests });
            }
        };
        let met = Mutex::new(None);
        let work = || {
            let (answer, fault) = self.run(seq, user, &base, &request);
            *lock(&met) = fault;
            answer
        };
        let answer = match fault.clone() {
            None => Some(work()),
            Some(fault) => self.play(fault, token, work).await,
        };
        drop(rows);
        let fault = fault.or_else(|| lock(&met).take());
        (template, Played { answer, fault, subrequests })
    }

    /// Whether a call has to do with what a fault holds for.
    fn concerns(&self, request: &Request, user: RecordId, scope: &Scope) -> bool {
        match scope {
            Scope::Everything => true,
            Scope::User(name) => self.users.named(name).is_some_and(|known| known.id == user),
            Scope::Object(name) => named::names_object(request, name),
            Scope::Record(id) => RecordId::parse(id).is_some_and(|id| named::names_record(request, id)),
        }
    }

    /// Carries a call out; with the answer comes the fault that a record of it met.
    fn run(&self, seq: u64, user: RecordId, base: &str, request: &Request) -> (Answer, Option<Fault>) {
        let usage = Usage { used: lock(&self.traffic).used, allowed: self.daily_calls, base };
        let mut engine = lock(&self.engine);
        engine.request = seq;
        engine.see_as(user);
        engine.allow_duplicates = request.options.allow_duplicates;
        engine.troubles.begin(self.faults.of_rows());
        let answer = dispatch(&mut engine, request, usage);
        let met = engine.troubles.end();
        engine.see_everything();
        let notices = engine.take_notices();
        drop(engine);
        self.streaming.publish(notices);
        (answer, met)
    }
}

impl Played {
    fn answer(answer: Answer) -> Self {
        Self { answer: Some(answer), fault: None, subrequests: 0 }
    }
}

/// Takes a lock; a panic elsewhere does not close the org.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pause(length: Duration) {
    if !length.is_zero() {
        tokio::time::sleep(length).await;
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header_text(headers, header::AUTHORIZATION)?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then_some(token.trim())
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
