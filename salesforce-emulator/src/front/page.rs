//! GET /: what the org holds and what was asked of it, for a person to look at.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Front, lock};
use crate::{engine::Engine, http::Answer, markup::escape, schema::ObjectType, traffic::RequestLog};

impl Front {
    /// The page. It shows field values, and is as private as the loopback address it is served on.
    pub(super) fn page(&self) -> Answer {
        let (requests, calls) = {
            let traffic = lock(&self.traffic);
            (traffic.requests(), traffic.used)
        };
        let engine = lock(&self.engine);
        let objects: String =
            (0..engine.schema.objects().len()).map(|object| table(&engine, object)).collect();
        let latest: String = requests.iter().rev().take(SHOWN).map(line).collect();
        Answer::html(
            200,
            format!(
                "<!doctype html><html lang=en><meta charset=utf-8><title>Salesforce emulator</title><style>{STYLE}</style>\
                 <h1>Salesforce emulator</h1><p>{calls} of {} API calls used today.</p>\
                 <h2>Last requests</h2><table><tr><th>#<th>Method<th>Path<th>Status<th>Subrequests<th>Fault</tr>{latest}\
                 </table><h2>Records</h2>{objects}</html>",
                self.daily_calls
            ),
        )
    }
}

fn line(request: &RequestLog) -> String {
    let status = request.status.map_or_else(|| "cut".to_owned(), |status| status.to_string());
    let fault = request.fault.as_ref().map_or_else(String::new, |fault| format!("{fault:?}"));
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{status}<td>{}<td>{}</tr>",
        request.seq,
        escape(&request.method),
        escape(&request.path_template),
        request.subrequests,
        escape(&fault)
    )
}

/// The newest records of an object that has any.
fn table(engine: &Engine, object: usize) -> String {
    let known = engine.schema.object(object);
    let count = engine.store.live_count(object);
    if count == 0 {
        return String::new();
    }
    let skipped = count.saturating_sub(SHOWN);
    let rows: Vec<_> =
        engine.store.live(object).skip(skipped).map(|(_, row)| engine.whole(object, row)).collect();
    let columns: Vec<&str> = names(known)
        .filter(|name| rows.iter().any(|row| row.get(*name).is_some_and(|value| !value.is_null())))
        .collect();
    let mut table = format!("<details><summary>{} ({count})</summary><table><tr>", escape(&known.name));
    for name in &columns {
        let _ = write!(table, "<th>{}", escape(name));
    }
    for row in rows.iter().rev() {
        table.push_str("</tr><tr>");
        for name in &columns {
            let _ = write!(table, "<td>{}", escape(&shown(row.get(*name))));
        }
    }
    table.push_str("</tr></table></details>");
    table
}

/// The fields worth a column: all but those the org keeps for itself.
fn names(object: &ObjectType) -> impl Iterator<Item = &str> {
    let own = ["IsDeleted", "CreatedById", "LastModifiedById", "SystemModstamp", "OwnerId"];
    object.fields.iter().map(|field| field.name.as_str()).filter(move |name| !own.contains(name))
}

fn shown(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

const SHOWN: usize = 50;
const LONGEST: usize = 80;
const STYLE: &str = "body{font:14px system-ui;margin:2em}table{border-collapse:collapse}\
    td,th{border:1px solid #ccc;padding:2px 8px;text-align:left}summary{cursor:pointer;margin:.5em 0}";
