//! Flex interactions: bringing a customer and an agent together.
//!
//! - `POST /v1/Interactions`
//! - `GET /v1/Interactions/{InteractionSid}`
//! - `GET /v1/Interactions/{InteractionSid}/Channels`
//! - `GET /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}`
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}`
//! - `GET /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Invites`
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Invites`
//! - `POST /v1/Interactions/{InteractionSid}`
//! - who is in a channel: [`ChannelParticipant`]; handing over: [`Transfer`]
//!
//! See Twilio's page "Interactions API".

mod participant;
mod transfer;

use serde_json::Value;

pub use self::participant::{
    AddChannelParticipant, ChannelParticipant, ListChannelParticipants, ParticipantState, ParticipantType,
};
pub use self::transfer::{Transfer, TransferStatus, TransferType};

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{InteractionChannelSid, InteractionSid, InviteSid};

/// The interactions of an account, from [`Client::interactions`].
#[derive(Clone, Copy, Debug)]
pub struct Interactions<'a> {
    client: &'a Client,
}

impl Client {
    /// The interactions of Flex.
    pub fn interactions(&self) -> Interactions<'_> {
        Interactions { client: self }
    }
}

impl<'a> Interactions<'a> {
    /// Begins an interaction on this channel, Twilio's JSON with `type` and `initiated_by`.
    pub fn create(self, channel: &Value) -> CreateInteraction<'a> {
        let mut form = Form::new();
        form.set("Channel", channel.to_string());
        CreateInteraction::new(self.client, Request::post(ALL, form).product(Product::Flex))
    }

    /// Reads an interaction.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, interaction: &InteractionSid) -> Result<Interaction> {
        ask::read(self.client, of(Request::get(ONE), interaction)).await
    }

    /// Changes an interaction; changing it twice does no harm.
    pub fn update(self, interaction: &InteractionSid) -> UpdateInteraction<'a> {
        let request = of(Request::post(ONE, Form::new()), interaction);
        UpdateInteraction::new(self.client, request.repeatable())
    }

    /// Lists the channels of an interaction.
    pub fn channels(self, interaction: &InteractionSid) -> ListChannels<'a> {
        ListChannels::new(self.client, of(Request::get(CHANNELS), interaction))
    }

    /// Reads a channel.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn channel(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
    ) -> Result<InteractionChannel> {
        ask::read(self.client, in_channel(Request::get(CHANNEL), interaction, channel)).await
    }

    /// Closes a channel, or lets it rest.
    pub fn update_channel(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        status: &ChannelStatus,
    ) -> UpdateChannel<'a> {
        let mut form = Form::new();
        form.set("Status", status.as_str());
        let request = in_channel(Request::post(CHANNEL, form), interaction, channel);
        UpdateChannel::new(self.client, request.repeatable())
    }

    /// Invites an agent, found by this routing: Twilio's JSON with `properties`.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn invite(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        routing: &Value,
    ) -> Result<Invite> {
        let mut form = Form::new();
        form.set("Routing", routing.to_string());
        ask::read(self.client, in_channel(Request::post(INVITES, form), interaction, channel)).await
    }

    /// Lists the invitations into a channel.
    pub fn invites(self, interaction: &InteractionSid, channel: &InteractionChannelSid) -> ListInvites<'a> {
        ListInvites::new(self.client, in_channel(Request::get(INVITES), interaction, channel))
    }
}

fn of(request: Request, interaction: &InteractionSid) -> Request {
    request.product(Product::Flex).fill("InteractionSid", interaction.as_str())
}

fn in_channel(request: Request, interaction: &InteractionSid, channel: &InteractionChannelSid) -> Request {
    of(request, interaction).fill("ChannelSid", channel.as_str())
}

described! {
    /// An interaction.
    Interaction {
        /// The identifier of the interaction.
        sid: InteractionSid,
        ;
        /// The channel it began on.
        channel: Value,
        /// How an agent was found.
        routing: Value,
    } shows [sid]

    /// A channel of an interaction.
    InteractionChannel {
        /// The identifier of the channel.
        sid: InteractionChannelSid,
        ;
        /// The interaction it is of.
        interaction_sid: InteractionSid,
        /// What it is: `voice`, `sms`, `web`.
        r#type: String,
        /// How far it has come.
        status: ChannelStatus,
        /// What went wrong, as one of Twilio's codes.
        error_code: u64,
    } shows [sid, status]

    /// An invitation of an agent into a channel.
    Invite {
        /// The identifier of the invitation.
        sid: InviteSid,
        ;
        /// The interaction it is into.
        interaction_sid: InteractionSid,
        /// The channel it is into.
        channel_sid: InteractionChannelSid,
        /// How the agent is found.
        routing: Value,
    } shows [sid]
}

open_words! {
    /// How far a channel has come.
    ChannelStatus {
        /// Being made.
        Setup = "setup",
        /// In use.
        Active = "active",
        /// It could not be made.
        Failed = "failed",
        /// Over.
        Closed = "closed",
        /// Resting, to be taken up again.
        Inactive = "inactive",
        /// Paused.
        Pause = "pause",
        /// Being handed to another agent.
        Transfer = "transfer",
    }
}

asks! {
    /// An interaction to be begun, from [`Interactions::create`]; await it.
    CreateInteraction -> Interaction {
        /// How an agent is found, Twilio's JSON with `properties`.
        routing: &Value = "Routing",
        /// The context it goes on from.
        context: &str = "InteractionContextSid",
        /// The time to live of its webhooks.
        webhook_ttid: &str = "WebhookTtid",
    }

    /// An interaction to be changed, from [`Interactions::update`]; await it.
    UpdateInteraction -> Interaction {
        /// The time to live of its webhooks.
        webhook_ttid: &str = "WebhookTtid",
    }

    /// A channel to be changed, from [`Interactions::update_channel`]; await it.
    UpdateChannel -> InteractionChannel {
        /// What becomes of its task, Twilio's JSON.
        routing: &Value = "Routing",
    }
}

lists! {
    /// Channels of an interaction, from [`Interactions::channels`].
    ListChannels of InteractionChannel {}

    /// Invitations into a channel, from [`Interactions::invites`].
    ListInvites of Invite {}
}

const ALL: &str = "/v1/Interactions";
const ONE: &str = "/v1/Interactions/{InteractionSid}";
const CHANNELS: &str = "/v1/Interactions/{InteractionSid}/Channels";
const CHANNEL: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}";
const INVITES: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Invites";
