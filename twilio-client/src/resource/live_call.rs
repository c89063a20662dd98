//! What is started and stopped beside a call that goes on: recordings, streams, forks, transcriptions.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings/{RecordingSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Streams.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Streams/{StreamSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec/{SiprecSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Transcriptions.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Transcriptions/{TranscriptionSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/UserDefinedMessages.json`
//!
//! Whoever loses the race against a hang-up gets the error [`Gone`](crate::error::ErrorKind::Gone).

mod fork;
mod record;
mod transcribe;

use serde_json::Value;
use url::Url;

pub use self::fork::{Fork, ForkStatus, StartSiprec, StartStream};
pub(crate) use self::record::recording_controls;
pub use self::record::{PauseBehavior, StartRecording, WhichRecording};
pub use self::transcribe::{StartTranscription, Transcription};

use crate::ask;
use crate::client::Client;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::CallSid;

/// A call that goes on, from [`Client::live_call`].
#[derive(Clone, Debug)]
pub struct LiveCall<'a> {
    client: &'a Client,
    call: CallSid,
}

impl<'a> LiveCall<'a> {
    pub(crate) fn new(client: &'a Client, call: CallSid) -> Self {
        Self { client, call }
    }

    /// Begins to record.
    pub fn start_recording(&self) -> StartRecording<'a> {
        StartRecording::new(self.client, self.post(record::ALL, Form::new()))
    }

    recording_controls!(record::ONE);

    /// Sends a copy of the call's audio to a `wss` address.
    pub fn start_stream(&self, url: &Url) -> StartStream<'a> {
        let mut form = Form::new();
        form.set("Url", url.as_str());
        StartStream::new(self.client, self.post(fork::STREAMS, form))
    }

    /// Ends a stream, given by its identifier or its name.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn stop_stream(&self, stream: impl AsRef<str>) -> Result<Fork> {
        let request = self.stop(fork::STREAM).fill("StreamSid", stream.as_ref());
        ask::read(self.client, request).await
    }

    /// Sends a copy of the call's audio through a connector, by SIPREC.
    pub fn start_siprec(&self) -> StartSiprec<'a> {
        StartSiprec::new(self.client, self.post(fork::SIPRECS, Form::new()))
    }

    /// Ends a fork by SIPREC, given by its identifier or its name.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn stop_siprec(&self, siprec: impl AsRef<str>) -> Result<Fork> {
        let request = self.stop(fork::SIPREC).fill("SiprecSid", siprec.as_ref());
        ask::read(self.client, request).await
    }

    /// Begins to write down what is said.
    pub fn start_transcription(&self) -> StartTranscription<'a> {
        StartTranscription::new(self.client, self.post(transcribe::ALL, Form::new()))
    }

    /// Ends a transcription, given by its identifier or its name.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn stop_transcription(&self, transcription: impl AsRef<str>) -> Result<Transcription> {
        let request = self.stop(transcribe::ONE).fill("TranscriptionSid", transcription.as_ref());
        ask::read(self.client, request).await
    }

    /// Sends JSON to the Voice SDK client at the other end. With an idempotency key it is sent once, however
    /// often it is asked for.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn send_message(&self, content: &Value, idempotency_key: Option<&str>) -> Result<()> {
        let mut form = Form::new();
        form.set("Content", content.to_string());
        if let Some(key) = idempotency_key {
            form.set("IdempotencyKey", key);
        }
        let request = self.post(MESSAGES, form);
        let request = if idempotency_key.is_some() { request.repeatable() } else { request };
        self.client.execute(request).await.map(drop)
    }

    fn post(&self, template: &'static str, form: Form) -> Request {
        Request::post(template, form).fill("CallSid", self.call.as_str())
    }

    /// Stopping twice does no harm.
    fn stop(&self, template: &'static str) -> Request {
        let mut form = Form::new();
        form.set("Status", "stopped");
        self.post(template, form).repeatable()
    }
}

const MESSAGES: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/UserDefinedMessages.json";
