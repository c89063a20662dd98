//! What a call is to be.

use jiff::Timestamp;

use crate::{
    assistant::{Assistant, AssistantOverrides, Squad},
    customer::Customer,
    wire::settings,
};

settings! {
    /// Who calls, from which number, and when. Who is called is said apart, see [`Calls`](super::Calls).
    pub struct CreateCall {
        /// Stored assistant that talks.
        pub assistant_id: String = shown "assistantId",
        /// Assistant that talks, for this call alone.
        pub assistant: Box<Assistant> = shown "assistant",
        /// Settings of the assistant for this call alone, metadata and variables among them.
        pub assistant_overrides: Box<AssistantOverrides> = shown "assistantOverrides",
        /// Version of the stored assistant.
        pub assistant_version: String = shown "assistantVersion",
        /// Stored squad that talks.
        pub squad_id: String = shown "squadId",
        /// Squad that talks, for this call alone.
        pub squad: Box<Squad> = shown "squad",
        /// Settings of the squad's assistants for this call alone.
        pub squad_overrides: Box<AssistantOverrides> = shown "squadOverrides",
        /// Stored number the call goes out from.
        pub phone_number_id: String = shown "phoneNumberId",
        /// The operator's label, at most 40 characters.
        pub name: String = hidden "name",
        /// When the call is placed; at once unless set.
        pub schedule_plan: SchedulePlan = shown "schedulePlan",
        /// Stored customer who is called.
        pub customer_id: String = shown "customerId",
        /// Who is called.
        pub customer: Customer = shown "customer",
        /// Who is called, each in a call of its own.
        pub customers: Vec<Customer> = shown "customers",
    }
}

settings! {
    /// When a call is placed.
    pub struct SchedulePlan {
        /// Not before this.
        pub earliest_at: Timestamp = shown "earliestAt",
        /// Not after this.
        pub latest_at: Timestamp = shown "latestAt",
    }
}
