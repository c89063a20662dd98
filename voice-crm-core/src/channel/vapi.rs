//! Vapi: server messages, proved by the verifier that the operator configured.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use vapi_types::{
    ServerMessage,
    assistant::{Assistant, AssistantOverrides},
    message::{CampaignPredial, FunctionCall, HandoffDestinationRequest, ToolCalls},
    reply::{AssistantReply, FunctionResult, HandoffReply, ToolResult, ToolResults},
    webhook::{Parts, Verifier},
};

use super::{
    Answered, Arrival, Channel, DecodeError, Decoded, Incoming, Reply, ToolBatch, ToolCall, Verdict,
    VerifyError, WebhookHead, WebhookRequest,
};
use crate::{
    function::{Act, Outcome},
    phone::Region,
    phrase::{self, Instruction, Language},
    telemetry,
};

mod call;
mod events;
mod outputs;
mod requests;
mod routes;
mod transfers;
mod turns;

use call::call;
pub use outputs::OutputUse;
use outputs::Outputs;
use requests::Answers;
use routes::Manner;
pub use routes::ShownNumber;
use transfers::Transfers;

/// Answers an assistant request: what the assistant is, with the functions that it may call.
type Introduce = Arc<dyn Fn(&Arrival<'_>) -> AssistantReply + Send + Sync>;

/// The webhooks of Vapi.
#[derive(Clone)]
pub struct Vapi {
    verifier: Verifier,
    introduce: Option<Introduce>,
    answers: Answers,
    transfers: Transfers,
    manner: Manner,
    outputs: Outputs,
}

impl Vapi {
    /// Webhooks that this verifier accepts.
    pub fn new(verifier: Verifier) -> Self {
        Self {
            verifier,
            introduce: None,
            answers: Answers::default(),
            transfers: Transfers::default(),
            manner: Manner::default(),
            outputs: Outputs::default(),
        }
    }

    /// Whoever takes a call that a function transfers hears the reason before the caller is put through.
    ///
    /// Vapi makes such transfers, which it calls warm, on lines of certain carriers alone. A SIP address gets the
    /// reason and the id of the record for the screen as headers, announced or not: `X-Transfer-Reason` and
    /// `X-Record-Id`. See "Call forwarding" in Vapi's documentation.
    #[must_use]
    pub fn announce_transfers(mut self) -> Self {
        self.manner.announced = true;
        self
    }

    /// Which number is seen at a telephone to which a call is transferred. Unless said, Vapi shows the caller's for a call
    /// that came in, and the assistant's for one that went out.
    #[must_use]
    pub fn transfers_show(mut self, number: ShownNumber) -> Self {
        self.manner.shown = Some(number);
        self
    }

    /// Says what becomes of a structured output, or of a field of structured data, of this name. Upper and lower case,
    /// blanks, hyphens and underscores say nothing.
    ///
    /// Outputs that are named as a summary, a sentiment or a success are used as that unless said otherwise; all others
    /// are not kept.
    #[must_use]
    pub fn output(mut self, name: &str, used: OutputUse) -> Self {
        self.outputs.set(name, used);
        self
    }

    /// Answers incoming calls with this assistant, to which the functions of the bridge that are open to the
    /// call are added as tools, each with what is said while it runs, in the language that the assistant listens for, or else that of the house.
    ///
    /// A server that the assistant does not name is that of the telephone number, credential and all.
    #[must_use]
    pub fn assistant(mut self, assistant: Assistant) -> Self {
        self.introduce = Some(Arc::new(move |arrival| {
            let language = spoken_by(&assistant).unwrap_or(arrival.language);
            let open = arrival.manifest.entries().iter().filter(|entry| entry.is_open_to(arrival.call));
            let tools = open.map(|entry| entry.vapi_tool(arrival.book, language));
            let model = assistant.model.clone().unwrap_or_default();
            let model = tools.fold(model, vapi_types::model::Model::tool);
            let assistant = assistant.clone().model(model);
            AssistantReply::Assistant(Box::new(match arrival.route.greeting.as_deref() {
                Some(greeting) => assistant.first_message(greeting),
                None => assistant,
            }))
        }));
        self
    }

    /// Answers incoming calls with an assistant that is stored at Vapi.
    #[must_use]
    pub fn assistant_id(mut self, id: impl Into<String>) -> Self {
        let assistant_id = id.into();
        self.introduce = Some(Arc::new(move |arrival| match arrival.route.greeting.as_deref() {
            Some(greeting) => AssistantReply::AssistantWith {
                assistant_id: assistant_id.clone(),
                overrides: Box::new(
                    AssistantOverrides::default().assistant(Assistant::default().first_message(greeting)),
                ),
            },
            None => AssistantReply::AssistantId(assistant_id.clone()),
        }));
        self
    }

    /// Says who takes a call over when the model wants to hand it to somebody whom Vapi does not know. Without it there
    /// is nobody, which the model is told.
    #[must_use]
    pub fn handoffs(
        mut self,
        rule: impl Fn(&HandoffDestinationRequest) -> HandoffReply + Send + Sync + 'static,
    ) -> Self {
        self.answers.handoff = Some(Arc::new(rule));
        self
    }

    /// Says whether a contact of a campaign is dialled. Without it every contact is.
    ///
    /// The answer is waited for, so the rule should know it without asking anybody.
    #[must_use]
    pub fn dial_if(mut self, rule: impl Fn(&CampaignPredial) -> bool + Send + Sync + 'static) -> Self {
        self.answers.predial = Some(Arc::new(rule));
        self
    }
}

impl fmt::Debug for Vapi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapi").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl Channel for Vapi {
    fn name(&self) -> &'static str {
        "vapi"
    }

    fn screen(&self, head: &WebhookHead<'_>, now: Timestamp) -> Result<(), VerifyError> {
        self.verifier.screen(head.header, now).map_err(|error| VerifyError::new(error.reason()))
    }

    fn proof_headers(&self) -> Vec<&str> {
        self.verifier.headers()
    }

    fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, now: Timestamp) -> Verdict<'a> {
        let header = |name: &str| (request.header)(name);
        let parts = Parts { method: request.method, url: request.url, header: &header, body: &request.body };
        self.verifier.verify(&parts, now).map(|_| ()).map_err(|error| VerifyError::new(error.reason())).into()
    }

    fn decode(&self, request: &WebhookRequest<'_>, home: Region) -> Result<Decoded, DecodeError> {
        let message = ServerMessage::decode(&request.body)
            .map_err(|error| DecodeError { sentence: error.to_string() })?;
        let body = &request.body;
        Ok(match message {
            ServerMessage::ToolCalls(message) => tool_calls(message, body, home, self.transfers.clone()),
            ServerMessage::FunctionCall(message) => function_call(message, body, home),
            ServerMessage::AssistantRequest(message) => {
                let (introduce, manner) = (self.introduce.clone(), self.manner.clone());
                let call = call(&message.context, body, home);
                Decoded::new(Incoming::AssistantRequest(call), move |answered| match answered {
                    Answered::Assistant(arrival) => {
                        let reply = match routes::destination(&arrival, &manner) {
                            Some(elsewhere) => AssistantReply::Destination(Box::new(elsewhere)),
                            None => introduce.as_ref().map_or_else(|| nobody(&arrival), |by| by(&arrival)),
                        };
                        Reply::json(200, reply.to_bytes())
                    }
                    _ => noted(),
                })
            }
            ServerMessage::TransferDestinationRequest(message) => {
                let call = call(&message.context, body, home);
                let (decided, manner) = (self.transfers.decided(call.id()), self.manner.clone());
                Decoded::new(Incoming::TransferRequest(call), move |answered| match answered {
                    Answered::Transfer(arrival) => {
                        Reply::json(200, routes::transfer(decided.as_ref(), &manner, &arrival).to_bytes())
                    }
                    _ => noted(),
                })
            }
            other => match requests::answer(&other, &self.answers) {
                Some(answered) => answered,
                None => self.event(&other, body, home),
            },
        })
    }
}

