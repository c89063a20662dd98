//! `TaskRouter`: which agent gets which call.
//!
//! - `POST /v1/Workspaces`, `GET /v1/Workspaces`, `GET /v1/Workspaces/{WorkspaceSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}`, `DELETE /v1/Workspaces/{WorkspaceSid}`
//! - what is in a workspace: [`task`], [`worker`], [`queue`], [`reservation`], [`channel`], [`event`], [`statistics`]
//!
//! See Twilio's page "`TaskRouter` API".

pub mod assignment;
pub mod channel;
pub mod event;
mod merge;
pub mod queue;
pub mod reservation;
pub mod statistics;
pub mod task;
pub mod worker;
pub mod worker_reservation;

use jiff::Timestamp;
use url::Url;

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::request::Request;
use crate::sid::{AccountSid, ActivitySid, WorkspaceSid};

/// The workspaces of an account, from [`Client::workspaces`].
#[derive(Clone, Copy, Debug)]
pub struct Workspaces<'a> {
    client: &'a Client,
}

/// One workspace, from [`Client::workspace`].
#[derive(Clone, Debug)]
pub struct InWorkspace<'a> {
    pub(super) client: &'a Client,
    workspace: WorkspaceSid,
}

impl Client {
    /// The workspaces of the account.
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces { client: self }
    }

    /// One workspace and what is in it.
    pub fn workspace(&self, workspace: &WorkspaceSid) -> InWorkspace<'_> {
        InWorkspace { client: self, workspace: workspace.clone() }
    }
}

impl<'a> Workspaces<'a> {
    /// Makes a workspace.
    pub fn create(self, name: &str) -> CreateWorkspace<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        CreateWorkspace::new(self.client, Request::post(ALL, form).product(Product::TaskRouter))
    }

    /// Reads a workspace.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, workspace: &WorkspaceSid) -> Result<Workspace> {
        let request = Request::get(ONE).product(Product::TaskRouter);
        ask::read(self.client, request.fill("WorkspaceSid", workspace.as_str())).await
    }

    /// Changes a workspace; changing it twice does no harm.
    pub fn update(self, workspace: &WorkspaceSid) -> UpdateWorkspace<'a> {
        let request = Request::post(ONE, Form::new()).product(Product::TaskRouter);
        UpdateWorkspace::new(self.client, request.fill("WorkspaceSid", workspace.as_str()).repeatable())
    }

    /// Deletes a workspace with all that is in it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(self, workspace: &WorkspaceSid) -> Result<()> {
        let request = Request::delete(ONE).product(Product::TaskRouter);
        ask::delete(self.client, request.fill("WorkspaceSid", workspace.as_str())).await
    }

    /// Lists workspaces.
    pub fn list(self) -> ListWorkspaces<'a> {
        ListWorkspaces::new(self.client, Request::get(ALL).product(Product::TaskRouter))
    }
}

impl InWorkspace<'_> {
    fn of(&self, request: Request) -> Request {
        request.product(Product::TaskRouter).fill("WorkspaceSid", self.workspace.as_str())
    }
}

described! {
    /// A workspace: agents, queues and the tasks between them.
    Workspace {
        /// The identifier of the workspace.
        sid: WorkspaceSid,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// Its name.
        friendly_name: String,
        /// Where events are sent.
        event_callback_url: String,
        /// Which events are sent.
        events_filter: String,
        /// What workers do at first.
        default_activity_sid: ActivitySid,
        /// What workers do who let an offer pass.
        timeout_activity_sid: ActivitySid,
        /// Whether a worker may have several tasks.
        multi_task_enabled: bool,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid]
}

asks! {
    /// A workspace to be made, from [`Workspaces::create`]; await it.
    CreateWorkspace -> Workspace {
        /// Where events are sent.
        event_callback: &Url = "EventCallbackUrl",
        /// Which events are sent, with commas between them; all unless set.
        events_filter: &str = "EventsFilter",
        /// Whether a worker may have several tasks.
        multi_task: bool = "MultiTaskEnabled",
        /// What to begin with: `NONE` or `FIFO`.
        template: &str = "Template",
        /// Which queue goes first: `FIFO` or `LIFO`.
        prioritize_queue_order: &str = "PrioritizeQueueOrder",
    }

    /// A workspace to be changed, from [`Workspaces::update`]; await it.
    UpdateWorkspace -> Workspace {
        /// Its name.
        name: &str = "FriendlyName",
        /// Where events are sent.
        event_callback: &Url = "EventCallbackUrl",
        /// Which events are sent, with commas between them.
        events_filter: &str = "EventsFilter",
        /// What workers do at first.
        default_activity: &ActivitySid = "DefaultActivitySid",
        /// What workers do who let an offer pass.
        timeout_activity: &ActivitySid = "TimeoutActivitySid",
        /// Whether a worker may have several tasks.
        multi_task: bool = "MultiTaskEnabled",
        /// Which queue goes first: `FIFO` or `LIFO`.
        prioritize_queue_order: &str = "PrioritizeQueueOrder",
    }
}

lists! {
    /// Workspaces of the account, from [`Workspaces::list`].
    ListWorkspaces of Workspace {
        /// Those of this name.
        name: &str = "FriendlyName",
    }
}

const ALL: &str = "/v1/Workspaces";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}";
