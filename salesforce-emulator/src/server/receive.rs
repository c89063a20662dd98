//! Reads the body of a request: whole, or as a form whose files go to disk when they are large.

use bytes::Buf as _;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::Value;

use super::{
    Cut,
    multipart::{Piece, Splitter},
};
use crate::{
    blob::Arriving,
    error::{ApiError, Code},
    http::{Form, Payload, without_mark},
};

/// Reads a body, or tells why it is refused; the error is a client that hung up in the middle.
pub(super) async fn receive(
    headers: &HeaderMap,
    path: &str,
    body: Incoming,
) -> Result<Result<Payload, ApiError>, Cut> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match content_type.and_then(Splitter::new) {
        Some(splitter) => form(splitter, body).await,
        None => whole(path, body).await,
    }
}

async fn whole(path: &str, body: Incoming) -> Result<Result<Payload, ApiError>, Cut> {
    let most = if path.contains("/jobs/ingest/") { MAX_TABLE } else { MAX_BODY };
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(Ok(Payload::Bytes(body.to_bytes()))),
        Err(error) if error.is::<LengthLimitError>() => Ok(Err(too_large(most))),
        Err(_) => Err(Cut),
    }
}

async fn form(mut splitter: Splitter, body: Incoming) -> Result<Result<Payload, ApiError>, Cut> {
    let mut body = Limited::new(body, MAX_FORM);
    let mut reading = Reading::default();
    let mut outcome = Ok(());
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if error.is::<LengthLimitError>() => return Ok(Err(too_large(MAX_FORM))),
            Err(_) => return Err(Cut),
        };
        let Ok(mut data) = frame.into_data() else { continue };
        // A form that is refused is still read to its end, so that the answer can be.
        if outcome.is_ok() {
            splitter.feed(&data.copy_to_bytes(data.remaining()));
            outcome = reading.go_on(&mut splitter).await;
        }
    }
    Ok(outcome.and_then(|()| reading.finish()).map(Payload::Form))
}

/// A form, as far as it has arrived.
#[derive(Default)]
struct Reading {
    form: Form,
    part: Option<Part>,
    ended: bool,
}

struct Part {
    name: String,
    is_file: bool,
    bytes: Arriving,
}

impl Reading {
    async fn go_on(&mut self, splitter: &mut Splitter) -> Result<(), ApiError> {
        while !self.ended {
            match splitter.next().map_err(|_| malformed())? {
                None => return Ok(()),
                Some(Piece::Begin(headers)) => self.part = Some(Part::new(&headers)),
                Some(Piece::Data(bytes)) => {
                    let part = self.part.as_mut().ok_or_else(malformed)?;
                    part.bytes.add(&bytes).await.map_err(|_| full())?;
                }
                Some(Piece::Done) => {
                    let part = self.part.take().ok_or_else(malformed)?;
                    self.keep(part).await?;
                }
                Some(Piece::End) => self.ended = true,
            }
        }
        Ok(())
    }

    async fn keep(&mut self, part: Part) -> Result<(), ApiError> {
        let blob = part.bytes.finish().await.map_err(|_| full())?;
        if part.is_file {
            self.form.files.push((part.name, blob));
            return Ok(());
        }
        let text = blob.to_bytes().map_err(|_| full())?;
        let value: Value = serde_json::from_slice(without_mark(&text)).map_err(|_| malformed())?;
        self.form.fields = value.as_object().cloned().ok_or_else(malformed)?;
        Ok(())
    }

    fn finish(self) -> Result<Form, ApiError> {
        if self.ended { Ok(self.form) } else { Err(malformed()) }
    }
}

impl Part {
    /// A part with a file name is a file; the other is the record.
    fn new(headers: &str) -> Self {
        let disposition = headers.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        });
        let parameter = |wanted: &str| {
            disposition.unwrap_or_default().split(';').find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        Self {
            name: parameter("name").unwrap_or_default(),
            is_file: parameter("filename").is_some(),
            bytes: Arriving::default(),
        }
    }
}

fn malformed() -> ApiError {
    ApiError::new(
        Code::InvalidMultipart,
        "The multipart body cannot be read: it needs a JSON part and a file part",
    )
}

fn full() -> ApiError {
    ApiError::new(Code::ServerUnavailable, "The file cannot be kept")
}

fn too_large(most: usize) -> ApiError {
    let message = format!("The request body is larger than {} MB", most / (1024 * 1024));
    ApiError::new(Code::RequestTooLarge, message)
}

const MAX_BODY: usize = 50 * 1024 * 1024;
const MAX_TABLE: usize = 150 * 1024 * 1024;
const MAX_FORM: usize = 2 * 1024 * 1024 * 1024;
