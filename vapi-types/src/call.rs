//! The call a message belongs to.

use jiff::Timestamp;

use crate::{
    analysis::Analysis,
    compliance::Compliance,
    cost::CostBreakdown,
    customer::Customer,
    destination::Destination,
    ended_reason::EndedReason,
    phone_number::PhoneNumber,
    wire::{Raw, open_word, wire_object},
};

wire_object! {
    /// A call, with the fields a CRM cares about named.
    ///
    /// Large parts that most messages lack are boxed, which keeps every message small to move.
    pub struct Call {
        /// Identifier; the same in every message of the call.
        pub id: Option<String> = shown "id",
        /// Organization the call belongs to.
        pub org_id: Option<String> = shown "orgId",
        /// Inbound, outbound or from the web.
        pub kind: Option<CallKind> = shown "type",
        /// How far the call has got.
        pub status: Option<CallStatus> = shown "status",
        /// Carrier: `twilio`, `vonage`, `vapi`, `telnyx`.
        pub phone_call_provider: Option<String> = shown "phoneCallProvider",
        /// The carrier's own identifier; for Twilio the call SID.
        pub phone_call_provider_id: Option<String> = shown "phoneCallProviderId",
        /// `sip` or `pstn`.
        pub phone_call_transport: Option<String> = shown "phoneCallTransport",
        /// The other end.
        pub customer: Option<Customer> = shown "customer",
        /// Stored customer, by id.
        pub customer_id: Option<String> = shown "customerId",
        /// The operator's number, by id.
        pub phone_number_id: Option<String> = shown "phoneNumberId",
        /// The operator's number.
        pub phone_number: Option<Box<PhoneNumber>> = shown "phoneNumber",
        /// Assistant that talks, by id.
        pub assistant_id: Option<String> = shown "assistantId",
        /// Squad that talks, by id.
        pub squad_id: Option<String> = shown "squadId",
        /// Campaign that placed the call.
        pub campaign_id: Option<String> = shown "campaignId",
        /// The operator's label.
        pub name: Option<String> = hidden "name",
        /// When the call was created.
        pub created_at: Option<Timestamp> = shown "createdAt",
        /// When the call last changed.
        pub updated_at: Option<Timestamp> = shown "updatedAt",
        /// When the talk began.
        pub started_at: Option<Timestamp> = shown "startedAt",
        /// When the call ended.
        pub ended_at: Option<Timestamp> = shown "endedAt",
        /// Why the call ended.
        pub ended_reason: Option<EndedReason> = shown "endedReason",
        /// What the assistant said at the end.
        pub ended_message: Option<String> = hidden "endedMessage",
        /// Where the call was transferred to.
        pub destination: Option<Box<Destination>> = shown "destination",
        /// Cost so far in US dollars.
        pub cost: Option<f64> = shown "cost",
        /// Cost by part.
        pub cost_breakdown: Option<Box<CostBreakdown>> = shown "costBreakdown",
        /// Live listening and control.
        pub monitor: Option<Monitor> = shown "monitor",
        /// Transport details of the carrier.
        pub transport: Option<Raw> = shown "transport",
        /// What the caller agreed to.
        pub compliance: Option<Compliance> = shown "compliance",
        /// Results computed after the call.
        pub analysis: Option<Box<Analysis>> = shown "analysis",
        /// What the operator attached when the call was created; see also [`Call::metadata`].
        pub metadata: Option<Raw> = shown "metadata",
        /// Assistant settings for this call alone.
        pub assistant_overrides: Option<Raw> = shown "assistantOverrides",
    }
}

impl Call {
    /// What the operator attached to the call: its own `metadata`, else that of `assistantOverrides`,
    /// where end-of-call reports carry it.
    pub fn metadata(&self) -> Option<serde_json::Value> {
        if let Some(metadata) = &self.metadata {
            return metadata.parse().ok();
        }
        let overrides: serde_json::Value = self.assistant_overrides.as_ref()?.parse().ok()?;
        overrides.get("metadata").filter(|metadata| !metadata.is_null()).cloned()
    }
}

wire_object! {
    /// URLs for live listening and control; whoever holds one can steer the call, so both are hidden.
    pub struct Monitor {
        /// WebSocket URL of the audio.
        pub listen_url: Option<String> = hidden "listenUrl",
        /// URL that takes live commands.
        pub control_url: Option<String> = hidden "controlUrl",
    }
}

open_word! {
    /// How a call came about.
    pub enum CallKind {
        /// The customer called.
        Inbound = "inboundPhoneCall",
        /// The customer was called.
        Outbound = "outboundPhoneCall",
        /// A call from a web page or an app.
        Web = "webCall",
        /// A call over a raw WebSocket.
        Websocket = "vapi.websocketCall",
    }
}

open_word! {
    /// How far a call has got.
    pub enum CallStatus {
        /// To be placed later.
        Scheduled = "scheduled",
        /// Waiting for a call slot.
        Queued = "queued",
        /// Ringing.
        Ringing = "ringing",
        /// In conversation.
        InProgress = "in-progress",
        /// Being transferred.
        Forwarding = "forwarding",
        /// Over.
        Ended = "ended",
        /// The call does not exist.
        NotFound = "not-found",
        /// Deleting the call failed.
        DeletionFailed = "deletion-failed",
    }
}
