//! Sets an org up before it starts.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value};

mod line;
mod permissions;
mod record_types;
mod rules;
mod seed;

pub use self::record_types::RecordType;
pub(crate) use self::{
    line::Line,
    permissions::{Restricted, Restriction},
};
use self::{
    rules::{Condition, DuplicateRule},
    seed::{SeedQueue, SeedRecord, SeedUser},
};
use crate::{
    engine::{Clock, Engine, Rules},
    error::OrgError,
    faults::Faults,
    front::{Admission, Front, RowLocks},
    http::{
        ApexRequest, Classes,
        oauth::{Client, PublicKey, USERNAME},
    },
    org::Org,
    org_file,
    schema::{CustomObject, Field, Schema},
    server,
    sessions::Sessions,
    streaming::Streaming,
    traffic::Traffic,
};

/// An org that is not started yet.
#[must_use = "an org exists once it is started"]
pub struct OrgBuilder {
    address: SocketAddr,
    public_url: Option<String>,
    client: Client,
    users: Vec<SeedUser>,
    jwt: bool,
    rotates: bool,
    key: Option<String>,
    conditions: Vec<Condition>,
    duplicates: Vec<DuplicateRule>,
    restrictions: Vec<Restriction>,
    record_types: Vec<RecordType>,
    records: Vec<SeedRecord>,
    queues: Vec<SeedQueue>,
    objects: Vec<CustomObject>,
    fields: Vec<(String, Field)>,
    rules: Rules,
    clock: Clock,
    latency: Duration,
    daily_calls: u64,
    enforces_daily: bool,
    user_calls: Option<u64>,
    tracked: Vec<(String, Line)>,
    classes: Classes,
}

