//! `GET /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav`: the sound, piece by piece.

use voice_crm_rest::Download;

use crate::service::Twilio;

/// How the sound is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MediaFormat {
    /// 16 bits per sample, 8000 samples per second.
    Wav,
    /// Smaller, and worse for a transcription.
    Mp3,
}

impl MediaFormat {
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Wav => "/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav",
            Self::Mp3 => "/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.mp3",
        }
    }
}

/// The sound of a recording to be opened, from [`Recordings::media`](super::Recordings::media); await it for the
/// [`Media`].
///
/// It is not found while Twilio is still making it ready, for a short time after it says that it is:
/// [`wait_until_ready`](Download::wait_until_ready) waits for it.
///
/// See Twilio's page "Recordings resource", "Fetch a recording's media file".
pub type OpenMedia = Download<Twilio>;

/// The sound of a recording, as it comes in. It is a stream of bytes; none of it is kept.
pub type Media = voice_crm_rest::Media<Twilio>;
