//! Plays the part of Vapi: makes the server messages of a call, signs them, and sends them over HTTP.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use vapi_types::webhook::Verifier;

/// A call as Vapi would report it.
#[derive(Debug)]
pub(crate) struct SimulatedCall {
    http: reqwest::Client,
    url: String,
    signer: Verifier,
    id: String,
    number: String,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body, if it was JSON.
    pub(crate) body: Value,
    /// The time from the request to the whole answer.
    pub(crate) took: Duration,
}

impl Answer {
    /// The sentence for the voice model: the result or the error of the first tool call, in either form.
    pub(crate) fn sentence(&self) -> &str {
        let first = &self.body["results"][0];
        [&first["result"], &first["error"], &self.body["result"]]
            .into_iter()
            .find_map(Value::as_str)
            .unwrap_or("(no sentence)")
    }
}

impl SimulatedCall {
    /// A call from `number` whose webhooks go to `url`, signed as `signer` would accept them.
    pub(crate) fn new(http: reqwest::Client, url: &str, signer: Verifier, id: &str, number: &str) -> Self {
        Self { http, url: url.to_owned(), signer, id: id.to_owned(), number: number.to_owned() }
    }

    /// Somebody rings: who is to answer?
    pub(crate) async fn assistant_request(&self) -> Result<Answer, reqwest::Error> {
        self.send(&json!({ "type": "assistant-request" })).await
    }

    /// The model calls a function.
    pub(crate) async fn tool_call(
        &self,
        id: &str,
        name: &str,
        arguments: &Value,
    ) -> Result<Answer, reqwest::Error> {
        let function = json!({ "name": name, "arguments": arguments });
        let tool_call = json!({ "id": id, "type": "function", "function": function });
        self.send(&json!({ "type": "tool-calls", "toolCallList": [tool_call] })).await
    }

    /// The model calls a function, in the form of 2024.
    pub(crate) async fn function_call(
        &self,
        name: &str,
        parameters: &Value,
    ) -> Result<Answer, reqwest::Error> {
        let function_call = json!({ "name": name, "parameters": parameters });
        self.send(&json!({ "type": "function-call", "functionCall": function_call })).await
    }

    /// The call is over.
    pub(crate) async fn end_of_call(
        &self,
        seconds: i64,
        transcript: &str,
        summary: &str,
    ) -> Result<Answer, reqwest::Error> {
        let ended_at = Timestamp::now();
        let started_at = Timestamp::from_second(ended_at.as_second() - seconds).unwrap_or(ended_at);
        self.send(&json!({
            "type": "end-of-call-report",
            "endedReason": "customer-ended-call",
            "startedAt": started_at.to_string(),
            "endedAt": ended_at.to_string(),
            "durationSeconds": seconds,
            "artifact": { "transcript": transcript },
            "analysis": { "summary": summary },
        }))
        .await
    }

    /// Signs and sends one message; the call and the customer are added to it.
    pub(crate) async fn send(&self, message: &Value) -> Result<Answer, reqwest::Error> {
        let mut message = message.clone();
        message["timestamp"] = Timestamp::now().as_millisecond().into();
        message["call"] = json!({
            "id": self.id,
            "type": "inboundPhoneCall",
            "customer": { "number": self.number },
        });
        let body = json!({ "message": message }).to_string();
        let started = std::time::Instant::now();
        let mut request = self.http.post(&self.url).header("content-type", "application/json");
        for (name, value) in self.signer.sign("POST", &self.url, body.as_bytes(), Timestamp::now()) {
            request = request.header(name, value);
        }
        let response = request.body(body).send().await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Answer { status, body, took: started.elapsed() })
    }
}
