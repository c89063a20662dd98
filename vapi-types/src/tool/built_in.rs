//! Tools Vapi carries out by itself.

use serde_json::Value;

use super::{Function, RejectionPlan, StaticParameter, ToolMessage};
use crate::{reply::TransferDestination, server::BackoffPlan, wire::settings};

settings! {
    /// Transfers the call to one of several destinations, or to where the server says.
    pub struct TransferCallTool {
        /// Where to; without any, the server is asked by a `transfer-destination-request`.
        pub destinations: Vec<TransferDestination> = shown "destinations",
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Ends the call.
    pub struct EndCallTool {
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Hands the call to another assistant, or to the one the server names.
    pub struct HandoffTool {
        /// To whom, in the detail of the REST API.
        pub destinations: Vec<Value> = hidden "destinations",
        /// What the model sees.
        pub function: Function = shown "function",
        /// What the model is told when the handoff is done.
        pub default_result: String = hidden "defaultResult",
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Presses keys.
    pub struct DtmfTool {
        /// Whether the keys go as SIP INFO.
        pub sip_info_dtmf_enabled: bool = shown "sipInfoDtmfEnabled",
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Sends a text message.
    pub struct SmsTool {
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Makes an HTTP request.
    pub struct ApiRequestTool {
        /// Name the model sees, at most 40 characters.
        pub name: String = shown "name",
        /// When the model should use it.
        pub description: String = shown "description",
        /// Method in capitals.
        pub method: String = shown "method",
        /// URL; may hold Liquid templates.
        pub url: String = hidden "url",
        /// JSON Schema of the body.
        pub body: Value = shown "body",
        /// JSON Schema of the headers.
        pub headers: Value = hidden "headers",
        /// How long Vapi waits, 1 to 300 seconds.
        pub timeout_seconds: u64 = shown "timeoutSeconds",
        /// Credential that authenticates Vapi.
        pub credential_id: String = shown "credentialId",
        /// Arguments the model neither sees nor chooses.
        pub parameters: Vec<StaticParameter> = shown "parameters",
        /// Whether and how the request is repeated.
        pub backoff_plan: BackoffPlan = shown "backoffPlan",
        /// Which parts of the result become variables.
        pub variable_extraction_plan: Value = hidden "variableExtractionPlan",
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}

settings! {
    /// Looks into documents.
    pub struct QueryTool {
        /// The documents, in the detail of the REST API.
        pub knowledge_bases: Vec<Value> = shown "knowledgeBases",
        /// What is said.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
    }
}
