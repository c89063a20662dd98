//! A job that reads records: what the query found, and its rows as a table.

use std::sync::Arc;

use serde_json::Value;

use super::Job;
use crate::{
    csv,
    engine::Engine,
    number,
    soql::{Plan, View},
};

/// A query whose rows are fetched as tables.
pub(crate) struct QueryJob {
    pub(crate) job: Job,
    pub(crate) plan: Arc<Plan>,
    pub(crate) serials: Vec<u32>,
}

impl QueryJob {
    /// The job as clients see it.
    pub(crate) fn info(&self) -> Value {
        let mut info = self.job.info();
        info["jobType"] = "V2Query".into();
        info["numberRecordsProcessed"] = self.serials.len().into();
        for name in ["retries", "totalProcessingTime"] {
            info[name] = 0.into();
        }
        info["isPkChunkingSupported"] = true.into();
        info
    }

    /// Some of the rows under a header; and how many they are.
    pub(crate) fn table(&self, engine: &Engine, from: usize, count: usize) -> (String, usize) {
        let (format, version) = (self.job.format, format!("{}.0", self.job.version));
        let view = View::new(engine, &version);
        let Some(projection) = &self.plan.projection else { return (String::new(), 0) };
        let columns = projection.columns();
        let mut text = String::new();
        csv::write(&mut text, columns.iter().map(|path| path.join(".")), format.delimiter, format.end());
        let mut shown = 0;
        for serial in self.serials.iter().skip(from).take(count) {
            shown += 1;
            let Some(row) = engine.store.row(self.plan.object, *serial) else { continue };
            let record = view.record(self.plan.object, row, projection);
            let values = columns.iter().map(|path| {
                let value = path.iter().fold(&record, |value, name| &value[name.as_str()]);
                match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => number::json(other),
                }
            });
            csv::write(&mut text, values, format.delimiter, format.end());
        }
        (text, shown)
    }
}
