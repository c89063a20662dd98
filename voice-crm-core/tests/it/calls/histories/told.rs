//! What the messages of a call tell, by the words of Vapi's documentation.

use serde_json::{Map, Value};

/// Where the addresses of one recording stand in an object.
type Places = &'static [&'static str];

const RECORDINGS: [Places; 5] = [
    &["/recording/mono/combinedUrl", "/recordingUrl", "/presignedMonoUrl"],
    &["/recording/stereoUrl", "/stereoRecordingUrl"],
    &["/recording/mono/customerUrl"],
    &["/recording/mono/assistantUrl"],
    &["/recording/videoUrl"],
];

#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) leaves_a_task: bool,
    transcript: Option<String>,
    summary: Option<String>,
    /// For each recording that a message told of, all addresses of it.
    recordings: Vec<Vec<String>>,
}

impl Told {
    pub(crate) fn by(history: &[Value]) -> Self {
        let mut told = Self::default();
        for message in history.iter().filter(|message| tells_of_the_whole(message)) {
            told.leaves_a_task |= is_over(message);
            let places = ["/artifact", "/analysis", "", "/call/artifact", "/call/analysis", "/call"];
            let places: Vec<&Value> = places.iter().filter_map(|place| message.pointer(place)).collect();
            for place in &places {
                longer(&mut told.transcript, &place["transcript"]);
                longer(&mut told.summary, &place["summary"]);
            }
            for recording in RECORDINGS {
                let addresses =
                    recording.iter().flat_map(|path| places.iter().filter_map(|place| place.pointer(path)));
                let addresses: Vec<String> = addresses
                    .filter_map(Value::as_str)
                    .filter(|url| url.starts_with("https:"))
                    .map(str::to_owned)
                    .collect();
                told.recordings.extend((!addresses.is_empty()).then_some(addresses));
            }
        }
        told
    }

    /// Whether a task has all of it; else what it lacks.
    pub(crate) fn stands_in(&self, task: &Map<String, Value>) -> Result<(), String> {
        let description = task["Description"].as_str().unwrap_or_default();
        for text in [&self.transcript, &self.summary].into_iter().flatten() {
            if !description.contains(text.trim()) {
                return Err(text.clone());
            }
        }
        let lacking =
            self.recordings.iter().find(|addresses| !addresses.iter().any(|url| description.contains(url)));
        lacking.map_or(Ok(()), |addresses| Err(addresses.join(" or ")))
    }
}

fn longer(known: &mut Option<String>, told: &Value) {
    let Some(text) = told.as_str().filter(|text| !text.trim().is_empty()) else { return };
    if known.as_ref().is_none_or(|known| known.len() < text.len()) {
        *known = Some(text.to_owned());
    }
}

/// Ends, and what is sent of a call as a whole while it goes on: when it is forwarded, and when its records are stored.
fn tells_of_the_whole(message: &Value) -> bool {
    let status = message["status"].as_str();
    match message["type"].as_str().unwrap_or_default() {
        "call.artifact.upload" => true,
        "status-update" => is_over(message) || !matches!(status, Some("ringing" | "in-progress")),
        _ => is_over(message),
    }
}

/// The report of a call, a status, or a call that is said to be over. While somebody speaks nobody looks at that, and
/// a request is answered.
fn is_over(message: &Value) -> bool {
    let (call, is) = (&message["call"], |value: &Value, word| value.as_str() == Some(word));
    let has_ended = is(&call["status"], "ended")
        || call["endedAt"].as_str().is_some_and(|at| at.starts_with("20"))
        || call["endedReason"].as_str().is_some_and(|reason| !reason.trim().is_empty());
    match message["type"].as_str().unwrap_or_default() {
        "end-of-call-report" => true,
        "status-update" => is(&message["status"], "ended") || has_ended,
        "transcript"
        | "speech-update"
        | "transfer-update"
        | "tool-calls"
        | "function-call"
        | "transfer-destination-request" => false,
        _ => has_ended,
    }
}
