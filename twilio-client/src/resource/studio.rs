//! Studio: the flows that calls run through, and their runs.
//!
//! - `POST /v2/Flows`, `GET /v2/Flows`, `POST /v2/Flows/Validate`
//! - `GET /v2/Flows/{FlowSid}`, `POST /v2/Flows/{FlowSid}`, `DELETE /v2/Flows/{FlowSid}`
//! - `GET /v2/Flows/{FlowSid}/Revisions`
//! - what a flow is made of: [`flow`]
//!
//! See Twilio's page "Studio API v2".

mod execution;
pub mod flow;

use jiff::Timestamp;
use serde_json::Value;

pub use self::execution::{
    Execution, ExecutionStatus, InFlow, ListExecutions, ListSteps, StartExecution, Step,
};

use self::flow::Flow as Definition;
use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{AccountSid, FlowSid};

/// The flows of an account, from [`Client::flows`].
#[derive(Clone, Copy, Debug)]
pub struct Flows<'a> {
    client: &'a Client,
}

impl Client {
    /// The flows of the account.
    pub fn flows(&self) -> Flows<'_> {
        Flows { client: self }
    }

    /// One flow and its runs.
    pub fn flow(&self, flow: &FlowSid) -> InFlow<'_> {
        InFlow::new(self, flow.clone())
    }
}

impl<'a> Flows<'a> {
    /// Makes a flow.
    pub fn create(self, name: &str, status: &FlowStatus, definition: &Definition) -> CreateFlow<'a> {
        let form = form(Some(name), status, Some(definition));
        CreateFlow::new(self.client, Request::post(ALL, form).product(Product::Studio))
    }

    /// Asks Twilio whether a flow is valid, without making it. Twilio's complaints are in
    /// [`details`](crate::error::Refusal::details) of the refusal when it answers with one.
    ///
    /// # Errors
    ///
    /// [`Refused`](crate::error::ErrorKind::Refused) when it is not, and the kinds every request has.
    pub async fn validate(self, name: &str, definition: &Definition) -> Result<bool> {
        let form = form(Some(name), &FlowStatus::Draft, Some(definition));
        let request = Request::post(VALIDATE, form).product(Product::Studio).repeatable();
        let answer: Value = ask::read(self.client, request).await?;
        Ok(answer.get("valid").and_then(Value::as_bool).unwrap_or(false))
    }

    /// Reads a flow with its definition.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, flow: &FlowSid) -> Result<DeployedFlow> {
        ask::read(self.client, of(Request::get(ONE), flow)).await
    }

    /// Lists flows, without their definitions.
    pub fn list(self) -> ListFlows<'a> {
        ListFlows::new(self.client, Request::get(ALL).product(Product::Studio))
    }

    /// Gives a flow another definition, or publishes the one it has. Every change is a revision of its own.
    pub fn update(
        self,
        flow: &FlowSid,
        status: &FlowStatus,
        definition: Option<&Definition>,
    ) -> UpdateFlow<'a> {
        let form = form(None, status, definition);
        UpdateFlow::new(self.client, of(Request::post(ONE, form), flow))
    }

    /// Lists the revisions of a flow, the newest first.
    pub fn revisions(self, flow: &FlowSid) -> ListRevisions<'a> {
        ListRevisions::new(self.client, of(Request::get(REVISIONS), flow))
    }

    /// Deletes a flow.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(self, flow: &FlowSid) -> Result<()> {
        ask::delete(self.client, of(Request::delete(ONE), flow)).await
    }
}

fn form(name: Option<&str>, status: &FlowStatus, definition: Option<&Definition>) -> Form {
    let mut form = Form::new();
    if let Some(name) = name {
        form.set("FriendlyName", name);
    }
    form.set("Status", status.as_str());
    if let Some(definition) = definition {
        form.set("Definition", definition.to_json().to_string());
    }
    form
}

fn of(request: Request, flow: &FlowSid) -> Request {
    request.product(Product::Studio).fill("FlowSid", flow.as_str())
}

described! {
    /// A flow as Twilio has it; also a revision of one.
    DeployedFlow {
        /// The identifier of the flow.
        sid: FlowSid,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// Its name.
        friendly_name: String,
        /// Whether calls run through it.
        status: FlowStatus,
        /// Its number among the revisions.
        revision: u64,
        /// What it is made of; [`Flow::from_json`](flow::Flow::from_json) reads it.
        definition: Value,
        /// What was said about the change.
        commit_message: String,
        /// Whether Twilio finds it valid.
        valid: bool,
        /// What Twilio finds wrong.
        errors: Value,
        /// What Twilio finds odd.
        warnings: Value,
        /// Where calls and messages are to be sent to run through it.
        webhook_url: String,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, status, revision, valid]
}

open_words! {
    /// Whether calls run through a flow.
    FlowStatus {
        /// They do not.
        Draft = "draft",
        /// They do.
        Published = "published",
    }
}

asks! {
    /// A flow to be made, from [`Flows::create`]; await it.
    CreateFlow -> DeployedFlow {
        /// What to say about it.
        commit_message: &str = "CommitMessage",
    }

    /// A flow to be changed, from [`Flows::update`]; await it.
    UpdateFlow -> DeployedFlow {
        /// Its name.
        name: &str = "FriendlyName",
        /// What to say about the change.
        commit_message: &str = "CommitMessage",
    }
}

lists! {
    /// Flows of the account, from [`Flows::list`].
    ListFlows of DeployedFlow {}

    /// Revisions of a flow, from [`Flows::revisions`].
    ListRevisions of DeployedFlow {}
}

const ALL: &str = "/v2/Flows";
const ONE: &str = "/v2/Flows/{FlowSid}";
const VALIDATE: &str = "/v2/Flows/Validate";
const REVISIONS: &str = "/v2/Flows/{FlowSid}/Revisions";
