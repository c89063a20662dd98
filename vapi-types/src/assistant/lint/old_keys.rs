//! Keys of older assistants and what took their place.

/// What to do about a deprecated key, if it is one.
pub(super) fn mend_for(path: &str) -> Option<&'static str> {
    OLD_KEYS.iter().find_map(|(key, mend)| (*key == path).then_some(*mend))
}

const OLD_KEYS: &[(&str, &str)] = &[
    ("serverUrl", "set `server.url`"),
    (
        "serverUrlSecret",
        "make a bearer credential with the header X-Vapi-Secret, and set `server.credentialId`",
    ),
    (
        "server.secret",
        "make a bearer credential with the header X-Vapi-Secret, and set `server.credentialId`",
    ),
    ("model.functions", "make them tools of type `function` in `model.tools`"),
    ("model.systemPrompt", "make it a system message in `model.messages`"),
    ("analysisPlan", "use structured outputs in `artifactPlan`"),
    ("endCallFunctionEnabled", "add a tool of type `endCall`"),
    ("dialKeypadFunctionEnabled", "add a tool of type `dtmf`"),
    ("forwardingPhoneNumber", "add a tool of type `transferCall`"),
    ("forwardingPhoneNumbers", "add a tool of type `transferCall`"),
    ("recordingEnabled", "set `artifactPlan.recordingEnabled`"),
    ("hipaaEnabled", "set `compliancePlan.hipaaEnabled`"),
    ("silenceTimeoutSeconds", "add a hook on `customer.speech.timeout`"),
    ("responseDelaySeconds", "set `startSpeakingPlan.waitSeconds`"),
    ("llmRequestDelaySeconds", "set `startSpeakingPlan.waitSeconds`"),
    ("numWordsToInterruptAssistant", "set `stopSpeakingPlan.numWords`"),
    ("backgroundDenoisingEnabled", "set `backgroundSpeechDenoisingPlan`"),
];
