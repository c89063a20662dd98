//! Puts the registry together, and checks it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use vapi_types::webhook::SHORTEST_SECRET;

use super::{
    Dispatcher, Functions, Registered,
    arguments::{Shape, one_object},
    confirmation::{self, Confirmations},
    erased::{ErasedFunction, erase, erase_closure},
    in_flight::InFlight,
};
use crate::{
    audit::Audit,
    crm::Crm,
    function::{
        Answer, CallContext, Function, FunctionError, Manifest, ManifestEntry, Need, Served, Spec, kept,
        request,
    },
    live::LiveFeed,
    telemetry::ToolFigures,
};

/// How many reads may wait at a time, unless it is said.
const WAITING_READS: usize = 1_000;

/// Collects functions for a [`Dispatcher`].
#[derive(Default)]
pub struct DispatcherBuilder {
    functions: Vec<(&'static str, Spec, Value, Box<dyn ErasedFunction>)>,
    aliases: BTreeMap<String, String>,
    confirmation_secret: Option<SecretString>,
    audit: Option<Arc<dyn Audit>>,
    waiting_reads: Option<usize>,
    live: Option<LiveFeed>,
    served: Option<Served>,
}

/// The registry cannot be built.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DispatcherError {
    /// Two functions, or a function and an alias, have one name.
    #[error("two functions answer to the name {0}; rename one of them")]
    Duplicate(String),
    /// A name is not one that a platform accepts.
    #[error("{0} cannot be the name of a function: use letters, digits, _ and -, at most 64 of them")]
    Name(String),
    /// An alias points to a function that is not there.
    #[error("the alias {alias} points to the function {target}, which is not registered")]
    Alias {
        /// The alias.
        alias: String,
        /// The function it points to.
        target: String,
    },
    /// The arguments are not an object.
    #[error(
        "the arguments of {0} must be a struct with named fields, an enum of such that a tag tells apart, or ()"
    )]
    Schema(&'static str),
    /// An argument that needs something is not there.
    #[error("{function} says what its argument {argument} needs, but has no argument of this name")]
    Argument {
        /// The function.
        function: &'static str,
        /// The argument.
        argument: &'static str,
    },
    /// An argument has the name by which a confirmation is passed.
    #[error("{0} asks for confirmation, so none of its arguments can be named `confirmation`")]
    Confirmation(&'static str),
    /// An argument has the name by which one more of the same is asked for.
    #[error("{0} writes, so none of its arguments can be named `occurrence`; give it another name")]
    Occurrence(&'static str),
    /// A model would not know when to call it.
    #[error("{0} has no description; say in its Spec when a model is to call it")]
    Description(&'static str),
    /// A function could never be called to its end.
    #[error("{0} has a deadline of zero in its Spec; give a span, or leave it out")]
    Deadline(&'static str),
    /// A function could never be called.
    #[error("{0} may run zero times at once by its Spec; give at least one, or leave it out")]
    Cap(&'static str),
    /// The secret of the confirmations can be guessed.
    #[error(
        "the secret of the confirmations has {0} characters and can be guessed; give one of at least \
         {SHORTEST_SECRET}, such as `openssl rand -hex 32` prints"
    )]
    ShortSecret(usize),
    /// The machine gives no random numbers.
    #[error("the machine gives no random numbers to sign confirmations with: {0}")]
    Random(String),
}

impl DispatcherBuilder {
    /// Adds a function.
    #[must_use]
    pub fn function<F: Function>(mut self, function: F) -> Self {
        let parameters = schemars::schema_for!(F::Args).to_value();
        let name = kept(function.name());
        self.functions.push((name, function.spec(), parameters, erase(function)));
        self
    }

    /// Adds a closure as a function.
    #[must_use]
    pub fn closure<A, C, Fut>(mut self, name: impl Into<Cow<'static, str>>, spec: Spec, closure: C) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        C: Fn(Arc<CallContext>, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, FunctionError>> + Send + 'static,
    {
        let parameters = schemars::schema_for!(A).to_value();
        self.functions.push((kept(name.into()), spec, parameters, erase_closure(closure)));
        self
    }

    /// Lets a function answer to one more name.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>, target: impl Into<String>) -> Self {
        self.aliases.insert(alias.into(), target.into());
        self
    }

    /// Signs confirmations with a secret that all replicas share, of at least 16 characters. One of this process unless
    /// said.
    #[must_use]
    pub fn confirmation_secret(mut self, secret: SecretString) -> Self {
        self.confirmation_secret = Some(secret);
        self
    }

    /// Writes a record of every function call there.
    #[must_use]
    pub fn audit(mut self, audit: impl Audit) -> Self {
        self.audit = Some(Arc::new(audit));
        self
    }

    /// How many function calls that only read may wait at a time. 1,000 unless said; beyond it callers hear at once
    /// that there is much to do. What writes is never refused for that: the journal takes it.
    #[must_use]
    pub fn waiting_reads(mut self, most: usize) -> Self {
        self.waiting_reads = Some(most);
        self
    }

    /// Shows there what functions come to.
    #[must_use]
    pub(crate) fn live(mut self, feed: LiveFeed) -> Self {
        self.live = Some(feed);
        self
    }

    /// Leaves out the functions, and the arguments, that need what this CRM does not serve.
    ///
    /// A bridge does it with its own CRM when it starts; this is for a registry of which only the manifest is wanted.
    #[must_use]
    pub fn for_crm(self, crm: &dyn Crm) -> Self {
        self.serving(Served::by(crm))
    }

    pub(crate) fn serving(mut self, served: Served) -> Self {
        self.served = Some(served);
        self
    }

    /// Checks everything and freezes it.
    ///
    /// # Errors
    /// [`DispatcherError`] names the first thing that cannot be.
    pub fn build(self) -> Result<Dispatcher, DispatcherError> {
        self.build_or_all_errors().map_err(|mut errors| errors.swap_remove(0))
    }

    /// The same, with all that cannot be; at least one.
    pub(crate) fn build_or_all_errors(self) -> Result<Dispatcher, Vec<DispatcherError>> {
        let mut errors = Vec::new();
        let mut functions = Functions::default();
        let mut entries = Vec::with_capacity(self.functions.len());
        let (mut left_out, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for (name, spec, mut parameters, function) in self.functions {
            let known = errors.len();
            errors.extend(check_name(name).err());
            errors.extend(check_spec(name, &spec));
            errors.extend(check_arguments(name, &spec, &parameters).err());
            if let Some(need) = unmet(&spec, self.served.as_ref()) {
                tracing::info!(function = name, need = %need, "a function is left out: the CRM does not serve what it needs");
                left_out.insert(name);
                continue;
            }
            for (argument, need) in spec.arguments_left_out(self.served.as_ref()) {
                if let Some(need) = need {
                    tracing::info!(function = name, argument, need = %need, "an argument is left out: the CRM does not serve what it needs");
                }
                remove_argument(&mut parameters, argument);
            }
            let parameters = match parameters_of(name, &spec, parameters) {
                Ok(parameters) if errors.len() == known => parameters,
                Ok(_) => {
                    refused.insert(name);
                    continue;
                }
                Err(error) => {
                    errors.push(error);
                    refused.insert(name);
                    continue;
                }
            };
            let shape = Shape::of(&parameters);
            entries.push(ManifestEntry::new(name, &spec, parameters));
            let cap = spec.cap().map(|cap| Arc::new(Semaphore::new(cap.min(Semaphore::MAX_PERMITS))));
            let figures = ToolFigures::of(name);
            let registered = Registered { name, spec, shape, function, cap, figures };
            if functions.insert(name.to_owned(), Arc::new(registered)).is_some() {
                errors.push(DispatcherError::Duplicate(name.to_owned()));
            }
        }
        for (alias, target) in self.aliases {
            if let Err(error) = check_name(&alias) {
                errors.push(error);
                continue;
            }
            let Some(registered) = functions.get(&target).cloned() else {
                if left_out.contains(target.as_str()) {
                    continue;
                }
                // Whatever is wrong with the function itself has been said.
                if !refused.contains(target.as_str()) {
                    errors.push(DispatcherError::Alias { alias, target });
                }
                continue;
            };
            if functions.contains_key(&alias) {
                errors.push(DispatcherError::Duplicate(alias));
                continue;
            }
            functions.insert(alias, registered);
        }
        if let Some(secret) = &self.confirmation_secret {
            // White space around a secret makes it no harder to guess.
            let length = secret.expose_secret().trim().chars().count();
            if length < SHORTEST_SECRET {
                errors.push(DispatcherError::ShortSecret(length));
            }
        }
        let confirmations = match Confirmations::new(self.confirmation_secret.as_ref()) {
            Ok(confirmations) if errors.is_empty() => confirmations,
            Ok(_) => return Err(errors),
            Err(error) => {
                errors.push(DispatcherError::Random(error.to_string()));
                return Err(errors);
            }
        };
        Ok(Dispatcher {
            functions,
            manifest: Manifest::new(entries),
            in_flight: InFlight::default(),
            confirmations,
            audit: self.audit,
            live: self.live.unwrap_or_else(LiveFeed::off),
            waiting: Semaphore::new(self.waiting_reads.unwrap_or(WAITING_READS).min(Semaphore::MAX_PERMITS)),
            unknown: ToolFigures::of("_unknown"),
        })
    }
}

fn check_name(name: &str) -> Result<(), DispatcherError> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if fits { Ok(()) } else { Err(DispatcherError::Name(name.to_owned())) }
}

/// What a function says of itself that it cannot mean.
fn check_spec(name: &'static str, spec: &Spec) -> impl Iterator<Item = DispatcherError> {
    let is_mute = spec.description().trim().is_empty();
    let problems = [
        is_mute.then_some(DispatcherError::Description(name)),
        spec.time_limit().filter(Duration::is_zero).map(|_| DispatcherError::Deadline(name)),
        spec.cap().filter(|cap| *cap == 0).map(|_| DispatcherError::Cap(name)),
    ];
    problems.into_iter().flatten()
}

/// A wrong name would do nothing, and the argument would be offered where nothing serves it.
fn check_arguments(name: &'static str, spec: &Spec, schema: &Value) -> Result<(), DispatcherError> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_there = |argument| properties.is_some_and(|properties| properties.contains_key(argument));
    match spec.conditional_arguments().find(|argument| !is_there(*argument)) {
        Some(argument) => Err(DispatcherError::Argument { function: name, argument }),
        None => Ok(()),
    }
}

/// The first thing that a function needs and that is not served. Without a CRM everything counts as served.
fn unmet(spec: &Spec, served: Option<&Served>) -> Option<Need> {
    let served = served?;
    spec.all_needs().iter().copied().find(|need| !served.has(*need))
}

fn remove_argument(schema: &mut Value, argument: &str) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove(argument);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != argument);
    }
}

