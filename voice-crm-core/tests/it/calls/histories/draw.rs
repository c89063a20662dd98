//! Messages of one call, drawn by chance: of the shapes that Vapi has published, and then spoilt.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Fields that tie messages together or say what they are; without them they are other messages.
const KEPT: [&str; 6] = ["type", "call", "id", "toolCallList", "functionCall", "name"];

pub(crate) fn call_id(index: u64) -> String {
    format!("call-{index:06}")
}

/// Words that stand in texts of this call alone.
pub(crate) fn mark(index: u64) -> String {
    format!("mark-{index:06}.")
}

/// The messages of one call, in the order in which they come.
pub(crate) fn history(seed: u64, index: u64) -> Vec<Value> {
    let mut draw = Draw { rng: Rng::with_seed(seed << 32 | index), index, texts: 0 };
    // A message without a call tells of none in particular, so there it is one report, sent again and again.
    if draw.rng.u8(..12) == 0 {
        let mut report = draw.report();
        report["call"] = Value::Null;
        draw.spoil(&mut report);
        report["artifact"] = json!({ "transcript": draw.text("Transcript") });
        return (0..draw.rng.i64(1..4)).map(|time| with(&report, "timestamp", json!(at(time)))).collect();
    }
    let mut messages: Vec<Value> = (0..draw.rng.usize(1..9)).map(|_| draw.message()).collect();
    if draw.rng.u8(..4) > 0 {
        let end = if draw.rng.bool() { draw.report() } else { draw.status("ended") };
        messages.push(end);
    }
    for message in &mut messages {
        draw.spoil(message);
    }
    draw.rng.shuffle(&mut messages);
    for _ in 0..draw.rng.usize(..3) {
        let again = messages[draw.rng.usize(..messages.len())].clone();
        let again = if draw.rng.bool() { again } else { with(&again, "timestamp", json!(at(99))) };
        messages.insert(draw.rng.usize(..=messages.len()), again);
    }
    messages
}

fn at(second: i64) -> i64 {
    1_796_050_760_000 + second * 1_000
}

fn with(message: &Value, name: &str, value: Value) -> Value {
    let mut message = message.clone();
    message[name] = value;
    message
}

struct Draw {
    rng: Rng,
    index: u64,
    texts: usize,
}

impl Draw {
    /// A text of a length of its own, so that the longest is one and the same for everybody.
    fn text(&mut self, what: &str) -> String {
        self.texts += 1;
        let words = "word ".repeat(10 + self.texts);
        format!("{what} {}: {} {}", self.texts, mark(self.index), words.trim_end())
    }

    fn url(&mut self) -> String {
        self.texts += 1;
        format!("https://r.example.com/{}/{}.wav", self.index, self.texts)
    }

    fn message(&mut self) -> Value {
        match self.rng.u8(..16) {
            0 => self.report(),
            1..=4 => {
                let statuses =
                    ["scheduled", "queued", "ringing", "in-progress", "forwarding", "ended", "not-found"];
                let status = statuses[self.rng.usize(..statuses.len())];
                self.status(status)
            }
            5 => self.bare("hang", json!({})),
            6 => self.bare("conversation-update", json!({ "messages": spoken(), "conversation": [] })),
            7 => {
                let said = self.text("Said");
                self.bare(
                    "transcript",
                    json!({ "role": "user", "transcriptType": "final", "transcript": said }),
                )
            }
            8 => self.bare("speech-update", json!({ "role": "assistant", "status": "started", "turn": 1 })),
            9 => {
                let to = json!({ "type": "assistant", "assistantName": "Billing" });
                self.bare("transfer-update", json!({ "destination": to }))
            }
            10 => self.bare("user-interrupted", json!({ "turnId": "t" })),
            11 => {
                let artifacts = json!([{ "type": "recording-mono", "success": true }]);
                let artifact = self.artifact();
                self.bare("call.artifact.upload", json!({ "artifacts": artifacts, "artifact": artifact }))
            }
            12 => {
                let call = json!({ "id": "t", "type": "function", "function": {
                    "name": "find_customer", "arguments": {},
                }});
                self.bare("tool-calls", json!({ "toolCallList": [call] }))
            }
            13 => self.bare(
                "function-call",
                json!({ "functionCall": { "name": "find_customer", "parameters": {} } }),
            ),
            14 => self.bare("transfer-destination-request", json!({})),
            _ => self.bare("something.new", json!({ "news": { "of": ["something"] } })),
        }
    }

