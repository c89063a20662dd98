//! Several assistants that share a call.

use serde_json::Value;

use super::{Assistant, AssistantOverrides};
use crate::wire::settings;

settings! {
    /// Assistants that hand a call to each other; the first one begins.
    pub struct Squad {
        /// Name.
        pub name: String = shown "name",
        /// The assistants.
        pub members: Vec<SquadMember> = shown "members",
        /// Settings for all of them.
        pub members_overrides: AssistantOverrides = shown "membersOverrides",
    }
}

impl Squad {
    /// A squad of these members.
    pub fn of(members: Vec<SquadMember>) -> Self {
        Self::default().members(members)
    }
}

settings! {
    /// One assistant of a squad, stored or in full.
    pub struct SquadMember {
        /// Stored assistant, by id.
        pub assistant_id: String = shown "assistantId",
        /// The assistant in full.
        pub assistant: Assistant = shown "assistant",
        /// Settings for this member.
        pub assistant_overrides: AssistantOverrides = shown "assistantOverrides",
        /// Whom it may hand the call to, in the detail of the REST API.
        pub assistant_destinations: Vec<Value> = hidden "assistantDestinations",
    }
}
