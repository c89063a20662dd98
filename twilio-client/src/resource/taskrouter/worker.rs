//! Workers, and what they are doing.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workers`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Activities`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Activities`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Activities/{ActivitySid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Activities/{ActivitySid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/Activities/{ActivitySid}`

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::InWorkspace;
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::{ActivitySid, TaskQueueSid, WorkerSid};

impl<'a> InWorkspace<'a> {
    /// Makes a worker.
    pub fn create_worker(&self, name: &str) -> CreateWorker<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        CreateWorker::new(self.client, self.of(Request::post(ALL, form)))
    }

    /// Reads a worker.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn worker(&self, worker: &WorkerSid) -> Result<Worker> {
        ask::read(self.client, self.of(Request::get(ONE)).fill("WorkerSid", worker.as_str())).await
    }

    /// Lists workers.
    pub fn workers(&self) -> ListWorkers<'a> {
        ListWorkers::new(self.client, self.of(Request::get(ALL)))
    }

    /// Changes a worker: what it is doing, what is known of it. Changing it twice does no harm.
    pub fn update_worker(&self, worker: &WorkerSid) -> UpdateWorker<'a> {
        let request = self.of(Request::post(ONE, Form::new())).fill("WorkerSid", worker.as_str());
        UpdateWorker::new(self.client, request.repeatable())
    }

    /// Deletes a worker.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_worker(&self, worker: &WorkerSid) -> Result<()> {
        ask::delete(self.client, self.of(Request::delete(ONE)).fill("WorkerSid", worker.as_str())).await
    }

    /// Lists what workers can be doing.
    pub fn activities(&self) -> ListActivities<'a> {
        ListActivities::new(self.client, self.of(Request::get(ACTIVITIES)))
    }

    /// Makes something that workers can be doing.
    pub fn create_activity(&self, name: &str) -> CreateActivity<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        CreateActivity::new(self.client, self.of(Request::post(ACTIVITIES, form)))
    }

    /// Reads something that workers can be doing.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn activity(&self, activity: &ActivitySid) -> Result<Activity> {
        ask::read(self.client, self.of(Request::get(ACTIVITY)).fill("ActivitySid", activity.as_str())).await
    }

    /// Gives something that workers can be doing another name. Doing it twice does no harm.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn rename_activity(&self, activity: &ActivitySid, name: &str) -> Result<Activity> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        let request = self.of(Request::post(ACTIVITY, form)).fill("ActivitySid", activity.as_str());
        ask::read(self.client, request.repeatable()).await
    }

    /// Deletes something that workers can be doing.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_activity(&self, activity: &ActivitySid) -> Result<()> {
        let request = self.of(Request::delete(ACTIVITY)).fill("ActivitySid", activity.as_str());
        ask::delete(self.client, request).await
    }
}

described! {
    /// A worker: an agent, as `TaskRouter` sees one.
    Worker {
        /// The identifier of the worker.
        sid: WorkerSid,
        ;
        /// The worker's name.
        friendly_name: String,
        /// What the worker is doing.
        activity_sid: ActivitySid,
        /// The name of that.
        activity_name: String,
        /// Whether tasks are offered to the worker.
        available: bool,
        /// What is known of the worker, as JSON text; see [`attributes`](Self::attributes).
        attributes: String,
        /// When the worker began to do that.
        date_status_changed: Timestamp,
    } shows [sid, activity_sid, available]

    /// Something that workers can be doing.
    Activity {
        /// The identifier of the activity.
        sid: ActivitySid,
        ;
        /// Its name.
        friendly_name: String,
        /// Whether tasks are offered to workers who do it.
        available: bool,
    } shows [sid, friendly_name, available]
}

impl Worker {
    /// What is known of the worker; empty if it is not a JSON object.
    pub fn attributes(&self) -> Map<String, Value> {
        self.attributes.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

asks! {
    /// A worker to be made, from [`InWorkspace::create_worker`]; await it.
    CreateWorker -> Worker {
        /// What it is doing at first.
        activity: &ActivitySid = "ActivitySid",
        /// What is known of it.
        attributes: &Value = "Attributes",
    }

    /// A worker to be changed, from [`InWorkspace::update_worker`]; await it.
    UpdateWorker -> Worker {
        /// What it is doing.
        activity: &ActivitySid = "ActivitySid",
        /// All that is known of it from now on.
        attributes: &Value = "Attributes",
        /// Its name.
        name: &str = "FriendlyName",
        /// Whether offers that wait for it are taken back.
        reject_pending_reservations: bool = "RejectPendingReservations",
    }

    /// An activity to be made, from [`InWorkspace::create_activity`]; await it.
    CreateActivity -> Activity {
        /// Whether tasks are offered to workers who do it.
        available: bool = "Available",
    }
}

lists! {
    /// Workers of a workspace, from [`InWorkspace::workers`].
    ListWorkers of Worker {
        /// Those who do this.
        activity: &ActivitySid = "ActivitySid",
        /// Those who do what has this name.
        activity_name: &str = "ActivityName",
        /// Those to whom tasks are offered (`true`), or all others.
        available: &str = "Available",
        /// Those of this name.
        name: &str = "FriendlyName",
        /// Those whose attributes fit, such as `languages HAS "es"`.
        matching: &str = "TargetWorkersExpression",
        /// Those of this queue.
        queue: &TaskQueueSid = "TaskQueueSid",
        /// Those of the queue of this name.
        queue_name: &str = "TaskQueueName",
        /// In this order, such as `DateStatusChanged:asc`.
        ordering: &str = "Ordering",
    }

    /// Activities of a workspace, from [`InWorkspace::activities`].
    ListActivities of Activity {
        /// Those of this name.
        name: &str = "FriendlyName",
        /// Those in which tasks are offered (`true`), or all others.
        available: &str = "Available",
    }
}

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Workers";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}";
const ACTIVITIES: &str = "/v1/Workspaces/{WorkspaceSid}/Activities";
const ACTIVITY: &str = "/v1/Workspaces/{WorkspaceSid}/Activities/{ActivitySid}";
