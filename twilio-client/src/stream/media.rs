//! Media Streams: the sound of a call over a WebSocket.
//!
//! See Twilio's page "Media Streams WebSocket messages".

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::fields::{self, Fields, InvalidMessage};

/// What Twilio sends. `Debug` shows no sound, no key and no parameter.
///
/// ```
/// use twilio_client::stream::media::MediaEvent;
///
/// let text = r#"{"event":"media","sequenceNumber":"4","streamSid":"MZ1",
///     "media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"//8="}}"#;
/// let MediaEvent::Media(media) = MediaEvent::parse(text)? else { panic!() };
/// assert_eq!((media.timestamp, media.payload), (5, vec![0xff, 0xff]));
/// # Ok::<(), twilio_client::stream::InvalidMessage>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum MediaEvent {
    /// The socket is open; nothing is known of the call yet.
    Connected(Map<String, Value>),
    /// The stream begins.
    Start(Start),
    /// A piece of sound, 20 ms mostly.
    Media(Media),
    /// The caller pressed a key.
    Dtmf(Dtmf),
    /// What was sent before this mark has been played, or cleared.
    Mark(Mark),
    /// The stream ends.
    Stop(Map<String, Value>),
    /// Something that this version does not know.
    Unknown(Map<String, Value>),
}

/// The beginning of a stream.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// The stream, which every message sent back has to name.
    pub stream_sid: String,
    /// The call it is of.
    pub call_sid: Option<String>,
    /// The account of the call.
    pub account_sid: Option<String>,
    /// Which sides are sent: `inbound`, `outbound`.
    pub tracks: Vec<String>,
    /// The parameters that `TwiML` or the API gave the stream. Values that are not text are kept as they are.
    pub custom_parameters: Map<String, Value>,
    /// The encoding, `audio/x-mulaw` so far.
    pub encoding: Option<String>,
    /// Samples per second, 8000 so far.
    pub sample_rate: Option<u64>,
    /// Channels, 1 so far.
    pub channels: Option<u64>,
    /// What else was said.
    pub extra: Map<String, Value>,
}

/// A piece of sound.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Media {
    /// Which side it is of: `inbound` or `outbound`.
    pub track: Option<String>,
    /// Its number, from 1.
    pub chunk: Option<u64>,
    /// Milliseconds from the beginning of the stream.
    pub timestamp: u64,
    /// The number of the message in the stream; a gap is a loss.
    pub sequence_number: Option<u64>,
    /// The sound, in the encoding that the beginning named.
    pub payload: Vec<u8>,
}

/// A key that was pressed.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Dtmf {
    /// The key: a digit, `*` or `#`.
    pub digit: String,
    /// Which side pressed it.
    pub track: Option<String>,
}

/// A mark that came back.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Mark {
    /// The name we gave it.
    pub name: String,
}

impl MediaEvent {
    /// Reads a text message.
    ///
    /// # Errors
    ///
    /// [`InvalidMessage`] when it is no JSON object. Every object is an event, an unknown one if need be.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        let fields = fields::object(text)?;
        let event = fields.get("event").and_then(Value::as_str).unwrap_or_default();
        let known = match event {
            "connected" => return Ok(Self::Connected(fields)),
            "stop" => return Ok(Self::Stop(fields)),
            "start" => start(fields.clone()).map(Self::Start),
            "media" => media(&fields).map(Self::Media),
            "dtmf" => dtmf(&fields).map(Self::Dtmf),
            "mark" => mark(&fields).map(Self::Mark),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(fields)))
    }
}

fn start(mut fields: Fields) -> Option<Start> {
    let mut start = fields::map(&mut fields, "start")?;
    let format = &mut fields::map(&mut start, "mediaFormat").unwrap_or_default();
    let tracks = start.remove("tracks");
    let tracks = tracks.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let stream_sid = fields::text(&mut start, "streamSid");
    Some(Start {
        stream_sid: stream_sid.or_else(|| fields::text(&mut fields, "streamSid"))?,
        call_sid: fields::text(&mut start, "callSid"),
        account_sid: fields::text(&mut start, "accountSid"),
        tracks: tracks.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        custom_parameters: fields::map(&mut start, "customParameters").unwrap_or_default(),
        encoding: fields::text(format, "encoding"),
        sample_rate: fields::number(format, "sampleRate"),
        channels: fields::number(format, "channels"),
        extra: start,
    })
}

fn media(fields: &Fields) -> Option<Media> {
    let media = fields.get("media")?.as_object()?;
    Some(Media {
        track: media.get("track").and_then(Value::as_str).map(str::to_owned),
        chunk: whole(media.get("chunk")),
        timestamp: whole(media.get("timestamp")).unwrap_or_default(),
        sequence_number: whole(fields.get("sequenceNumber")),
        payload: STANDARD.decode(media.get("payload")?.as_str()?).ok()?,
    })
}

fn dtmf(fields: &Fields) -> Option<Dtmf> {
    let dtmf = fields.get("dtmf")?.as_object()?;
    let track = dtmf.get("track").and_then(Value::as_str).map(str::to_owned);
    Some(Dtmf { digit: dtmf.get("digit")?.as_str()?.to_owned(), track })
}

fn mark(fields: &Fields) -> Option<Mark> {
    Some(Mark { name: fields.get("mark")?.get("name")?.as_str()?.to_owned() })
}

/// Twilio writes numbers as text here; others write them as numbers.
fn whole(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

/// What is sent back on a bidirectional stream, as the text of a message.
#[derive(Clone, Debug)]
pub struct MediaCommands {
    stream_sid: String,
}

impl MediaCommands {
    /// Commands for the stream that [`Start`] named.
    pub fn new(stream_sid: impl Into<String>) -> Self {
        Self { stream_sid: stream_sid.into() }
    }

    /// Plays sound after what was sent before: mu-law, 8000 samples per second, without a file header.
    pub fn media(&self, mulaw: &[u8]) -> String {
        let payload = STANDARD.encode(mulaw);
        json!({"event": "media", "streamSid": self.stream_sid, "media": {"payload": payload}}).to_string()
    }

    /// Asks to be told when everything sent before has been played.
    pub fn mark(&self, name: &str) -> String {
        json!({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": name}}).to_string()
    }

    /// Stops what is being played and throws away what waits; marks that wait come back at once.
    pub fn clear(&self) -> String {
        json!({"event": "clear", "streamSid": self.stream_sid}).to_string()
    }
}

impl fmt::Debug for MediaEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected(_) => f.write_str("Connected"),
            Self::Start(start) => start.fmt(f),
            Self::Media(media) => media.fmt(f),
            Self::Dtmf(dtmf) => dtmf.fmt(f),
            Self::Mark(mark) => mark.fmt(f),
            Self::Stop(_) => f.write_str("Stop"),
            Self::Unknown(_) => f.write_str("Unknown"),
        }
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("stream_sid", &self.stream_sid)
            .field("call_sid", &self.call_sid)
            .field("tracks", &self.tracks)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("track", &self.track)
            .field("timestamp", &self.timestamp)
            .field("bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Dtmf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dtmf").field("track", &self.track).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mark").finish_non_exhaustive()
    }
}