/// The schema as a model is shown it, with the argument for a confirmation where one may be asked for.
fn parameters_of(name: &'static str, spec: &Spec, schema: Value) -> Result<Value, DispatcherError> {
    let mut schema = one_object(schema);
    let Some(fields) = schema.as_object_mut() else { return Err(DispatcherError::Schema(name)) };
    if fields.get("type").and_then(Value::as_str) != Some("object") {
        return Err(DispatcherError::Schema(name));
    }
    // Noise to a model.
    fields.retain(|key, _| key != "$schema" && key != "title");
    if spec.asks_for_confirmation() {
        // Arguments that contain themselves do not contain the confirmation.
        let mut inner = fields.clone();
        inner.remove("$defs");
        if point_to_inner(fields) {
            point_to_inner(&mut inner);
            if let Some(shared) = fields.entry("$defs").or_insert_with(|| json!({})).as_object_mut() {
                shared.insert(INNER.to_owned(), Value::Object(inner));
            }
        }
        let properties = fields.entry("properties").or_insert_with(|| json!({}));
        let Some(properties) = properties.as_object_mut() else { return Err(DispatcherError::Schema(name)) };
        let description = "Leave it out at first. When the answer asks for a confirmation and the caller agrees, \
                           call again with the same arguments and the confirmation from the answer.";
        let argument = json!({ "type": ["string", "null"], "description": description });
        if properties.insert(confirmation::ARGUMENT.to_owned(), argument).is_some() {
            return Err(DispatcherError::Confirmation(name));
        }
    }
    if spec.takes_occurrence() {
        let properties = fields.entry("properties").or_insert_with(|| json!({}));
        let Some(properties) = properties.as_object_mut() else { return Err(DispatcherError::Schema(name)) };
        let description = "Leave it out. Only when the caller wants one more of exactly the same: 2 for the second, 3 \
                           for the third.";
        let argument = json!({ "type": ["integer", "null"], "description": description });
        if properties.insert(request::OCCURRENCE.to_owned(), argument).is_some() {
            return Err(DispatcherError::Occurrence(name));
        }
    }
    Ok(schema)
}

/// The name under which arguments that contain themselves are found.
const INNER: &str = "arguments";

/// Makes every reference to the whole schema one to its inner form; true if there was one.
fn point_to_inner(fields: &mut Map<String, Value>) -> bool {
    let mut any = false;
    for (key, value) in fields.iter_mut() {
        if key == "$ref" && value == "#" {
            *value = format!("#/$defs/{INNER}").into();
            any = true;
        }
        any |= point_to_inner_in(value);
    }
    any
}

fn point_to_inner_in(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => point_to_inner(fields),
        Value::Array(items) => items.iter_mut().fold(false, |any, item| point_to_inner_in(item) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

impl fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherBuilder").field("functions", &self.functions.len()).finish_non_exhaustive()
    }
}
