//! A fault as it is asked for in JSON.

use std::time::Duration;

use salesforce_emulator::{AfterStall, Fault, OAuthError, Org, Refusal, Scope};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refused;

/// Which fault, where, and for how long: `times` requests, or until it is released.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultOrder {
    fault: Kind,
    #[serde(default)]
    endpoint: Endpoint,
    times: Option<usize>,
    scope: Option<For>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Endpoint {
    #[default]
    Api,
    Token,
    Streaming,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum For {
    Record(String),
    Object(String),
    User(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Kind {
    UnavailableBeforeWrite,
    UnavailableAfterWrite,
    /// Milliseconds without an answer, after which the request is carried out.
    StallMs(u64),
    /// Milliseconds without an answer, after which nothing is done.
    StallInVainMs(u64),
    SilenceAfterWrite,
    CutBeforeWrite,
    CutAfterWrite,
    ConcurrentRequestLimit,
    DailyLimit,
    RowLock,
    TokenExpired,
    #[serde(rename = "html_502")]
    Html502,
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    Oauth {
        #[serde(default = "bad_request")]
        status: u16,
        error: String,
        description: Option<String>,
    },
}

/// The status that most refusals of the token endpoint have.
fn bad_request() -> u16 {
    400
}

impl FaultOrder {
    /// Plans the fault; one that holds is named by an id.
    pub(super) fn place(self, org: &Org) -> Result<Value, Refused> {
        let Self { fault, endpoint, times, scope } = self;
        let (fault, faults) = (Fault::from(fault), org.faults());
        let id = match (endpoint, times, scope) {
            (_, Some(_), Some(_)) => {
                return Err(Refused::bad(
                    "A fault with a scope holds until it is released: leave out times.",
                ));
            }
            (Endpoint::Token | Endpoint::Streaming, None, Some(_)) => {
                return Err(Refused::bad("Only faults of the API have a scope."));
            }
            (Endpoint::Api, Some(times), None) => {
                faults.next(times, fault);
                return Ok(json!({}));
            }
            (Endpoint::Token, Some(times), None) => {
                faults.next_token(times, fault);
                return Ok(json!({}));
            }
            (Endpoint::Streaming, Some(times), None) => {
                faults.next_streaming(times, fault);
                return Ok(json!({}));
            }
            (Endpoint::Api, None, scope) => {
                org.hold_fault(scope.map_or(Scope::Everything, Scope::from), fault)?
            }
            (Endpoint::Token, None, None) => faults.hold_token(fault),
            (Endpoint::Streaming, None, None) => faults.hold_streaming(fault),
        };
        Ok(json!({ "id": id.to_string() }))
    }
}

impl From<For> for Scope {
    fn from(given: For) -> Self {
        match given {
            For::Record(id) => Self::Record(id),
            For::Object(name) => Self::Object(name),
            For::User(name) => Self::User(name),
        }
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        let stall = |lasting, then| Self::Stall { lasting: Duration::from_millis(lasting), then };
        match kind {
            Kind::UnavailableBeforeWrite => Self::Unavailable503BeforeWrite,
            Kind::UnavailableAfterWrite => Self::Unavailable503AfterWrite,
            Kind::StallMs(lasting) => stall(lasting, AfterStall::Write),
            Kind::StallInVainMs(lasting) => stall(lasting, AfterStall::Nothing),
            Kind::SilenceAfterWrite => Self::SilenceAfterWrite,
            Kind::CutBeforeWrite => Self::CutBeforeWrite,
            Kind::CutAfterWrite => Self::CutAfterWrite,
            Kind::ConcurrentRequestLimit => Self::ConcurrentRequestLimit,
            Kind::DailyLimit => Self::DailyLimit,
            Kind::RowLock => Self::RowLock,
            Kind::TokenExpired => Self::TokenExpired,
            Kind::Html502 => Self::Html502,
            Kind::Refused { status, code, message } => Self::Refused(Refusal::new(status, code, message)),
            Kind::Oauth { status, error, description } => Self::OAuth(OAuthError::Other {
                status,
                error: error.into(),
                description: description.map(Into::into),
            }),
        }
    }
}
