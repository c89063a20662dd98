//! Handing the customer of a channel to another agent.
//!
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Transfers`
//! - `GET /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Transfers/{TransferSid}`
//! - `POST /v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Transfers/{TransferSid}`
//!
//! See Twilio's page "Interaction Transfers Subresource".

use jiff::Timestamp;
use serde_json::Value;

use super::{Interactions, in_channel};
use crate::ask;
use crate::described::described;
use crate::error::Result;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{InteractionChannelSid, InteractionSid, ParticipantSid, TransferSid};

impl Interactions<'_> {
    /// Begins a transfer: Twilio's JSON with its `type`, who hands over (`from`) and who takes (`to`).
    ///
    /// # Errors
    ///
    /// The kinds every request has, [`Ambiguous`](crate::error::ErrorKind::Ambiguous) among them.
    pub async fn transfer(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        transfer: &Value,
    ) -> Result<Transfer> {
        ask::read(self.client, in_channel(Request::post_json(ALL, transfer), interaction, channel)).await
    }

    /// Reads a transfer.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch_transfer(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        transfer: &TransferSid,
    ) -> Result<Transfer> {
        let request = in_channel(Request::get(ONE), interaction, channel);
        ask::read(self.client, request.fill("TransferSid", transfer.as_str())).await
    }

    /// Changes a transfer: Twilio's JSON, such as its new `status`. Saying it twice does no harm.
    ///
    /// # Errors
    ///
    /// As for [`fetch_transfer`](Self::fetch_transfer).
    pub async fn update_transfer(
        self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
        transfer: &TransferSid,
        change: &Value,
    ) -> Result<Transfer> {
        let request = in_channel(Request::post_json(ONE, change), interaction, channel).repeatable();
        ask::read(self.client, request.fill("TransferSid", transfer.as_str())).await
    }
}

described! {
    /// A transfer between agents.
    Transfer {
        /// The identifier of the transfer.
        sid: TransferSid,
        ;
        /// The interaction.
        interaction_sid: InteractionSid,
        /// The channel.
        channel_sid: InteractionChannelSid,
        /// Whether the agents speak with each other before.
        r#type: TransferType,
        /// How far it has come.
        status: TransferStatus,
        /// Who hands over.
        from: ParticipantSid,
        /// Who takes.
        to: String,
        /// When it was begun.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, r#type, status]
}

open_words! {
    /// Whether the agents speak with each other before.
    TransferType {
        /// They do.
        Warm = "warm",
        /// They do not.
        Cold = "cold",
        /// It goes to somebody outside Flex.
        External = "external",
    }

    /// How far a transfer has come.
    TransferStatus {
        /// It goes on.
        Active = "active",
        /// It could not be done.
        Failed = "failed",
        /// It is done.
        Completed = "completed",
    }
}

const ALL: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Transfers";
const ONE: &str = "/v1/Interactions/{InteractionSid}/Channels/{ChannelSid}/Transfers/{TransferSid}";
