//! The org's state machine: pure, synchronous, with its clock injected. It knows nothing of HTTP.

use std::{collections::HashMap, fmt, sync::Arc};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    audit::AuditEntry,
    blob::Blob,
    bulk::Jobs,
    error::{ApiError, Code},
    http::Classes,
    id::RecordId,
    schema::Schema,
};

mod body;
mod computed;
mod cursors;
mod customize;
mod delete;
mod draft;
mod duplicates;
mod feed;
mod files;
mod read;
mod record_types;
mod reference;
mod rules;
mod sight;
mod snapshot;
mod store;
mod troubles;
mod upsert;
mod value;
mod write;

pub(crate) use self::{
    cursors::{Cursor, Cursors},
    feed::{Feed, Notice},
    record_types::{RecordType, Whose},
    rules::Rules,
    sight::{BlindSpots, Withheld},
    snapshot::Snapshot,
    store::{Row, Store},
    troubles::{Troubles, locked},
    upsert::{Keyed, Upserted},
    value::{fits, parse_datetime, stamp},
};
use self::{draft::Draft, sight::Sight};

pub use self::rules::Operation;

/// The integration user, who is the first record of its object.
pub(crate) fn user() -> RecordId {
    RecordId::new(*b"005", 1)
}

/// Tells the time; the org asks nothing else for it.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A JSON object.
pub(crate) type Fields = Map<String, Value>;

/// Everything the org holds.
pub(crate) struct Engine {
    /// The objects and fields, as the user who asks sees them.
    pub(crate) schema: Arc<Schema>,
    pub(crate) store: Store,
    pub(crate) cursors: Cursors,
    pub(crate) jobs: Jobs,
    /// Writes to be told of by the Streaming API.
    pub(crate) feed: Feed,
    /// The user on whose behalf the org is asked.
    pub(crate) actor: RecordId,
    /// Whether the request may save what a duplicate rule would refuse.
    pub(crate) allow_duplicates: bool,
    /// When the org, and with it its schema, came to be.
    pub(crate) born: Timestamp,
    /// The number of the request being served, for the audit; zero while seeding.
    pub(crate) request: u64,
    audit: Vec<AuditEntry>,
    auto_numbers: HashMap<usize, u64>,
    blobs: HashMap<RecordId, Blob>,
    /// The file of the record being created, if it came beside it.
    arrived: Option<Blob>,
    pub(crate) rules: Rules,
    pub(crate) record_types: Vec<RecordType>,
    sight: Sight,
    /// Faults that single records meet.
    pub(crate) troubles: Troubles,
    /// Deployments of metadata, as they are told of.
    pub(crate) deployments: Vec<Value>,
    /// The classes that the Apex REST API serves.
    pub(crate) classes: Classes,
    clock: Clock,
    depth: usize,
}

impl Engine {
    pub(crate) fn new(schema: Schema, rules: Rules, clock: Clock) -> Self {
        let born = clock();
        Self {
            actor: user(),
            allow_duplicates: false,
            born,
            store: Store::new(&schema),
            schema: Arc::new(schema),
            cursors: Cursors::default(),
            jobs: Jobs::default(),
            feed: Feed::default(),
            request: 0,
            audit: Vec::new(),
            auto_numbers: HashMap::new(),
            blobs: HashMap::new(),
            arrived: None,
            rules,
            record_types: Vec::new(),
            sight: Sight::default(),
            troubles: Troubles::default(),
            deployments: Vec::new(),
            classes: Classes::default(),
            clock,
            depth: 0,
        }
    }

    /// Runs writes that take effect together or not at all.
    pub(crate) fn atomically<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let (savepoint, audited, told) = (self.store.savepoint(), self.audit.len(), self.feed.savepoint());
        self.depth += 1;
        let outcome = work(self);
        self.depth -= 1;
        if outcome.is_err() {
            self.store.roll_back(savepoint);
            self.audit.truncate(audited);
            self.feed.roll_back(told);
        }
        if self.depth == 0 {
            self.store.commit();
            self.tell();
        }
        outcome
    }

    /// The object a request names in its path.
    pub(crate) fn object_named(&self, name: &str) -> Result<usize, ApiError> {
        let found = self.object_named_anywhere(name)?;
        let known = self.schema.object(found);
        if known.is_tooling() || known.is_hidden { Err(ApiError::missing_resource()) } else { Ok(found) }
    }

    /// An object of the data API or of the Tooling API, whether the user sees it or not.
    pub(crate) fn object_named_anywhere(&self, name: &str) -> Result<usize, ApiError> {
        self.schema.find(name).ok_or_else(ApiError::missing_resource)
    }

    /// The serial of the live record that an id in a path names.
    pub(crate) fn locate(&self, object: usize, id: &str) -> Result<u32, ApiError> {
        let known = self.schema.object(object);
        let Some(parsed) = RecordId::parse(id) else {
            return Err(if matches!(id.len(), 15 | 18) {
                ApiError::new(Code::MalformedId, format!("malformed id {id}"))
            } else {
                ApiError::new(
                    Code::NotFound,
                    format!("Provided external ID field does not exist or is not accessible: {id}"),
                )
            });
        };
        if parsed.prefix() != known.prefix {
            let message = format!("{} ID: id value of incorrect type: {id}", known.label);
            return Err(ApiError::on_field(Code::MalformedId, message, "Id"));
        }
        self.check_read(object, Some(parsed))?;
        let found = parsed.serial().and_then(|serial| Some((serial, self.store.row(object, serial)?)));
        match found {
            Some((_, row)) if row.deleted => {
                Err(ApiError::new(Code::EntityIsDeleted, "entity is deleted").on_fields::<String>([]))
            }
            Some((serial, _)) => Ok(serial),
            None => Err(ApiError::missing_resource()),
        }
    }

    /// The live record an id anywhere in the org names.
    pub(crate) fn record(&self, id: &str) -> Option<(usize, &Row)> {
        let id = RecordId::parse(id)?;
        let object = self.schema.by_prefix(id.prefix())?;
        let row = self.store.row(object, id.serial()?)?;
        (!row.deleted).then_some((object, row))
    }

    pub(crate) fn id(&self, object: usize, serial: u32) -> RecordId {
        RecordId::new(self.schema.object(object).prefix, serial)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn audit(&self) -> &[AuditEntry] {
        &self.audit
    }

    pub(crate) fn forget_audit(&mut self) {
        self.audit.clear();
    }

    /// The bytes of a file's version.
    pub(crate) fn blob(&self, id: RecordId) -> Option<&Blob> {
        self.blobs.get(&id)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("request", &self.request).finish_non_exhaustive()
    }
}
