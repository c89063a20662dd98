//! `GET /sobjects/{object}/{id}/{field}`

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, Method, header};

use crate::call::{Call, Pending};
use crate::client::{Client, Opened, cut};
use crate::error::Result;
use crate::id::RecordId;
use crate::name;
use crate::request::Request;
use crate::resource::records;
use crate::transport::BodyStream;

/// Reads a blob field; awaited, it gives the [`Download`] once its first bytes are on their way.
///
/// See \[Salesforce/`sObject` Blob Get\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct GetBlob<'a>(Call<'a>);

impl<'a> GetBlob<'a> {
    pub(crate) fn new(client: &'a Client, object: &str, id: &RecordId, field: &str) -> Self {
        Self(Call::new(client, request(object, id, field)))
    }

    /// Gives up at this moment if the answer has not begun by then.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }
}

fn request(object: &str, id: &RecordId, field: &str) -> Result<Request> {
    let field = name::name("blob field", field)?;
    let below = records::by_id(Method::GET, object, id.as_str())?.below(field);
    Ok(below.header(header::ACCEPT, HeaderValue::from_static("*/*")))
}

impl<'a> IntoFuture for GetBlob<'a> {
    type Output = Result<Download>;
    type IntoFuture = Pending<'a, Download>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let opened = self.0.client.open(&self.0.request?, None, self.0.deadline).await?;
            Ok(Download::of(opened))
        })
    }
}

/// The bytes of a blob as they come. The first error ends them; a download that ends without one is whole.
#[must_use = "a stream does nothing until it is polled"]
pub struct Download(BodyStream);

impl Download {
    pub(crate) fn of(opened: Opened) -> Self {
        Self(opened.body)
    }

    /// Its length in bytes, when the org tells.
    pub fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(cx).map(|piece| piece.map(|piece| piece.map_err(cut)))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.0).finish()
    }
}