impl Vapi {
    fn event(&self, message: &ServerMessage, body: &Bytes, home: Region) -> Decoded {
        let incoming = match events::event(message, body, (home, &self.outputs)) {
            Ok(event) => Incoming::Event(event),
            Err(kind) => Incoming::Ignored(kind),
        };
        Decoded::new(incoming, |_| noted())
    }
}

/// Nobody takes calls here, which the caller is told, and the operator as well.
fn nobody(arrival: &Arrival<'_>) -> AssistantReply {
    telemetry::call_turned_away("vapi");
    AssistantReply::Error(arrival.book.speak(&phrase::NOBODY.into(), arrival.language))
}

fn noted() -> Reply {
    Reply::json(200, Bytes::from_static(b"{}"))
}

fn tool_calls(message: ToolCalls, body: &Bytes, home: Region, transfers: Transfers) -> Decoded {
    let calls = message.calls.iter().map(|call| ToolCall {
        id: call.id.as_str().into(),
        name: call.name.clone(),
        arguments: Bytes::copy_from_slice(call.arguments.as_str().as_bytes()),
    });
    let mut call = call(&message.context, body, home);
    call.caller_turns = Some(turns::of(body));
    let batch = ToolBatch { call, calls: calls.collect() };
    let id = batch.call.id().clone();
    Decoded::new(Incoming::ToolCalls(batch), move |answered| {
        let Answered::Tools(outcomes) = answered else { return noted() };
        transfers.note(&id, outcomes);
        let mut outcomes = outcomes.iter();
        let results = ToolResults::answer(&message, |_| outcomes.next().map_or_else(unanswered, result));
        Reply::json(200, results.to_bytes())
    })
}