    fn bare(&mut self, kind: &str, mut message: Value) -> Value {
        message["type"] = kind.into();
        message["call"] = self.call();
        message["timestamp"] = at(self.rng.i64(0..60)).into();
        message["customer"] = json!({ "number": "+12125550187" });
        message["phoneNumber"] = json!({ "provider": "vapi", "number": "+14155550100" });
        message
    }

    fn call(&mut self) -> Value {
        let mut call = json!({
            "id": call_id(self.index), "orgId": "o", "type": "inboundPhoneCall", "status": "in-progress",
            "createdAt": "2026-11-30T14:00:00.000Z", "customer": { "number": "+12125550187" },
            "phoneCallProvider": "vapi", "cost": 0, "monitor": { "listenUrl": "wss://l", "controlUrl": "https://c" },
        });
        if self.rng.u8(..8) == 0 {
            call["status"] = "ended".into();
            call["endedAt"] = "2026-11-30T14:05:00.000Z".into();
            call["endedReason"] = "customer-ended-call".into();
            call["artifact"] = self.artifact();
            call["analysis"] = self.analysis();
        }
        call
    }

    fn status(&mut self, status: &str) -> Value {
        let mut message = self.bare("status-update", json!({ "status": status }));
        if status == "ended" {
            message["endedReason"] = "customer-did-not-answer".into();
        }
        if self.rng.bool() {
            message["artifact"] = self.artifact();
        }
        if status == "forwarding" {
            message["transcript"] = self.text("Transcript").into();
            message["summary"] = self.text("Summary").into();
        }
        message
    }

    fn report(&mut self) -> Value {
        let mut report = self.bare("end-of-call-report", json!({
            "endedReason": "customer-ended-call", "startedAt": "2026-11-30T14:00:00.000Z",
            "endedAt": "2026-11-30T14:05:00.000Z", "cost": 0.12, "costs": [{ "type": "llm", "cost": 0.1 }],
            "durationSeconds": 300, "destination": { "type": "number", "number": "+12125550123" },
            "compliance": { "recordingConsent": { "type": "verbal" } },
        }));
        report["artifact"] = self.artifact();
        report["analysis"] = self.analysis();
        // As reports were in 2024.
        if self.rng.u8(..3) == 0 {
            report["transcript"] = self.text("Transcript").into();
            report["summary"] = self.text("Summary").into();
            report["recordingUrl"] = self.url().into();
            report["stereoRecordingUrl"] = self.url().into();
            report["messages"] = spoken();
        }
        report
    }

    fn artifact(&mut self) -> Value {
        json!({
            "transcript": self.text("Transcript"), "messages": spoken(), "messagesOpenAIFormatted": [],
            "recording": {
                "stereoUrl": self.url(), "videoUrl": self.url(),
                "mono": { "combinedUrl": self.url(), "assistantUrl": self.url(), "customerUrl": self.url() },
            },
            "recordingUrl": self.url(), "stereoRecordingUrl": self.url(), "presignedMonoUrl": self.url(),
            "structuredOutputs": { "o1": { "name": "Mood", "result": "calm" } }, "variableValues": { "a": 1 },
            "logUrl": "https://l.example.com", "transfers": [],
        })
    }

    fn analysis(&mut self) -> Value {
        json!({
            "summary": self.text("Summary"), "structuredData": { "sentiment": "calm", "size": 7 },
            "successEvaluation": "true",
        })
    }

    /// Spoils some fields of a message, at any depth.
    fn spoil(&mut self, message: &mut Value) {
        let chance = [0, 4, 10, 25][self.rng.usize(..4)];
        self.spoil_within(message, chance);
    }

    fn spoil_within(&mut self, value: &mut Value, chance: u8) {
        let Value::Object(fields) = value else { return };
        let names: Vec<String> = fields.keys().cloned().collect();
        for name in names {
            let is_kept = KEPT.contains(&name.as_str());
            if !is_kept && self.rng.u8(..100) < chance {
                self.spoil_one(fields, &name);
            } else if let Some(field) = fields.get_mut(&name) {
                self.spoil_within(field, chance);
            }
        }
    }

    fn spoil_one(&mut self, fields: &mut Map<String, Value>, name: &str) {
        let other = match self.rng.u8(..9) {
            0 => {
                fields.remove(name);
                return;
            }
            1 => Value::Null,
            2 => json!(""),
            3 => json!([]),
            4 => json!({}),
            5 => json!(7),
            6 => json!(true),
            7 => json!(" \n"),
            // Longer than the messages are, and shorter than any other text.
            _ => json!(format!("other words: {}", mark(self.index))),
        };
        fields.insert(name.to_owned(), other);
    }
}

fn spoken() -> Value {
    json!([{ "role": "bot", "message": "Hello." }, { "role": "user", "message": "Hi." }])
}
