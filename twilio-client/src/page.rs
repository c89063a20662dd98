//! Lists: one way through the three ways in which Twilio pages.
//!
//! The API of 2010 names the next page by `next_page_uri`, its successors by `meta.next_page_url`, and the
//! newest give `meta.nextToken`. A link is followed only to where the list came from.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use voice_crm_rest::Next;

use crate::client::Client;
use crate::request::Request;
use crate::service::Twilio;

/// A list, read page by page.
///
/// ```no_run
/// # async fn run(client: twilio_client::Client) -> twilio_client::error::Result<()> {
/// let mut pages = client.calls().list().page_size(100).pages();
/// while let Some(page) = pages.next_page().await? {
///     println!("{} calls", page.len());
/// }
/// # Ok(())
/// # }
/// ```
pub type Pages<T> = voice_crm_rest::Pages<Twilio, T>;

/// The pages that this request begins.
pub(crate) fn pages<T: DeserializeOwned>(client: &Client, request: &Request) -> Pages<T> {
    let (hosts, product) = (client.hosts().clone(), request.product_of());
    client.loop_of().pages(client.to_rest(request), move |answer| {
        let mut page: Map<String, Value> = answer.json()?;
        let next = match next(&page) {
            // Where it leads elsewhere it stays as it is, and is not followed.
            Next::Link(link) => Next::Link(hosts.rebased(product, &link).unwrap_or(link)),
            next => next,
        };
        let items = items(&mut page).map_or(Value::Null, Value::Array);
        let items = serde_json::from_value(items).map_err(|error| answer.not_this_json(&error))?;
        Ok((items, next))
    })
}

fn next(page: &Map<String, Value>) -> Next {
    let text =
        |fields: Option<&Map<String, Value>>, name: &str| match fields.and_then(|fields| fields.get(name)) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
    let meta = page.get("meta").and_then(Value::as_object);
    match text(Some(page), "next_page_uri").or_else(|| text(meta, "next_page_url")) {
        Some(link) => Next::Link(link),
        None => Next::token("pageToken", text(meta, "nextToken")),
    }
}

/// The items stand under the key that `meta` names, or else under the only key with an array.
fn items(page: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let named = page.get("meta").and_then(|meta| meta.get("key")).and_then(Value::as_str).map(str::to_owned);
    let key = match named {
        Some(key) => key,
        None => page.iter().find(|(_, value)| value.is_array())?.0.clone(),
    };
    match page.remove(&key)? {
        Value::Array(items) => Some(items),
        _ => None,
    }
}
