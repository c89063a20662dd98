//! Answering machine detection: is it a person who said hello?

use std::time::Duration;

use url::Url;

use super::recording::{milliseconds, seconds};
use crate::form::Form;
use crate::word::CallbackMethod;

/// How to find out whether a person or a machine answered.
///
/// See Twilio's page "Answering Machine Detection".
#[derive(Clone, Debug)]
#[must_use = "the detection takes place only if it is given to a call"]
pub struct MachineDetection {
    form: Form,
    /// Where the verdict goes, if the call goes on meanwhile.
    background: Option<(String, CallbackMethod)>,
}

impl MachineDetection {
    /// Decides as soon as it can.
    pub fn enable() -> Self {
        Self::mode("Enable")
    }

    /// Waits for the end of a machine's greeting, so that a message can be left after the beep.
    pub fn until_message_end() -> Self {
        Self::mode("DetectMessageEnd")
    }

    fn mode(mode: &'static str) -> Self {
        let mut form = Form::new();
        form.set("MachineDetection", mode);
        Self { form, background: None }
    }

    /// How long to try before the verdict is `unknown`; whole seconds, from 3 to 59.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.form.set("MachineDetectionTimeout", seconds(timeout));
        self
    }

    /// Speech longer than this is a machine's; from 1000 to 6000 ms.
    pub fn speech_threshold(mut self, threshold: Duration) -> Self {
        self.form.set("MachineDetectionSpeechThreshold", milliseconds(threshold));
        self
    }

    /// How much silence ends a speech; from 500 to 5000 ms.
    pub fn speech_end_threshold(mut self, threshold: Duration) -> Self {
        self.form.set("MachineDetectionSpeechEndThreshold", milliseconds(threshold));
        self
    }

    /// How much silence at the start makes the verdict `unknown`; from 2000 to 10000 ms.
    pub fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.form.set("MachineDetectionSilenceTimeout", milliseconds(timeout));
        self
    }

    /// Lets the call go on while it is being decided, and sends the verdict to this URL.
    pub fn in_background(mut self, callback: &Url, method: CallbackMethod) -> Self {
        self.background = Some((callback.as_str().to_owned(), method));
        self
    }

    /// A call waits for the verdict unless it is told otherwise.
    pub(super) fn write(&self, form: &mut Form) {
        form.set_all(&self.form);
        if let Some((callback, method)) = self.background() {
            form.set("AsyncAmd", "true");
            form.set("AsyncAmdStatusCallback", callback);
            form.set("AsyncAmdStatusCallbackMethod", method.as_str());
        }
    }

    /// How to find out, without where the verdict goes.
    pub(crate) fn parameters(&self) -> &Form {
        &self.form
    }

    /// Where the verdict goes, if the call goes on meanwhile.
    pub(crate) fn background(&self) -> Option<(&str, CallbackMethod)> {
        self.background.as_ref().map(|(callback, method)| (callback.as_str(), *method))
    }
}
