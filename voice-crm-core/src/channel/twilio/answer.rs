//! What Twilio is told to do with a call: TwiML, by the route that was decided.

use serde_json::{Map, Value};
use twilio_client::twiml::{
    Connect, ConversationRelay, Dial, Enqueue, InvalidTwiml, Number, Record, Say, Sip, VoiceResponse,
};

use super::{Answered, Reply, VoiceAgent, empty};
use crate::{
    channel::Arrival,
    routing::{Destination, Route},
    screen_pop::{FlexAttributes, ScreenPop},
};

/// What is said and where it goes.
#[derive(Clone)]
pub(super) struct Script {
    agent: VoiceAgent,
    pub(super) voicemail_prompt: String,
    pub(super) callback: Option<String>,
}

impl Script {
    pub(super) fn new(agent: VoiceAgent) -> Self {
        let voicemail_prompt = "Please leave a message after the tone.".to_owned();
        Self { agent, voicemail_prompt, callback: None }
    }

    /// A call comes in.
    pub(super) fn begin(&self, answered: &Answered<'_>) -> Reply {
        match answered {
            Answered::Assistant(arrival) => document(&self.to(arrival, true)),
            _ => empty(),
        }
    }

    /// The voice agent hands a call over.
    pub(super) fn hand_over(&self, answered: &Answered<'_>) -> Reply {
        match answered {
            // The agent has let go of it; back to the agent it would go round in circles.
            Answered::Transfer(arrival) if arrival.route.destination == Destination::Agent => {
                document(&self.voicemail())
            }
            Answered::Transfer(arrival) => document(&self.to(arrival, false)),
            _ => empty(),
        }
    }

    /// Something happened; where Twilio asks what comes after an unanswered transfer, a message is taken.
    pub(super) fn go_on(&self, answered: &Answered<'_>, unanswered: bool) -> Reply {
        match answered {
            Answered::Noted if unanswered => document(&self.voicemail()),
            _ => empty(),
        }
    }

    fn to(&self, arrival: &Arrival<'_>, greet: bool) -> VoiceResponse {
        let route = arrival.route;
        let greeting = route.greeting.as_deref().filter(|_| greet);
        let greeted = || match greeting {
            Some(text) => VoiceResponse::new().with(Say::new(text)),
            None => VoiceResponse::new(),
        };
        match &route.destination {
            Destination::Agent => match &self.agent {
                VoiceAgent::Sip(uri) => VoiceResponse::new().with(self.dial().with(Sip::new(uri))),
                VoiceAgent::Number(number) => {
                    VoiceResponse::new().with(self.dial().with(Number::new(number)))
                }
                VoiceAgent::Relay(url) => {
                    let relay = ConversationRelay::new(url);
                    // The agent greets by itself, and so does not speak over anybody.
                    let relay = match greeting {
                        Some(text) => relay.attribute("welcomeGreeting", text),
                        None => relay,
                    };
                    let connect = match &self.callback {
                        Some(url) => Connect::new().action(url),
                        None => Connect::new(),
                    };
                    VoiceResponse::new().with(connect.with(relay))
                }
            },
            Destination::Number(number) => greeted().with(self.dial().with(Number::new(number))),
            Destination::Sip(uri) => greeted().with(self.dial().with(Sip::new(uri))),
            Destination::Queue(name) => greeted().with(self.enqueued(Enqueue::new(name))),
            Destination::Workflow(sid) => {
                greeted().with(self.enqueued(Enqueue::task(sid, task(arrival, route).to_string())))
            }
            Destination::Voicemail => self.voicemail(),
        }
    }

    fn dial(&self) -> Dial {
        let dial = Dial::new().answer_on_bridge(true).timeout(30);
        match &self.callback {
            Some(url) => dial.action(url),
            None => dial,
        }
    }

    /// A queue can be full, and who leaves it unserved may leave a message.
    fn enqueued(&self, enqueue: Enqueue) -> Enqueue {
        match &self.callback {
            Some(url) => enqueue.action(url),
            None => enqueue,
        }
    }

    fn voicemail(&self) -> VoiceResponse {
        let record = Record::new().max_length(180).play_beep(true);
        let record = match &self.callback {
            Some(url) => record.recording_status_callback(url),
            None => record,
        };
        VoiceResponse::new().with(Say::new(&self.voicemail_prompt)).with(record)
    }
}

/// The attributes of a task, with the record for the agent's screen.
fn task(arrival: &Arrival<'_>, route: &Route) -> Value {
    let phone = arrival.call.caller.number();
    let pop = ScreenPop::for_caller(arrival.caller, phone);
    let mut attributes: Map<String, Value> = pop.flex(&FlexAttributes::default());
    let mut set = |name: &str, value: Value| attributes.insert(name.to_owned(), value);
    set("queue", route.queue.as_str().into());
    set("priority", route.priority.into());
    set("skills", route.skills.iter().map(String::as_str).collect::<Vec<_>>().into());
    if let Some(agent) = &route.agent {
        set("agent", agent.as_str().into());
    }
    if let Some(name) = arrival.caller.one().map(|caller| caller.name.line(255)) {
        set("name", name.into());
    }
    Value::Object(attributes)
}

fn document(response: &VoiceResponse) -> Reply {
    let written: Result<String, InvalidTwiml> = response.to_xml();
    match written {
        Ok(xml) => Reply::new(200, "text/xml", xml),
        Err(error) => {
            tracing::error!(%error, "the answer to a call cannot be written");
            empty()
        }
    }
}
