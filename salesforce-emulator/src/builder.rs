//! Sets an org up before it starts.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::{
    engine::{Clock, Engine, Operation, Rules},
    error::OrgError,
    faults::{FaultPlan, Faults},
    front::Front,
    http::oauth::{Client, USERNAME},
    org::Org,
    schema::{CustomObject, Field, Schema},
    server,
    sessions::Sessions,
    traffic::Traffic,
};

/// An org that is not started yet.
#[must_use = "an org exists once it is started"]
pub struct OrgBuilder {
    address: SocketAddr,
    public_url: Option<String>,
    client: Client,
    jwt: bool,
    objects: Vec<CustomObject>,
    fields: Vec<(String, Field)>,
    rules: Rules,
    clock: Clock,
    latency: Duration,
    daily_calls: u64,
}

impl OrgBuilder {
    pub(crate) fn new() -> Self {
        let secret = SecretString::from("secret");
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            client: Client { id: "client".to_owned(), secret, is_login_host: false },
            jwt: false,
            objects: Vec::new(),
            fields: Vec::new(),
            rules: Rules::default(),
            clock: Arc::new(Timestamp::now),
            latency: Duration::ZERO,
            daily_calls: 15_000,
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

    /// Takes the permission for an operation on an object away.
    pub fn deny(mut self, object: impl Into<String>, operation: Operation) -> Self {
        self.rules.deny(object.into(), operation);
        self
    }

    /// Makes every API call take this much longer, until the faults are set otherwise.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The calls a day allows, as `Sforce-Limit-Info` and `/limits` tell it; 15,000 unless given.
    ///
    /// It is told, not enforced: see [`Org::set_limit`].
    pub fn daily_calls(mut self, calls: u64) -> Self {
        self.daily_calls = calls;
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
    /// [`OrgError::Schema`] if a custom object or field does not fit, [`OrgError::Bind`] if the address
    /// cannot be listened on.
    #[expect(clippy::unused_async, reason = "starting stays awaitable, as it needs the runtime anyway")]
    pub async fn start(self) -> Result<Org, OrgError> {
        let schema = Schema::build(self.objects, self.fields).map_err(OrgError::Schema)?;
        let mut engine = Engine::new(schema, self.rules, self.clock);
        seed_user(&mut engine)?;
        let listener = server::listen(self.address).map_err(OrgError::Bind)?;
        let address = listener.local_addr().map_err(OrgError::Bind)?;
        let faults = Faults::default();
        faults.set(FaultPlan::default().latency(self.latency));
        let front = Front {
            engine: Mutex::new(engine),
            sessions: Mutex::new(Sessions::new(self.jwt)),
            traffic: Mutex::new(Traffic::default()),
            limit: Mutex::new(None),
            faults,
            client: self.client,
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

/// The integration user, to whom every record belongs unless it says otherwise.
fn seed_user(engine: &mut Engine) -> Result<(), OrgError> {
    let user = json!({
        "Username": USERNAME,
        "LastName": "User",
        "FirstName": "Integration",
        "Email": USERNAME,
        "Alias": "integ",
    });
    let object = engine.object_named("User")?;
    let fields = user.as_object().cloned().unwrap_or_default();
    engine.insert(object, &fields, None)?;
    engine.forget_audit();
    Ok(())
}