/// The legacy form knows no id: the same function with the same arguments on the same call is the same call.
fn function_call(message: FunctionCall, body: &Bytes, home: Region) -> Decoded {
    let mut call = call(&message.context, body, home);
    call.caller_turns = Some(turns::of(body));
    let arguments = Bytes::copy_from_slice(message.arguments.as_str().as_bytes());
    let tool_call = ToolCall::without_id(call.id(), None, message.name, arguments);
    let batch = ToolBatch { call, calls: vec![tool_call] };
    Decoded::new(Incoming::ToolCalls(batch), |answered| {
        let Answered::Tools(outcomes) = answered else { return noted() };
        let result = outcomes.first().map_or_else(unanswered, result);
        Reply::json(200, FunctionResult::new(&result).to_bytes())
    })
}

fn result(outcome: &Outcome) -> ToolResult {
    match outcome {
        Outcome::Answered(answer) => match answer.act() {
            None => ToolResult::Result(answer.for_model().into_owned()),
            // Vapi speaks it as it stands.
            Some(Act::EndCall) => ToolResult::Last(answer.text().into_owned()),
            Some(Act::Transfer(_)) => {
                // The model alone can set Vapi's own transfer going.
                let instruction = Instruction::new("Say so, then use the transferCall tool.");
                ToolResult::Result(instruction.behind(&answer.for_model()))
            }
        },
        Outcome::Asked(answer) => ToolResult::Result(answer.for_model().into_owned()),
        Outcome::Failed(error) => ToolResult::Error(error.for_model().into_owned()),
    }
}

fn unanswered() -> ToolResult {
    ToolResult::Error(phrase::BROKEN.english().to_owned())
}

/// The language that an assistant listens for, where it is one.
fn spoken_by(assistant: &Assistant) -> Option<Language> {
    Language::parse(assistant.transcriber.as_ref()?.language.as_deref()?).ok()
}
