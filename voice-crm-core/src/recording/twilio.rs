//! Recordings that lie at Twilio.

use std::{fmt, io};

use async_trait::async_trait;
use bytes::Bytes;
use twilio_client::{
    Client,
    error::ErrorKind,
    resource::recordings::{Media, MediaFormat},
    sid::RecordingSid,
    word::RecordingChannels,
};

use super::{Chunks, RecordingSource, RecordingStream};
use crate::service_error::{Service, ServiceError, ServiceErrorKind, twilio::classify};

/// The recordings of a Twilio account, fetched as MP3.
#[derive(Clone)]
pub struct TwilioRecordings(Client);

impl TwilioRecordings {
    /// The recordings of the client's account.
    pub fn new(client: Client) -> Self {
        Self(client)
    }
}

/// The recording that an address of Twilio's API names, in whichever region. Only its identifier is ever used of it:
/// what is asked is the API that the client knows, about the account that is its own.
fn named(url: &str) -> Option<RecordingSid> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let region = host.strip_prefix("api.")?.strip_suffix("twilio.com")?;
    let is_region = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
    if !(region.is_empty() || region.ends_with('.')) || !region.chars().all(is_region) {
        return None;
    }
    let (_, name) = path.strip_prefix("2010-04-01/Accounts/")?.split_once("/Recordings/")?;
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    name.parse().ok()
}

#[async_trait]
impl RecordingSource for TwilioRecordings {
    fn has(&self, url: &str) -> bool {
        named(url).is_some()
    }

    async fn open(&self, url: &str) -> Result<RecordingStream, ServiceError> {
        let failure = |kind, detail| ServiceError::new(Service::Recordings, kind, detail);
        let sid = named(url).ok_or_else(|| {
            failure(ServiceErrorKind::Refused, "the address is not that of a Twilio recording")
        })?;
        let media = self.0.recordings().media(&sid, MediaFormat::Mp3, &RecordingChannels::Mono).await;
        let media = media.map_err(|error| match error.kind() {
            // Twilio needs a moment to make a recording ready; one that was deleted is dead once it is too old.
            ErrorKind::NotFound => {
                failure(ServiceErrorKind::NotReady, "the recording is not there").with_source(error)
            }
            // Whatever else is refused now may be open later, and a recording must not be lost for it.
            ErrorKind::Refused | ErrorKind::Gone | ErrorKind::Conflict => {
                failure(ServiceErrorKind::Unavailable, "the recording cannot be fetched").with_source(error)
            }
            _ => classify(Service::Recordings, error),
        })?;
        let length = media.length();
        Ok(RecordingStream::new(MediaChunks(media), length, "mp3"))
    }
}

struct MediaChunks(Media);

#[async_trait]
impl Chunks for MediaChunks {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        self.0.piece().await.map_err(io::Error::other)
    }
}

impl fmt::Debug for TwilioRecordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioRecordings").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_twilio_names_its_recording_and_no_other_address_does() {
        let sid = "RE0123456789abcdef0123456789abcdef";
        for (host, ending) in
            [("api.twilio.com", ""), ("api.twilio.com", ".wav"), ("api.dublin.ie1.twilio.com", ".mp3")]
        {
            let url = format!("https://{host}/2010-04-01/Accounts/AC1/Recordings/{sid}{ending}");
            assert_eq!(named(&url).unwrap().as_str(), sid, "{url}");
        }
        for host in [
            "api.twilio.com.example.com",
            "api.eviltwilio.com",
            "api.twilio.com@example.com",
            "api.x@twilio.com",
        ] {
            let url = format!("https://{host}/2010-04-01/Accounts/AC1/Recordings/{sid}");
            assert_eq!(named(&url), None, "{url}");
        }
        assert_eq!(named("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/.."), None);
        assert_eq!(named(&format!("http://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/{sid}")), None);
    }
}