impl OrgBuilder {
    pub(crate) fn new() -> Self {
        let secret = SecretString::from("secret");
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            client: Client { id: "client".to_owned(), secret, is_login_host: false, key: None },
            users: vec![SeedUser::new(USERNAME.to_owned(), SecretString::from("password"), Line::NONE)],
            jwt: false,
            rotates: false,
            key: None,
            conditions: Vec::new(),
            duplicates: Vec::new(),
            restrictions: Vec::new(),
            record_types: Vec::new(),
            records: Vec::new(),
            queues: Vec::new(),
            objects: Vec::new(),
            fields: Vec::new(),
            rules: Rules::default(),
            clock: Arc::new(Timestamp::now),
            latency: Duration::ZERO,
            daily_calls: 15_000,
            enforces_daily: false,
            user_calls: None,
            tracked: Vec::new(),
            classes: Classes::default(),
        }
    }

    /// The client id and secret that may log in; `client` and `secret` unless given.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client.id = id.into();
        self.client.secret = SecretString::from(secret.into());
        self
    }

    /// The port on 127.0.0.1; any free one unless given.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// The address to listen on, instead of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The `instance_url` that clients are told; the address they used unless given.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Answers client-credentials logins as a login host does: not on this domain.
    pub fn act_as_login_host(mut self, yes: bool) -> Self {
        self.client.is_login_host = yes;
        self
    }

    /// Issues tokens in three parts that say when they expire.
    pub fn jwt_tokens(mut self, yes: bool) -> Self {
        self.jwt = yes;
        self
    }

    /// Adds a user who may log in with this password, or changes the password of one.
    ///
    /// The integration user is there from the start: `integration@emulator.example` with the password
    /// `password`. A security token is part of the password, as it is on the wire.
    pub fn user(self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.user_at(username.into(), password.into(), Line::NONE)
    }

    pub(crate) fn user_at(mut self, username: String, password: String, line: Line) -> Self {
        let password = SecretString::from(password);
        match self.users.iter_mut().find(|known| known.username.eq_ignore_ascii_case(&username)) {
            Some(known) => known.password = password,
            None => self.users.push(SeedUser::new(username, password, line)),
        }
        self
    }

    /// Replaces the refresh token at each refresh; whoever uses a replaced one ends the grant.
    pub fn rotate_refresh_tokens(mut self, yes: bool) -> Self {
        self.rotates = yes;
        self
    }

    /// The RSA public key, in PEM form, that assertions of the JWT bearer flow must be signed for.
    ///
    /// Without one, any signature will do.
    pub fn jwt_public_key(mut self, pem: impl Into<String>) -> Self {
        self.key = Some(pem.into());
        self
    }

    /// Adds a custom field to an object, standard or custom.
    pub fn field(mut self, object: impl Into<String>, field: Field) -> Self {
        self.fields.push((object.into(), field));
        self
    }

    /// Adds a custom object.
    pub fn object(mut self, object: CustomObject) -> Self {
        self.objects.push(object);
        self
    }

    /// Refuses records of an object for which `violates` is true, with the message as an administrator
    /// would have written it.
    pub fn validation_rule(
        mut self,
        object: impl Into<String>,
        message: impl Into<String>,
        violates: impl Fn(&Map<String, Value>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.rules.validate(object.into(), Arc::new(violates), message.into());
        self
    }

    /// Refuses records of an object for which a condition holds, written as after `WHERE` in a query.
    pub fn validation_condition(
        self,
        object: impl Into<String>,
        message: impl Into<String>,
        condition: impl Into<String>,
    ) -> Self {
        self.validation_condition_at(object.into(), message.into(), condition.into(), Line::NONE)
    }

    pub(crate) fn validation_condition_at(
        mut self,
        object: String,
        message: String,
        condition: String,
        line: Line,
    ) -> Self {
        self.conditions.push(Condition { object, message, violated_when: condition, line });
        self
    }

    /// Adds a record that is there when the org starts.
    pub fn record(self, object: impl Into<String>, fields: Map<String, Value>) -> Self {
        self.named_record(object.into(), None, fields, Line::NONE)
    }

    pub(crate) fn named_record(
        mut self,
        object: String,
        name: Option<String>,
        fields: Map<String, Value>,
        line: Line,
    ) -> Self {
        self.records.push(SeedRecord { object, name, fields, line });
        self
    }

    /// Adds what a TOML file says: objects, fields, rules, users, settings and records.
    ///
    /// The crate's README shows such a file.
    ///
    /// # Errors
    ///
    /// [`OrgError::File`] with the line and what is wrong with it.
    pub fn toml(self, text: &str) -> Result<Self, OrgError> {
        org_file::read(self, text)
    }

    /// Adds a queue that can own records of these objects; a record's `OwnerId = "@{name}"` in an org file names it.
    pub fn queue<T: Into<String>>(
        self,
        name: impl Into<String>,
        objects: impl IntoIterator<Item = T>,
    ) -> Self {
        self.queue_at(name.into(), objects.into_iter().map(Into::into).collect(), Line::NONE)
    }

    pub(crate) fn queue_at(mut self, name: String, objects: Vec<String>, line: Line) -> Self {
        self.queues.push(SeedQueue { name, objects, line });
        self
    }

    /// Refuses records of an object that have the same values in all of these fields as another.
    ///
    /// A create with `Sforce-Duplicate-Rule-Header: allowSave=true` is let through, as an alert is.
    pub fn duplicate_rule<T: Into<String>>(
        self,
        object: impl Into<String>,
        fields: impl IntoIterator<Item = T>,
    ) -> Self {
        self.duplicate_rule_at(object.into(), fields.into_iter().map(Into::into).collect(), Line::NONE)
    }

    pub(crate) fn duplicate_rule_at(mut self, object: String, fields: Vec<String>, line: Line) -> Self {
        self.duplicates.push(DuplicateRule { object, fields, line });
        self
    }

    /// Makes every API call take this much longer, until the faults are set otherwise.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The calls a day allows, as `Sforce-Limit-Info` and `/limits` tell it; 15,000 unless given.
    ///
    /// It is told, not enforced, unless [`OrgBuilder::enforce_daily_calls`] says so.
    pub fn daily_calls(mut self, calls: u64) -> Self {
        self.daily_calls = calls;
        self
    }

    /// Refuses API calls once those of the day are used up.
    pub fn enforce_daily_calls(mut self, yes: bool) -> Self {
        self.enforces_daily = yes;
        self
    }

    /// How many API calls each user has in 24 hours; any number unless given.
    pub fn user_calls(mut self, calls: u64) -> Self {
        self.user_calls = Some(calls);
        self
    }

    /// Tells of the changes of an object's records on `/data/{object}ChangeEvent`.
    pub fn track_changes(self, object: impl Into<String>) -> Self {
        self.track_changes_at(object.into(), Line::NONE)
    }

    pub(crate) fn track_changes_at(mut self, object: String, line: Line) -> Self {
        self.tracked.push((object, line));
        self
    }

    /// Answers requests to `/services/apexrest` and this path, and to whatever is below it, as a class of the
    /// org's own would: with a status, and a body unless it is null.
    ///
    /// The org waits for the answer: `serve` must not call it.
    pub fn apex_rest(
        mut self,
        path: impl Into<String>,
        serve: impl Fn(&ApexRequest) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        self.classes.add(path.into(), Arc::new(serve));
        self
    }

    /// The clock of the org; the system's unless given.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts the org on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OrgError::Schema`] if a custom object or field does not fit, [`OrgError::Key`] if the public key
    /// cannot be read, [`OrgError::Refused`] if a username is no e-mail address, [`OrgError::Bind`] if the
    /// address cannot be listened on.
    #[expect(clippy::unused_async, reason = "starting stays awaitable, as it needs the runtime anyway")]
    pub async fn start(self) -> Result<Org, OrgError> {
        let mut schema = Schema::build(self.objects, self.fields).map_err(OrgError::Schema)?;
        rules::check_fields(&schema)?;
        record_types::add_fields(&mut schema, &self.record_types)?;
        let mut engine = Engine::new(schema, self.rules, self.clock);
        engine.classes = self.classes;
        let users = seed::users(&mut engine, self.users)?;
        seed::organization(&mut engine)?;
        let mut named = seed::queues(&mut engine, self.queues)?;
        let users_of = record_types::make(&mut engine, &users, self.record_types, &mut named)?;
        engine.record_fields()?;
        engine.forget_audit();
        rules::check_validations(&engine)?;
        rules::add_conditions(&mut engine, self.conditions)?;
        rules::add_duplicate_rules(&mut engine, self.duplicates)?;
        for (name, line) in &self.tracked {
            let object = engine.schema.find(name);
            let object = object.ok_or_else(|| line.wrong(&format!("there is no object {name} to track")))?;
            engine.feed.track(object);
        }
        seed::records(&mut engine, self.records, named)?;
        // What is there from the start is an administrator's, who may do what others may not.
        record_types::restrict(&mut engine, users_of);
        permissions::restrict(&mut engine, &users, self.restrictions)?;
        engine.take_notices();
        let mut client = self.client;
        if let Some(pem) = self.key {
            client.key = Some(PublicKey::from_pem(&pem).ok_or(OrgError::Key)?);
        }
        let listener = server::listen(self.address).map_err(OrgError::Bind)?;
        let address = listener.local_addr().map_err(OrgError::Bind)?;
        let faults = Faults::default();
        faults.set_latency(self.latency);
        let front = Front {
            start: engine.snapshot(),
            latency: self.latency,
            engine: Mutex::new(engine),
            sessions: Mutex::new(Sessions::new(self.jwt, self.rotates)),
            traffic: Mutex::new(Traffic::default()),
            admission: Admission::new(self.enforces_daily, self.user_calls),
            locks: RowLocks::default(),
            streaming: Streaming::default(),
            faults,
            client,
            users,
            public_url: self.public_url,
            daily_calls: self.daily_calls,
        };
        Ok(Org::run(front, listener, address))
    }
}

impl fmt::Debug for OrgBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgBuilder").field("address", &self.address).finish_non_exhaustive()
    }
}
