//! The answer to an assignment callback: what to do with the worker that was found.
//!
//! See Twilio's page "Handling Assignment Callbacks".

use serde_json::{Map, Value, json};

use crate::endpoint::Endpoint;
use crate::sid::{ActivitySid, CallSid};

/// What `TaskRouter` is told to do; `Debug` shows the instruction and none of its values.
///
/// ```
/// use twilio_client::resource::taskrouter::assignment::Assignment;
///
/// let answer = Assignment::redirect(&"CA0123456789abcdef0123456789abcdef".parse()?, "https://h/agent").accept();
/// assert!(answer.to_json().contains(r#""instruction":"redirect""#));
/// # Ok::<(), twilio_client::sid::InvalidSid>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "an answer does nothing until it is sent"]
pub struct Assignment(Map<String, Value>);

impl Assignment {
    /// Takes the reservation, and leaves the connecting to us.
    pub fn take() -> Self {
        Self::of("accept")
    }

    /// Turns the reservation down, and says what the worker does from now on.
    pub fn reject(activity: Option<&ActivitySid>) -> Self {
        let answer = Self::of("reject");
        activity.into_iter().fold(answer, |answer, activity| answer.with("activity_sid", activity.as_str()))
    }

    /// Connects the caller who waits in `<Enqueue>` with the worker's phone.
    pub fn dequeue() -> Self {
        Self::of("dequeue")
    }

    /// Connects caller and worker in a conference.
    pub fn conference() -> Self {
        Self::of("conference")
    }

    /// Calls the worker and plays the TwiML at this address.
    pub fn call(to: &Endpoint, from: &Endpoint, url: &str) -> Self {
        Self::of("call").with("to", to.as_str()).with("from", from.as_str()).with("url", url)
    }

    /// Takes the caller to the TwiML at this address.
    pub fn redirect(call: &CallSid, url: &str) -> Self {
        Self::of("redirect").with("call_sid", call.as_str()).with("url", url)
    }

    /// Takes the reservation with it; for `call` and `redirect`.
    pub fn accept(self) -> Self {
        self.with("accept", true)
    }

    /// What the worker does after the call.
    pub fn post_work_activity(self, activity: &ActivitySid) -> Self {
        self.with("post_work_activity_sid", activity.as_str())
    }

    /// Any other value, by the name Twilio gives it.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The body of the answer, to be sent as `application/json`.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    fn of(instruction: &str) -> Self {
        Self(Map::from_iter([("instruction".to_owned(), json!(instruction))]))
    }
}

impl std::fmt::Debug for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Assignment").field(&self.0.get("instruction")).finish()
    }
}
