//! The client of Vapi's API, from the environment: `VAPI_API_KEY`, and `VAPI_REGION` or `VAPI_URL` where it is not the
//! United States.

use vapi_types::client::{Client, Host};

/// The error is a sentence for the person who starts the program.
pub(crate) fn from_environment() -> Result<Client, String> {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let key =
        given("VAPI_API_KEY").ok_or("VAPI_API_KEY is not set; it is the private key of the organization")?;
    let host = match (given("VAPI_URL"), given("VAPI_REGION").as_deref()) {
        (Some(url), _) => Host::At(url.parse().map_err(|_| "VAPI_URL is not a URL")?),
        (None, Some("eu")) => Host::Eu,
        (None, None | Some("us")) => Host::Us,
        (None, Some(_)) => return Err("VAPI_REGION is us or eu".to_owned()),
    };
    Client::builder(key).host(host).build().map_err(|error| cause(&error))
}

/// An error with its causes in one sentence.
pub(crate) fn cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
