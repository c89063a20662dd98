//! The data dip: what a flow designer (Webex, Studio) asks over HTTP while a call is on, and tells when it is over.
//!
//! `GET …/caller?ani=+14155550142` answers one flat JSON object, always with status 200 and within its budget, so
//! that a flow needs no branch for errors: `matched` is false where nobody was found or nobody could be asked, and
//! `status` says which. `POST …/calls/{id}/comment` with `{"case": "500…", "comment": "…"}` puts a comment on a
//! case, once for a call and a text.

use std::fmt;

use http::{HeaderValue, header::WWW_AUTHENTICATE};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use vapi_types::{
    webhook::{ConfigError, Verifier},
    without_lone_surrogates,
};

use super::{
    Answered, Arrival, Channel, DecodeError, Decoded, Incoming, Reply, Verdict, VerifyError, WebhookHead,
    WebhookRequest,
};
use crate::{
    call::{Call, CallId, Platform},
    caller::Caller,
    crm::RecordRef,
    phone::Region,
    screen_pop::ScreenPop,
};

/// What flows are called as a platform: they name calls by ids of their own.
const NAME: Platform = Platform::new("data-dip");

/// How long a name is at most that a flow is told, in characters: what a CRM takes as one.
const LONGEST_NAME: usize = 255;
/// How long a number or a word of a list is at most.
const LONGEST_WORD: usize = 40;

/// The endpoints of the data dip, protected by a bearer token.
#[derive(Clone)]
pub struct DataDip {
    verifier: Verifier,
}

/// A comment that a flow leaves.
#[derive(Deserialize)]
struct Comment {
    case: String,
    comment: String,
}

impl DataDip {
    /// Open to whoever sends `Authorization: Bearer` with this token, of at least 16 characters.
    ///
    /// # Errors
    /// [`ConfigError::ShortSecret`], or [`ConfigError::EmptySecret`] for one of white space.
    pub fn new(token: &str) -> Result<Self, ConfigError> {
        Ok(Self { verifier: Verifier::bearer(token)? })
    }

    /// Open to another token as well, while tokens are rotated.
    ///
    /// # Errors
    /// As [`DataDip::new`].
    pub fn or(self, token: &str) -> Result<Self, ConfigError> {
        Ok(Self { verifier: self.verifier.also_accept(token)? })
    }
}

impl fmt::Debug for DataDip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataDip").finish_non_exhaustive()
    }
}

