//! A recording as a `ContentVersion` of the task of its call, sent chunk by chunk.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use salesforce_client::{Client, RecordId, transport::BodySource};
use serde_json::{Map, Value};
use voice_crm_core::{
    crm::{CrmError, CrmErrorKind, JobKey, NewRecording, Receipt, RecordRef},
    recording::{Chunks, RecordingSource},
};

use super::conversation::is_absent;
use crate::failure::classify;

type Stream = BoxStream<'static, io::Result<Bytes>>;

/// Keeps a recording under its key, unless it is there.
pub(crate) async fn keep(
    client: &Client,
    key_field: &str,
    key: JobKey,
    recording: &NewRecording,
    source: &dyn RecordingSource,
    may_have_applied: bool,
) -> Result<Receipt, CrmError> {
    if may_have_applied && let Some(known) = find(client, key_field, "ContentVersion", key).await? {
        return Ok(receipt(&known));
    }
    let task = find(client, key_field, "Task", recording.log).await?;
    let task =
        task.ok_or_else(|| CrmError::new(CrmErrorKind::InProgress, "the call is not on record yet"))?;
    let stream = source.open(&recording.url).await.map_err(CrmError::from)?;
    let (largest, beyond) = (source.largest(), Arc::<AtomicBool>::default());
    if stream.length().is_some_and(|length| length > largest) {
        return Err(too_large());
    }
    let path = format!("recording.{}", stream.ending());
    let length = stream.length();
    let body = BodySource::new(length, opened_once(at_most(largest, stream.into_chunks(), beyond.clone())));
    let title = format!("Recording of call {}", recording.call);
    let title: String = title.chars().take(255).collect();
    let upload = client.files().upload(&path, body).title(&title).publish_at(&task);
    let made = upload.field(key_field, key.to_string()).await;
    match made {
        Ok(version) => Ok(receipt(&version)),
        Err(_) if beyond.load(Ordering::Relaxed) => Err(too_large()),
        Err(error) => Err(classify(error)),
    }
}

fn too_large() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "the recording is larger than it may be")
        .with_code("RECORDING_TOO_LARGE")
}

/// The chunks, which end with an error beyond so many bytes, and then `beyond` says so.
fn at_most(largest: u64, chunks: Box<dyn Chunks>, beyond: Arc<AtomicBool>) -> Stream {
    stream::try_unfold((chunks, largest, beyond), |(mut chunks, left, beyond)| async move {
        let Some(chunk) = chunks.next().await? else { return Ok(None) };
        let Some(left) = left.checked_sub(chunk.len() as u64) else {
            beyond.store(true, Ordering::Relaxed);
            return Err(io::Error::other("the recording is larger than it may be"));
        };
        Ok(Some((chunk, (chunks, left, beyond))))
    })
    .boxed()
}

/// What comes in can be passed on once; another attempt begins with fetching it anew.
fn opened_once(chunks: Stream) -> impl Fn() -> Stream {
    let chunks = Mutex::new(Some(chunks));
    move || {
        let taken = chunks.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| {
            stream::once(async { Err(io::Error::other("the recording was passed on before")) }).boxed()
        })
    }
}

async fn find(
    client: &Client,
    key_field: &str,
    object: &str,
    key: JobKey,
) -> Result<Option<RecordId>, CrmError> {
    let found = client.records(object).get_by::<Map<String, Value>>(key_field, &key.to_string());
    match found.fields(["Id"]).await.map_err(classify) {
        Ok(fields) => Ok(fields.get("Id").and_then(Value::as_str).and_then(|id| id.parse().ok())),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn receipt(version: &RecordId) -> Receipt {
    let object = Some("ContentVersion".to_owned());
    Receipt { record: Some(RecordRef::new(version.as_str())), object, ..Receipt::default() }
}
