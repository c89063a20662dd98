//! The running org, as the test or the program that started it sees it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    audit::AuditEntry,
    builder::OrgBuilder,
    engine::user,
    error::{ApiError, Code, OrgError},
    faults::{Fault, FaultId, Faults, Scope},
    front::{Front, lock},
    id::RecordId,
    limits::Window,
    server,
    streaming::Streaming,
    traffic::{RequestLog, Stats},
};

/// A Salesforce org that listens on a socket. It stops when it is dropped.
#[derive(Debug)]
pub struct Org {
    front: Arc<Front>,
    address: SocketAddr,
    url: String,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Org {
    /// Sets up an org.
    pub fn builder() -> OrgBuilder {
        OrgBuilder::new()
    }

    pub(crate) fn run(front: Front, listener: TcpListener, address: SocketAddr) -> Self {
        let front = Arc::new(front);
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(server::accept(Arc::clone(&front), listener, stopped));
        Self { front, address, url: format!("http://{address}"), stop, accepting }
    }

    /// Where the org listens, such as `http://127.0.0.1:40123`; also its login URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The client id that may log in.
    pub fn client_id(&self) -> &str {
        &self.front.client.id
    }

    /// The address the org listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Creates a record without an API call, as strictly as with one, and gives its id of 18 characters.
    ///
    /// # Errors
    ///
    /// [`OrgError::Refused`] with the code that an API call would get.
    pub fn insert(&self, object: &str, fields: Value) -> Result<String, OrgError> {
        let Value::Object(fields) = fields else {
            return Err(ApiError::new(Code::JsonParser, "The record is not a JSON object").into());
        };
        let mut engine = lock(&self.front.engine);
        (engine.request, engine.actor, engine.allow_duplicates) = (0, user(), false);
        let object = engine.object_named(object)?;
        let id = engine.insert(object, &fields, None)?.to_string();
        let notices = engine.take_notices();
        drop(engine);
        self.front.streaming.publish(notices);
        Ok(id)
    }

    /// All live records of an object with all their fields, oldest first; none for an unknown object.
    pub fn records(&self, object: &str) -> Vec<Map<String, Value>> {
        let engine = lock(&self.front.engine);
        let Some(object) = engine.schema.find(object) else { return Vec::new() };
        engine.store.live(object).map(|(_, row)| engine.whole(object, row)).collect()
    }

    /// How many live records an object has.
    pub fn count(&self, object: &str) -> usize {
        let engine = lock(&self.front.engine);
        engine.schema.find(object).map_or(0, |object| engine.store.live_count(object))
    }

    /// The bytes of a `ContentVersion`.
    pub fn file(&self, id: &str) -> Option<Bytes> {
        let blob = lock(&self.front.engine).blob(RecordId::parse(id)?).cloned();
        blob?.to_bytes().ok()
    }

    /// Every write that took effect, in order.
    pub fn audit(&self) -> Vec<AuditEntry> {
        lock(&self.front.engine).audit().to_vec()
    }

    /// What the org saw since the start or the last reset.
    pub fn stats(&self) -> Stats {
        lock(&self.front.traffic).stats.clone()
    }

    /// Sets the counters to zero. `Sforce-Limit-Info` goes on counting, as the day does.
    pub fn reset_stats(&self) {
        lock(&self.front.traffic).stats = Stats::default();
    }

    /// Goes back to how the org started: its records and fields, no faults, no limits that were set since, empty
    /// counters and logs, and no messages or sessions of the Streaming API. Tokens stay good.
    pub fn reset(&self) {
        let front = &self.front;
        lock(&front.engine).restore(&front.start);
        front.faults.clear();
        front.faults.set_latency(front.latency);
        front.admission.reset();
        lock(&front.sessions).limit_logins(None);
        lock(&front.traffic).clear();
        front.streaming.reset();
    }

    /// The latest 10,000 requests in the order in which they arrived.
    pub fn requests(&self) -> Vec<RequestLog> {
        lock(&self.front.traffic).requests()
    }

    /// The switches for faults.
    pub fn faults(&self) -> &Faults {
        &self.front.faults
    }

    /// Plays a fault on every API call that has to do with `scope`, until `faults().release(..)`.
    ///
    /// A [`Fault::RowLock`] or [`Fault::Refused`] of a record or an object is met by single records: the others
    /// of a composite request, a collection or a bulk job are written all the same. A lock keeps from writing
    /// the record, and records that refer to it, and keeps nobody from reading. Every other fault is met by the
    /// whole request that names the record or the object.
    ///
    /// # Errors
    ///
    /// [`OrgError::Scope`] if there is no such object or user, or the text is no id.
    pub fn hold_fault(&self, scope: Scope, fault: Fault) -> Result<FaultId, OrgError> {
        let known = match &scope {
            Scope::Everything => true,
            Scope::Record(id) => RecordId::parse(id).is_some(),
            Scope::Object(name) => lock(&self.front.engine).schema.find(name).is_some(),
            Scope::User(name) => self.front.users.named(name).is_some(),
        };
        if known { Ok(self.front.faults.hold(scope, fault)) } else { Err(OrgError::Scope) }
    }

    /// What the org streams.
    pub fn streaming(&self) -> &Streaming {
        &self.front.streaming
    }

    /// Pushes a text into a generic channel such as `/u/Notices`.
    pub fn push_text(&self, channel: &str, text: &str) {
        let notices = {
            let mut engine = lock(&self.front.engine);
            engine.push_text(channel, text);
            engine.take_notices()
        };
        self.front.streaming.publish(notices);
    }

    /// A refresh token of the integration user, as if it had allowed the client on the authorization page.
    pub fn issue_refresh_token(&self) -> Option<String> {
        let user = self.front.users.integration()?;
        Some(lock(&self.front.sessions).grants.open(&self.front.client.id, &user).1)
    }

    /// Makes every token invalid, as an administrator can.
    pub fn revoke_tokens(&self) {
        lock(&self.front.sessions).revoke_all();
        self.front.streaming.wake();
    }

    /// Lets every token expire now.
    pub fn expire_tokens(&self) {
        let now = lock(&self.front.engine).now();
        lock(&self.front.sessions).expire_all(now);
        self.front.streaming.wake();
    }

    /// How long the tokens issued from now on are good; two hours for `None`.
    pub fn set_token_lifetime(&self, lifetime: Option<Duration>) {
        lock(&self.front.sessions).set_lifetime(lifetime);
    }

    /// Lets in at most `max_calls` API calls in any stretch of `window`; the others get a 403.
    pub fn set_limit(&self, max_calls: u64, window: Duration) {
        *lock(&self.front.admission.window) = Some(Window::new(max_calls, window));
    }

    /// Lets all API calls in again.
    pub fn clear_limit(&self) {
        *lock(&self.front.admission.window) = None;
    }

    /// Lets in at most so many API calls of each user in any stretch of this length, or any number for `None`;
    /// the others get a 403 `REQUEST_LIMIT_EXCEEDED`.
    pub fn set_user_limit(&self, limit: Option<(u64, Duration)>) {
        self.front.admission.limit_users(limit);
    }

    /// Refuses API calls while `max_calls` run that have taken `long` already; 25 and 20 s unless set.
    pub fn set_concurrency_limit(&self, max_calls: usize, long: Duration) {
        *lock(&self.front.admission.long_calls) = (max_calls, long);
    }

    /// Makes every write hold the records it names for a while before it takes effect, and wait no longer
    /// than `timeout` for those that another holds; then it gets `UNABLE_TO_LOCK_ROW`.
    ///
    /// Unless set, a write takes no time, and waits ten seconds for a record that [`Org::lock_record`] holds.
    pub fn set_lock_times(&self, hold: Duration, timeout: Duration) {
        self.front.locks.set_times(hold, timeout);
    }

    /// Holds a record against all writes that name it, as a long transaction does.
    ///
    /// # Errors
    ///
    /// [`OrgError::Refused`] with `MALFORMED_ID` if the text is no id.
    pub fn lock_record(&self, id: &str) -> Result<RecordLock, OrgError> {
        let id = RecordId::parse(id).ok_or_else(|| ApiError::new(Code::MalformedId, "malformed id"))?;
        let row = self.front.locks.seize(id);
        Ok(RecordLock { front: Arc::clone(&self.front), row })
    }

    /// Gives at most `max_logins` tokens in any stretch of `window`, or any number for `None`.
    pub fn set_login_limit(&self, limit: Option<(u64, Duration)>) {
        let window = limit.map(|(max_logins, window)| Window::new(max_logins, window));
        lock(&self.front.sessions).limit_logins(window);
    }

    /// Stops listening and closes all connections. Requests already received are still carried out.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        let _ = (&mut self.accepting).await;
    }
}

/// A record that is held until this is dropped.
#[derive(Debug)]
#[must_use = "the record is free again once this is dropped"]
pub struct RecordLock {
    front: Arc<Front>,
    row: String,
}

impl Drop for RecordLock {
    fn drop(&mut self) {
        self.front.locks.free([&self.row]);
    }
}

impl Drop for Org {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
