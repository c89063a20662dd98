//! What the web server in front of the org refuses before the API sees it: an HTML page, not the org's errors.

use http::request::Parts;

use crate::http::{Answer, percent};

/// The refusal of a head that is too long or whose URI cannot be read.
pub(super) fn refusal(parts: &Parts) -> Option<Answer> {
    let uri = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let headers = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + SEPARATORS);
    if uri.len() > MAX_HEAD {
        Some(page(414, "URI Too Long"))
    } else if uri.len() + headers.sum::<usize>() > MAX_HEAD {
        Some(page(431, "Request Header Fields Too Large"))
    } else if !percent::is_well_formed(uri) {
        Some(page(400, "Bad URI"))
    } else {
        None
    }
}

fn page(status: u16, reason: &str) -> Answer {
    let page = format!("<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>");
    Answer::html(status, page).header("connection", "close")
}

/// A colon, a blank and the end of the line.
const SEPARATORS: usize = 4;
/// See Salesforce, "API Request Limits and Allocations".
const MAX_HEAD: usize = 16_384;