impl Channel for DataDip {
    fn name(&self) -> &'static str {
        "data-dip"
    }

    fn takes(&self, method: &str, below: &str) -> bool {
        match method {
            "GET" => below == "/caller",
            "POST" => call_id(below).is_some(),
            _ => false,
        }
    }

    fn screen(&self, head: &WebhookHead<'_>, now: Timestamp) -> Result<(), VerifyError> {
        self.verifier.screen(head.header, now).map_err(|error| VerifyError::new(error.reason()))
    }

    fn proof_headers(&self) -> Vec<&str> {
        self.verifier.headers()
    }

    fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, now: Timestamp) -> Verdict<'a> {
        self.screen(&request.head(), now).into()
    }

    fn reject(&self, _: &VerifyError) -> Reply {
        Reply::empty(401).header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    fn decode(&self, request: &WebhookRequest<'_>, home: Region) -> Result<Decoded, DecodeError> {
        let (path, query) = request.url.split_once('?').unwrap_or((request.url, ""));
        if request.method == "GET" {
            let ani = form(query, "ani");
            let call = Call::new(NAME.call("data-dip"), Caller::from_number(ani.as_deref(), home));
            return Ok(Decoded::new(Incoming::CallerQuery(call), |answered| match answered {
                Answered::Caller(arrival) => Reply::json(200, flat(&arrival).to_string()),
                _ => Reply::json(200, "{}"),
            }));
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let below = path.rfind("/calls/").map_or("", |at| &path[at..]);
        let call = call_id(below).ok_or_else(|| refused("the path names no call"))?;
        let Comment { case, comment } = std::str::from_utf8(&request.body)
            .ok()
            .and_then(|body| serde_json::from_str(&without_lone_surrogates(body)).ok())
            .ok_or_else(|| refused("the body must be a JSON object with the texts case and comment"))?;
        let is_case = case.starts_with("500") && matches!(case.len(), 15 | 18);
        if !is_case || !case.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
            return Err(refused("case must be the id of a case, which begins with 500"));
        }
        if comment.trim().is_empty() || comment.encode_utf16().count() > 4_000 {
            return Err(refused("comment must have between 1 and 4,000 characters"));
        }
        let incoming = Incoming::Comment { call, case: RecordRef::new(case), text: comment };
        Ok(Decoded::new(incoming, |_| Reply::json(202, r#"{"accepted":true}"#)))
    }
}

/// The call that a path below the channel's own names.
fn call_id(below: &str) -> Option<CallId> {
    let id = below.strip_prefix("/calls/")?.strip_suffix("/comment")?;
    let known = !id.is_empty()
        && id.len() <= 128
        && id.bytes().all(|letter| letter.is_ascii_graphic() && letter != b'/');
    known.then(|| id.into())
}

/// One flat object with every field always there, for a flow that reads `$.queue`.
fn flat(arrival: &Arrival<'_>) -> serde_json::Value {
    let (caller, route) = (arrival.caller, arrival.route);
    let one = caller.one();
    let record = one.and_then(|caller| caller.record()).map(RecordRef::as_str).unwrap_or_default();
    let case = one.and_then(|caller| caller.open_cases.first());
    let status = match (arrival.looked_up, caller.count()) {
        (false, _) => "unavailable",
        (true, 0) => "nobody",
        (true, 1) => "one",
        (true, _) => "several",
    };
    let account = caller.account();
    json!({
        "matched": one.is_some(),
        "count": caller.count(),
        "status": status,
        "name": one.map(|caller| caller.name.line(LONGEST_NAME)).unwrap_or_default(),
        "recordId": record,
        "contactId": one.and_then(|caller| caller.contact.as_ref()).map(RecordRef::as_str).unwrap_or_default(),
        "accountId": account.map(|account| account.account.as_str()).unwrap_or_default(),
        "accountName": account.map(|account| account.name.line(LONGEST_NAME)).unwrap_or_default(),
        "openCases": one.map_or(0, |caller| caller.open_cases.len()),
        "caseId": case.map(|case| case.case.as_str()).unwrap_or_default(),
        "caseNumber": case.map(|case| case.number.line(LONGEST_WORD)).unwrap_or_default(),
        "casePriority": case.and_then(|case| case.priority.as_ref()).map(|word| word.line(LONGEST_WORD)).unwrap_or_default(),
        "queue": route.queue,
        "priority": route.priority,
        "skills": route.skills.iter().map(String::as_str).collect::<Vec<_>>().join(","),
        "agentId": route.agent.as_ref().map(RecordRef::as_str).unwrap_or_default(),
        "greeting": route.greeting.as_deref().unwrap_or_default(),
        "rule": route.rule,
        "screenPop": ScreenPop::for_caller(caller, arrival.call.caller.number()).open_cti().to_string(),
    })
}

/// A value of a query.
fn form(query: &str, name: &str) -> Option<String> {
    let raw = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            // A plus sign at the start is that of the number, which few flows remember to encode.
            b'+' if bytes.is_empty() => b'+',
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn refused(sentence: &str) -> DecodeError {
    DecodeError { sentence: sentence.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_from_a_query_however_it_is_encoded() {
        for query in ["ani=%2B14155550142", "x=1&ani=+14155550142", "ani=%2b14155550142&y"] {
            assert_eq!(form(query, "ani").as_deref(), Some("+14155550142"), "{query}");
        }
        assert_eq!(form("ani=%2", "ani"), None);
        assert_eq!(form("anix=1", "ani"), None);
    }

    #[test]
    fn a_token_that_can_be_guessed_is_refused_and_told_what_to_do() {
        let refused = DataDip::new("fifteen-letters").unwrap_err();
        assert!(refused.to_string().contains("at least 16"), "{refused}");
        assert!(DataDip::new("a token of the usual length").unwrap().or("               x").is_err());
    }

    #[test]
    fn only_its_own_paths_are_taken() {
        let dip = DataDip::new("a token of the usual length").unwrap();
        assert!(dip.takes("GET", "/caller") && dip.takes("POST", "/calls/c-1/comment"));
        for (method, below) in [
            ("POST", "/caller"),
            ("GET", ""),
            ("GET", "/caller/x"),
            ("POST", "/calls//comment"),
            ("POST", "/calls/a/b/comment"),
        ] {
            assert!(!dip.takes(method, below), "{method} {below}");
        }
    }
}
