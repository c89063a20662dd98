//! `GET /sobjects/{object}/{id}` with `If-Modified-Since`

use std::fmt;
use std::time::Instant;

use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::de::DeserializeOwned;

use super::GetRecord;
use crate::call::Pending;
use crate::error::{Error, Result};
use crate::request::Request;

/// Reads a record unless it is as it was; then it gives `None`.
///
/// See \[Salesforce/Conditional Request Headers\].
#[must_use = "a call does nothing until it is awaited"]
pub struct GetIfModified<'a, T>(pub(super) GetRecord<'a, T>);

impl<T: DeserializeOwned> GetIfModified<'_, T> {
    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for GetIfModified<'a, T> {
    type Output = Result<Option<T>>;
    type IntoFuture = Pending<'a, Option<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let answer = self.0.call.send().await?;
            if answer.status == StatusCode::NOT_MODIFIED { Ok(None) } else { answer.json().map(Some) }
        })
    }
}

impl<T> fmt::Debug for GetIfModified<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GetIfModified").field(&self.0).finish()
    }
}

/// Asks for an answer only if something changed since then, to the second.
pub(crate) fn if_modified_since(request: Request, since: Timestamp) -> Result<Request> {
    let outside = |_| Error::invalid("the moment is outside the years that HTTP can write");
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&since).map_err(outside)?;
    let date = HeaderValue::try_from(date).map_err(|_| Error::invalid("the moment cannot be written"))?;
    Ok(request.header(header::IF_MODIFIED_SINCE, date))
}
