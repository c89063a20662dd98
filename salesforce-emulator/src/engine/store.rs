//! Rows in memory: tables, their indexes, and an undo log that makes a group of writes one.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::schema::{Field, ObjectType, Schema, Trait, column, fold};

/// All tables of the org.
#[derive(Clone)]
pub(crate) struct Store {
    tables: Vec<Table>,
    undo: Vec<Undo>,
}

/// The rows of one object; a record's serial number is its place, counted from one.
#[derive(Clone)]
struct Table {
    rows: Vec<Option<Row>>,
    live: usize,
    /// How many columns a row has.
    width: usize,
    /// For each indexed column, the serials by folded value.
    indexes: HashMap<usize, HashMap<String, BTreeSet<u32>>>,
}

/// One record's values, one per field of its object.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) values: Vec<Value>,
    pub(crate) deleted: bool,
}

/// What a row was before a write.
#[derive(Clone)]
struct Undo {
    object: usize,
    serial: u32,
    before: Option<Row>,
}

/// A point in the undo log to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Savepoint(usize);

impl Store {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { tables: schema.objects().iter().map(Table::new).collect(), undo: Vec::new() }
    }

    /// The serial number that the next record of the object will have.
    pub(crate) fn next_serial(&self, object: usize) -> u32 {
        u32::try_from(self.tables[object].rows.len()).unwrap_or(u32::MAX - 1) + 1
    }

    pub(crate) fn insert(&mut self, object: usize, values: Vec<Value>) -> u32 {
        let serial = self.next_serial(object);
        self.tables[object].rows.push(None);
        self.put(object, serial, Row { values, deleted: false });
        serial
    }

    /// Replaces a row and remembers what it was.
    pub(crate) fn put(&mut self, object: usize, serial: u32, row: Row) {
        let before = self.tables[object].exchange(serial, Some(row));
        self.undo.push(Undo { object, serial, before });
    }

    pub(crate) fn row(&self, object: usize, serial: u32) -> Option<&Row> {
        self.tables[object].rows.get(place(serial)?)?.as_ref()
    }

    /// The serials of the live rows, oldest first.
    pub(crate) fn live(&self, object: usize) -> impl Iterator<Item = (u32, &Row)> {
        (1_u32..).zip(&self.tables[object].rows).filter_map(|(serial, row)| match row {
            Some(row) if !row.deleted => Some((serial, row)),
            _ => None,
        })
    }

    /// Gives every row of an object one more column with the default of its field.
    pub(crate) fn add_column(&mut self, object: usize, field: &Field) {
        let table = &mut self.tables[object];
        let at = table.width;
        for row in table.rows.iter_mut().flatten() {
            row.values.push(field.default.clone());
        }
        table.width = at + 1;
        if field.has(Trait::Indexed) {
            // Only fields without a default are indexed, so that the index begins empty.
            table.indexes.insert(at, HashMap::new());
        }
    }

    /// Every row, the deleted ones too, oldest first.
    pub(crate) fn all(&self, object: usize) -> impl Iterator<Item = (u32, &Row)> {
        (1_u32..).zip(&self.tables[object].rows).filter_map(|(serial, row)| Some((serial, row.as_ref()?)))
    }

    pub(crate) fn live_count(&self, object: usize) -> usize {
        self.tables[object].live
    }

    /// The live rows whose indexed column has this text, compared as the org does;
    /// `None` if the column has no index.
    pub(crate) fn lookup(&self, object: usize, column: usize, text: &str) -> Option<Vec<u32>> {
        let index = self.tables[object].indexes.get(&column)?;
        Some(index.get(&fold(text)).map(|found| found.iter().copied().collect()).unwrap_or_default())
    }

    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint(self.undo.len())
    }

    pub(crate) fn roll_back(&mut self, to: Savepoint) {
        while self.undo.len() > to.0 {
            if let Some(Undo { object, serial, before }) = self.undo.pop() {
                self.tables[object].exchange(serial, before);
            }
        }
    }

    /// Forgets how to undo; what was written stays.
    pub(crate) fn commit(&mut self) {
        self.undo.clear();
    }
}

impl Table {
    fn new(object: &ObjectType) -> Self {
        let indexes = (0..object.fields.len())
            .filter(|at| object.fields[*at].has(Trait::Indexed))
            .map(|at| (at, HashMap::new()))
            .collect();
        Self { rows: Vec::new(), live: 0, width: object.fields.len(), indexes }
    }

    fn exchange(&mut self, serial: u32, after: Option<Row>) -> Option<Row> {
        let slot = self.rows.get_mut(place(serial)?)?;
        let before = std::mem::replace(slot, after);
        let old = before.as_ref().filter(|row| !row.deleted);
        let new = slot.as_ref().filter(|row| !row.deleted);
        self.live = self.live + usize::from(new.is_some()) - usize::from(old.is_some());
        for (column, index) in &mut self.indexes {
            let (old, new) = (key(old, *column), key(new, *column));
            if old == new {
                continue;
            }
            if let Some(old) = old
                && let Some(found) = index.get_mut(&old)
            {
                found.remove(&serial);
                if found.is_empty() {
                    index.remove(&old);
                }
            }
            if let Some(new) = new {
                index.entry(new).or_default().insert(serial);
            }
        }
        before
    }
}

fn key(row: Option<&Row>, column: usize) -> Option<String> {
    match row?.values.get(column)? {
        Value::Null => None,
        Value::String(text) => Some(fold(text)),
        other => Some(other.to_string()),
    }
}

fn place(serial: u32) -> Option<usize> {
    usize::try_from(serial).ok()?.checked_sub(1)
}

impl Row {
    /// Marks the row as deleted at an instant, in its own columns too.
    pub(crate) fn into_deleted(mut self, now: String) -> Self {
        self.deleted = true;
        self.values[column::LAST_MODIFIED_DATE] = Value::from(now.as_str());
        self.values[column::SYSTEM_MODSTAMP] = Value::from(now);
        self.values[column::IS_DELETED] = Value::Bool(true);
        self
    }
}
