//! Kinds of tasks, and how many of each a worker takes at once.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskChannels`
//! - `POST /v1/Workspaces/{WorkspaceSid}/TaskChannels`
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskChannels/{TaskChannelSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/TaskChannels/{TaskChannelSid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/TaskChannels/{TaskChannelSid}`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Channels`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Channels/{ChannelSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Channels/{ChannelSid}`
//!
//! See Twilio's pages "`TaskChannel` Resource" and "`WorkerChannel` Resource".

use jiff::Timestamp;

use super::InWorkspace;
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::{TaskChannelSid, WorkerSid};

impl<'a> InWorkspace<'a> {
    /// Makes a kind of tasks, such as `voice`; the unique name is what tasks are made with.
    pub fn create_channel(&self, name: &str, unique_name: &str) -> CreateTaskChannel<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        form.set("UniqueName", unique_name);
        CreateTaskChannel::new(self.client, self.of(Request::post(ALL, form)))
    }

    /// Reads a kind of tasks, given by its identifier or its unique name.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn channel(&self, channel: impl AsRef<str>) -> Result<TaskChannel> {
        ask::read(self.client, self.of(Request::get(ONE)).fill("TaskChannelSid", channel.as_ref())).await
    }

    /// Lists the kinds of tasks.
    pub fn channels(&self) -> ListTaskChannels<'a> {
        ListTaskChannels::new(self.client, self.of(Request::get(ALL)))
    }

    /// Changes a kind of tasks; changing it twice does no harm.
    pub fn update_channel(&self, channel: impl AsRef<str>) -> UpdateTaskChannel<'a> {
        let request = self.of(Request::post(ONE, Form::new())).fill("TaskChannelSid", channel.as_ref());
        UpdateTaskChannel::new(self.client, request.repeatable())
    }

    /// Deletes a kind of tasks.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_channel(&self, channel: impl AsRef<str>) -> Result<()> {
        ask::delete(self.client, self.of(Request::delete(ONE)).fill("TaskChannelSid", channel.as_ref())).await
    }

    /// Lists how many of each kind of task a worker takes.
    pub fn worker_channels(&self, worker: &WorkerSid) -> ListWorkerChannels<'a> {
        let request = self.of(Request::get(WORKER_ALL)).fill("WorkerSid", worker.as_str());
        ListWorkerChannels::new(self.client, request)
    }

    /// Reads how many of one kind of task a worker takes, given by the kind's identifier or unique name.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn worker_channel(
        &self,
        worker: &WorkerSid,
        channel: impl AsRef<str>,
    ) -> Result<WorkerChannel> {
        let request = self.of(Request::get(WORKER_ONE)).fill("WorkerSid", worker.as_str());
        ask::read(self.client, request.fill("ChannelSid", channel.as_ref())).await
    }

    /// Changes how many of one kind of task a worker takes; changing it twice does no harm.
    pub fn update_worker_channel(
        &self,
        worker: &WorkerSid,
        channel: impl AsRef<str>,
    ) -> UpdateWorkerChannel<'a> {
        let request = self.of(Request::post(WORKER_ONE, Form::new())).fill("WorkerSid", worker.as_str());
        UpdateWorkerChannel::new(self.client, request.fill("ChannelSid", channel.as_ref()).repeatable())
    }
}

described! {
    /// A kind of tasks.
    TaskChannel {
        /// The identifier of the kind.
        sid: TaskChannelSid,
        ;
        /// Its name.
        friendly_name: String,
        /// The name that tasks are made with.
        unique_name: String,
        /// Whether workers with much room left go first.
        channel_optimized_routing: bool,
    } shows [sid, unique_name]

    /// How many of one kind of task a worker takes.
    WorkerChannel {
        /// The identifier, `WC..`.
        sid: String,
        ;
        /// The worker.
        worker_sid: WorkerSid,
        /// The kind.
        task_channel_sid: TaskChannelSid,
        /// The unique name of the kind.
        task_channel_unique_name: String,
        /// How many at once.
        configured_capacity: u64,
        /// How much of that is free, in percent.
        available_capacity_percentage: u64,
        /// How many the worker has.
        assigned_tasks: u64,
        /// Whether they are offered at all.
        available: bool,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, task_channel_unique_name, configured_capacity, assigned_tasks, available]
}

asks! {
    /// A kind of tasks to be made, from [`InWorkspace::create_channel`]; await it.
    CreateTaskChannel -> TaskChannel {
        /// Whether workers with much room left go first.
        channel_optimized_routing: bool = "ChannelOptimizedRouting",
    }

    /// A kind of tasks to be changed, from [`InWorkspace::update_channel`]; await it.
    UpdateTaskChannel -> TaskChannel {
        /// Its name.
        name: &str = "FriendlyName",
        /// Whether workers with much room left go first.
        channel_optimized_routing: bool = "ChannelOptimizedRouting",
    }

    /// A worker's share of a kind of tasks to be changed, from [`InWorkspace::update_worker_channel`]; await it.
    UpdateWorkerChannel -> WorkerChannel {
        /// How many at once.
        capacity: u32 = "Capacity",
        /// Whether they are offered at all.
        available: bool = "Available",
    }
}

lists! {
    /// Kinds of tasks, from [`InWorkspace::channels`].
    ListTaskChannels of TaskChannel {}

    /// A worker's shares of the kinds, from [`InWorkspace::worker_channels`].
    ListWorkerChannels of WorkerChannel {}
}

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/TaskChannels";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/TaskChannels/{TaskChannelSid}";
const WORKER_ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Channels";
const WORKER_ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Channels/{ChannelSid}";
