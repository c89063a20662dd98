//! `session.created`, `session.updated` and `session.deleted`: conversations over several chats.

use jiff::Timestamp;

use super::wire_message;
use crate::{artifact::ConversationMessage, customer::Customer, wire::wire_object};

wire_message! {
    /// A session began, changed or was deleted.
    pub struct SessionEvent {
        /// The session.
        pub session: Session = shown "session",
    }
}

wire_object! {
    /// A conversation that spans several chats or calls.
    pub struct Session {
        /// Identifier.
        pub id: Option<String> = shown "id",
        /// Organization the session belongs to.
        pub org_id: Option<String> = shown "orgId",
        /// `active` or `completed`.
        pub status: Option<String> = shown "status",
        /// Assistant that answers, by id.
        pub assistant_id: Option<String> = shown "assistantId",
        /// Squad that answers, by id.
        pub squad_id: Option<String> = shown "squadId",
        /// The customer.
        pub customer: Option<Customer> = shown "customer",
        /// Stored customer, by id.
        pub customer_id: Option<String> = shown "customerId",
        /// The conversation so far.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// When it began.
        pub created_at: Option<Timestamp> = shown "createdAt",
        /// When it last changed.
        pub updated_at: Option<Timestamp> = shown "updatedAt",
        /// Cost in US dollars.
        pub cost: Option<f64> = shown "cost",
    }
}
