//! Requests of Vapi that the bridge has nothing of its own to say to: each gets the answer that Vapi documents for it.
//!
//! Where nobody set what to say, it is the answer that does the least harm, and the operator hears of it.

use std::{sync::Arc, time::Duration};

use vapi_types::{
    ServerMessage,
    message::{CampaignPredial, HandoffDestinationRequest},
    reply::{EndpointingReply, HandoffReply, KnowledgeBaseReply, PredialReply},
};

use super::noted;
use crate::channel::{Decoded, Incoming, Reply};

/// How long the assistant waits before it speaks: what Vapi's own endpointing comes to between sentences.
const PAUSE: Duration = Duration::from_millis(500);

/// Says what becomes of a handoff.
type Handoff = dyn Fn(&HandoffDestinationRequest) -> HandoffReply + Send + Sync;
/// Says whether a contact of a campaign is dialled.
type Predial = dyn Fn(&CampaignPredial) -> bool + Send + Sync;

/// What the operator set.
#[derive(Clone, Default)]
pub(super) struct Answers {
    pub(super) handoff: Option<Arc<Handoff>>,
    pub(super) predial: Option<Arc<Predial>>,
}

/// The answer to a request that is neither about functions nor about where a call goes; `None` if it is none.
pub(super) fn answer(message: &ServerMessage, answers: &Answers) -> Option<Decoded> {
    let (kind, is_set, reply) = match message {
        ServerMessage::CampaignPredial(request) => {
            // Who is in a campaign was to be called, and anything but a yes leaves them out.
            let is_dialled = answers.predial.as_ref().is_none_or(|rule| rule(request));
            let reply = Reply::json(200, PredialReply::eligible(is_dialled).to_bytes());
            ("campaign.predial", answers.predial.is_some(), reply)
        }
        ServerMessage::HandoffDestinationRequest(request) => {
            let nobody =
                || HandoffReply::refuse("There is nobody to hand this call to. Go on with it yourself.");
            let reply = answers.handoff.as_ref().map_or_else(nobody, |rule| rule(request));
            ("handoff-destination-request", answers.handoff.is_some(), Reply::json(200, reply.to_bytes()))
        }
        ServerMessage::KnowledgeBaseRequest(_) => {
            let nothing = KnowledgeBaseReply::default().documents(Vec::new());
            ("knowledge-base-request", false, Reply::json(200, nothing.to_bytes()))
        }
        ServerMessage::EndpointingRequest(_) => {
            ("call.endpointing.request", false, Reply::json(200, EndpointingReply::after(PAUSE).to_bytes()))
        }
        // It wants sound, and would play whatever came with status 200.
        ServerMessage::VoiceRequest(_) => ("voice-request", false, Reply::empty(404)),
        // Vapi waits for no answer, but no longer hangs up or forwards calls by itself.
        ServerMessage::PhoneCallControl(_) => ("phone-call-control", false, noted()),
        _ => return None,
    };
    let incoming = if is_set { Incoming::Ignored(kind.to_owned()) } else { Incoming::Unserved(kind) };
    Some(Decoded::new(incoming, |_| reply))
}
