//! The assistant of a support line: an ordinary Vapi assistant, without a word about where its tools live.

use vapi_types::{assistant::Assistant, model::Model, transcriber::Transcriber, voice::Voice};

/// Who answers the support line.
pub(crate) fn support_desk() -> Assistant {
    let model = Model::openai("gpt-4o").temperature(0.3).system(
        "You answer the support line of Analytical Engines. Look the caller up first. \
         Open a case when something is broken, and read its number back slowly.",
    );
    let voice = Voice::eleven_labs("21m00Tcm4TlvDq8ikWAM");
    let transcriber = Transcriber::deepgram("nova-2").language("en");
    Assistant::new(model, voice, transcriber)
        .name("Analytical Engines support")
        .first_message("Analytical Engines support, how can I help you?")
}
