//! The runs of a flow.
//!
//! - `POST /v2/Flows/{FlowSid}/Executions`
//! - `GET /v2/Flows/{FlowSid}/Executions`
//! - `GET /v2/Flows/{FlowSid}/Executions/{ExecutionSid}`
//! - `POST /v2/Flows/{FlowSid}/Executions/{ExecutionSid}`
//! - `DELETE /v2/Flows/{FlowSid}/Executions/{ExecutionSid}`
//! - `GET /v2/Flows/{FlowSid}/Executions/{ExecutionSid}/Context`
//! - `GET /v2/Flows/{FlowSid}/Executions/{ExecutionSid}/Steps`

use jiff::Timestamp;
use serde_json::Value;

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{ExecutionSid, FlowSid};

/// One flow, from [`Client::flow`].
#[derive(Clone, Debug)]
pub struct InFlow<'a> {
    client: &'a Client,
    flow: FlowSid,
}

impl<'a> InFlow<'a> {
    pub(super) fn new(client: &'a Client, flow: FlowSid) -> Self {
        Self { client, flow }
    }

    /// Runs the flow for this number, mostly with a call or a message. What may have been started is not
    /// started again.
    pub fn start(&self, to: impl Into<Endpoint>, from: impl Into<Endpoint>) -> StartExecution<'a> {
        let mut form = Form::new();
        form.set("To", to.into().as_str());
        form.set("From", from.into().as_str());
        StartExecution::new(self.client, self.of(Request::post(ALL, form)))
    }

    /// Reads a run.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn execution(&self, execution: &ExecutionSid) -> Result<Execution> {
        ask::read(self.client, self.one(Request::get(ONE), execution)).await
    }

    /// Lists runs, the newest first.
    pub fn executions(&self) -> ListExecutions<'a> {
        ListExecutions::new(self.client, self.of(Request::get(ALL)))
    }

    /// Ends a run; ending it twice does no harm.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn end(&self, execution: &ExecutionSid) -> Result<Execution> {
        let mut form = Form::new();
        form.set("Status", ExecutionStatus::Ended.as_str());
        ask::read(self.client, self.one(Request::post(ONE, form), execution).repeatable()).await
    }

    /// Deletes the record of a run, with all that the caller entered.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(&self, execution: &ExecutionSid) -> Result<()> {
        ask::delete(self.client, self.one(Request::delete(ONE), execution)).await
    }

    /// Reads what a run knows: the answers of its requests, what the caller entered.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn context(&self, execution: &ExecutionSid) -> Result<Value> {
        let answer: Value = ask::read(self.client, self.one(Request::get(CONTEXT), execution)).await?;
        Ok(answer.get("context").cloned().unwrap_or(Value::Null))
    }

    /// Lists the steps of a run, the newest first.
    pub fn steps(&self, execution: &ExecutionSid) -> ListSteps<'a> {
        ListSteps::new(self.client, self.one(Request::get(STEPS), execution))
    }

    fn of(&self, request: Request) -> Request {
        super::of(request.product(Product::Studio), &self.flow)
    }

    fn one(&self, request: Request, execution: &ExecutionSid) -> Request {
        self.of(request).fill("ExecutionSid", execution.as_str())
    }
}

described! {
    /// A run of a flow.
    Execution {
        /// The identifier of the run.
        sid: ExecutionSid,
        /// Whether it goes on.
        status: ExecutionStatus,
        ;
        /// The flow.
        flow_sid: FlowSid,
        /// The revision of the flow.
        flow_version: u64,
        /// Whom it is for.
        contact_channel_address: Endpoint,
        /// What it knows.
        context: Value,
        /// What began it.
        initiated_by: String,
        /// When it began.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, status, flow_version]

    /// A step of a run.
    Step {
        /// The identifier, `FT..`.
        sid: String,
        ;
        /// What happened, such as `incomingCall`.
        name: String,
        /// The widget it left.
        transitioned_from: String,
        /// The widget it came to.
        transitioned_to: String,
        /// What the run knew then.
        context: Value,
        /// When it was.
        date_created: Timestamp,
    } shows [sid, name, transitioned_from, transitioned_to]
}

open_words! {
    /// Whether a run goes on.
    ExecutionStatus {
        /// It does.
        Active = "active",
        /// It does not.
        Ended = "ended",
    }
}

asks! {
    /// A run to be started, from [`InFlow::start`]; await it.
    StartExecution -> Execution {
        /// What the flow finds in `flow.data`.
        parameters: &Value = "Parameters",
    }
}

lists! {
    /// Runs of a flow, from [`InFlow::executions`].
    ListExecutions of Execution {
        /// Those begun at this time or after.
        since: Timestamp = "DateCreatedFrom",
        /// Those begun before.
        until: Timestamp = "DateCreatedTo",
        /// Those that go on, or all others.
        status: &ExecutionStatus = "status",
    }

    /// Steps of a run, from [`InFlow::steps`].
    ListSteps of Step {}
}

const ALL: &str = "/v2/Flows/{FlowSid}/Executions";
const ONE: &str = "/v2/Flows/{FlowSid}/Executions/{ExecutionSid}";
const CONTEXT: &str = "/v2/Flows/{FlowSid}/Executions/{ExecutionSid}/Context";
const STEPS: &str = "/v2/Flows/{FlowSid}/Executions/{ExecutionSid}/Steps";
