//! A form of two parts, JSON and bytes, that is sent as `multipart/form-data`.

use std::fmt::Write;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::transport::BodySource;

/// What the two parts are called.
pub(crate) struct Names {
    pub(crate) json: &'static str,
    pub(crate) bytes: &'static str,
    /// What the second part is, and the name of its file.
    pub(crate) kind: &'static str,
    pub(crate) file: &'static str,
}

/// The form, and its content type.
pub(crate) fn form(
    names: &Names,
    json: &impl Serialize,
    bytes: BodySource,
) -> Result<(BodySource, HeaderValue)> {
    let mark = boundary();
    let (before, after) = around(&mark, names, json)?;
    let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={mark}"))
        .map_err(|_| Error::invalid("the form's header cannot be written"))?;
    Ok((bytes.between(before, after), kind))
}

/// A line that nothing contains but by a chance of one in 2^128.
fn boundary() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// What stands before and after the bytes.
fn around(mark: &str, names: &Names, json: &impl Serialize) -> Result<(Bytes, Bytes)> {
    let json = serde_json::to_string(json).map_err(|_| Error::invalid("the fields cannot be written"))?;
    let Names { json: first, bytes: second, kind, file } = names;
    let mut before = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        before,
        "--{mark}\r\nContent-Disposition: form-data; name=\"{first}\"\r\n\
         Content-Type: application/json\r\n\r\n{json}\r\n\
         --{mark}\r\nContent-Disposition: form-data; name=\"{second}\"; filename=\"{file}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    Ok((before.into(), format!("\r\n--{mark}--\r\n").into()))
}
