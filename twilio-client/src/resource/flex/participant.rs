//! Who is in a channel of an interaction.
//!
//! - `GET /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Participants`
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Participants`
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Participants/{ParticipantSid}`
//!
//! See Twilio's page "Interaction Channel Participants Subresource".

use serde_json::Value;

use super::{Interactions, in_channel};
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{InteractionChannelSid, InteractionSid, ParticipantSid};

impl<'a> Interactions<'a> {
    /// Lists who is in a channel.
    pub fn participants(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
    ) -> ListChannelParticipants<'a> {
        ListChannelParticipants::new(self.client, in_channel(Request::get(ALL), interaction, channel))
    }

    /// Brings somebody in: an agent, a supervisor, another customer. The media properties are Twilio's JSON with how
    /// they are reached.
    pub fn add_participant(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        kind: &ParticipantType,
        media: &Value,
    ) -> AddChannelParticipant<'a> {
        let mut form = Form::new();
        form.set("Type", kind.as_str());
        form.set("MediaProperties", media.to_string());
        AddChannelParticipant::new(self.client, in_channel(Request::post(ALL, form), interaction, channel))
    }

    /// Lets somebody leave for good (`closed`), or be away until `wrapup` is over. Saying it twice does no harm.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when nobody of that name is there, and the kinds every request
    /// has.
    pub async fn update_participant(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        participant: &ParticipantSid,
        status: &ParticipantState,
    ) -> Result<ChannelParticipant> {
        let mut form = Form::new();
        form.set("Status", status.as_str());
        let request = in_channel(Request::post(ONE, form), interaction, channel).repeatable();
        ask::read(self.client, request.fill("ParticipantSid", participant.as_str())).await
    }
}

described! {
    /// Somebody in a channel.
    ChannelParticipant {
        /// The identifier.
        sid: ParticipantSid,
        ;
        /// Who.
        r#type: ParticipantType,
        /// The interaction.
        interaction_sid: InteractionSid,
        /// The channel.
        channel_sid: InteractionChannelSid,
        /// How the work was found for them.
        routing_properties: Value,
    } shows [sid, r#type]
}

open_words! {
    /// Who somebody in a channel is.
    ParticipantType {
        /// Who asks.
        Customer = "customer",
        /// Who answers.
        Agent = "agent",
        /// Who helps the agent.
        Supervisor = "supervisor",
        /// Somebody else.
        External = "external",
    }

    /// What becomes of somebody in a channel.
    ParticipantState {
        /// Gone for good.
        Closed = "closed",
        /// Still writing notes.
        Wrapup = "wrapup",
    }
}

asks! {
    /// Somebody to be brought in, from [`Interactions::add_participant`]; await it.
    AddChannelParticipant -> ChannelParticipant {
        /// The task and the reservation they come by, Twilio's JSON.
        routing: &Value = "RoutingProperties",
    }
}

lists! {
    /// Who is in a channel, from [`Interactions::participants`].
    ListChannelParticipants of ChannelParticipant {}
}

const ALL: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Participants";
const ONE: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Participants/{ParticipantSid}";
