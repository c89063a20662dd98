//! Queues, and the workflows that fill them.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskQueues`
//! - `POST /v1/Workspaces/{WorkspaceSid}/TaskQueues`
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workflows`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workflows`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}`

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::InWorkspace;
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::{ActivitySid, TaskQueueSid, WorkerSid, WorkflowSid};

impl<'a> InWorkspace<'a> {
    /// Makes a queue.
    pub fn create_queue(&self, name: &str) -> CreateQueue<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        CreateQueue::new(self.client, self.of(Request::post(QUEUES, form)))
    }

    /// Reads a queue.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn queue(&self, queue: &TaskQueueSid) -> Result<TaskQueue> {
        ask::read(self.client, self.of(Request::get(QUEUE)).fill("TaskQueueSid", queue.as_str())).await
    }

    /// Changes a queue; changing it twice does no harm.
    pub fn update_queue(&self, queue: &TaskQueueSid) -> UpdateQueue<'a> {
        let request = self.of(Request::post(QUEUE, Form::new())).fill("TaskQueueSid", queue.as_str());
        UpdateQueue::new(self.client, request.repeatable())
    }

    /// Deletes a queue.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_queue(&self, queue: &TaskQueueSid) -> Result<()> {
        ask::delete(self.client, self.of(Request::delete(QUEUE)).fill("TaskQueueSid", queue.as_str())).await
    }

    /// Lists queues.
    pub fn queues(&self) -> ListQueues<'a> {
        ListQueues::new(self.client, self.of(Request::get(QUEUES)))
    }

    /// Makes a workflow from its rules, Twilio's JSON with `task_routing`.
    pub fn create_workflow(&self, name: &str, configuration: &Value) -> CreateWorkflow<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        form.set("Configuration", configuration.to_string());
        CreateWorkflow::new(self.client, self.of(Request::post(WORKFLOWS, form)))
    }

    /// Reads a workflow.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn workflow(&self, workflow: &WorkflowSid) -> Result<Workflow> {
        ask::read(self.client, self.of(Request::get(WORKFLOW)).fill("WorkflowSid", workflow.as_str())).await
    }

    /// Lists workflows.
    pub fn workflows(&self) -> ListWorkflows<'a> {
        ListWorkflows::new(self.client, self.of(Request::get(WORKFLOWS)))
    }

    /// Changes a workflow; changing it twice does no harm.
    pub fn update_workflow(&self, workflow: &WorkflowSid) -> UpdateWorkflow<'a> {
        let request = self.of(Request::post(WORKFLOW, Form::new())).fill("WorkflowSid", workflow.as_str());
        UpdateWorkflow::new(self.client, request.repeatable())
    }

    /// Deletes a workflow.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_workflow(&self, workflow: &WorkflowSid) -> Result<()> {
        let request = self.of(Request::delete(WORKFLOW)).fill("WorkflowSid", workflow.as_str());
        ask::delete(self.client, request).await
    }
}

described! {
    /// A queue of tasks.
    TaskQueue {
        /// The identifier of the queue.
        sid: TaskQueueSid,
        ;
        /// Its name.
        friendly_name: String,
        /// Which workers it is for, as an expression.
        target_workers: String,
        /// How many workers a task is offered to at once.
        max_reserved_workers: u64,
        /// Which task goes first: `FIFO` or `LIFO`.
        task_order: String,
        /// What workers do who were offered a task.
        reservation_activity_sid: ActivitySid,
        /// What workers do who took a task.
        assignment_activity_sid: ActivitySid,
    } shows [sid, friendly_name]

    /// A workflow: the rules by which tasks find queues.
    Workflow {
        /// The identifier of the workflow.
        sid: WorkflowSid,
        ;
        /// Its name.
        friendly_name: String,
        /// Its rules, as JSON text.
        configuration: String,
        /// Where it asks what to do with a reservation.
        assignment_callback_url: String,
        /// Where it asks when that fails.
        fallback_assignment_callback_url: String,
        /// How long an offer stands.
        task_reservation_timeout: Duration,
    } shows [sid, friendly_name]
}

asks! {
    /// A queue to be made, from [`InWorkspace::create_queue`]; await it.
    CreateQueue -> TaskQueue {
        /// Which workers it is for, such as `languages HAS "es"`; all unless set.
        target_workers: &str = "TargetWorkers",
        /// How many workers a task is offered to at once.
        max_reserved_workers: u32 = "MaxReservedWorkers",
        /// Which task goes first: `FIFO` or `LIFO`.
        task_order: &str = "TaskOrder",
        /// What workers do who were offered a task.
        reservation_activity: &ActivitySid = "ReservationActivitySid",
        /// What workers do who took a task.
        assignment_activity: &ActivitySid = "AssignmentActivitySid",
    }

    /// A queue to be changed, from [`InWorkspace::update_queue`]; await it.
    UpdateQueue -> TaskQueue {
        /// Its name.
        name: &str = "FriendlyName",
        /// Which workers it is for.
        target_workers: &str = "TargetWorkers",
        /// How many workers a task is offered to at once.
        max_reserved_workers: u32 = "MaxReservedWorkers",
        /// Which task goes first: `FIFO` or `LIFO`.
        task_order: &str = "TaskOrder",
        /// What workers do who were offered a task.
        reservation_activity: &ActivitySid = "ReservationActivitySid",
        /// What workers do who took a task.
        assignment_activity: &ActivitySid = "AssignmentActivitySid",
    }

    /// A workflow to be made, from [`InWorkspace::create_workflow`]; await it.
    CreateWorkflow -> Workflow {
        /// Where it asks what to do with a reservation.
        assignment_callback: &Url = "AssignmentCallbackUrl",
        /// Where it asks when that fails.
        fallback_assignment_callback: &Url = "FallbackAssignmentCallbackUrl",
        /// How long an offer stands, in whole seconds.
        reservation_timeout: Duration = "TaskReservationTimeout",
    }

    /// A workflow to be changed, from [`InWorkspace::update_workflow`]; await it.
    UpdateWorkflow -> Workflow {
        /// Its name.
        name: &str = "FriendlyName",
        /// Its rules.
        configuration: &Value = "Configuration",
        /// Where it asks what to do with a reservation.
        assignment_callback: &Url = "AssignmentCallbackUrl",
        /// Where it asks when that fails.
        fallback_assignment_callback: &Url = "FallbackAssignmentCallbackUrl",
        /// How long an offer stands, in whole seconds.
        reservation_timeout: Duration = "TaskReservationTimeout",
        /// Whether tasks that wait go through the new rules: `true` or `false`.
        re_evaluate_tasks: &str = "ReEvaluateTasks",
    }
}

lists! {
    /// Queues of a workspace, from [`InWorkspace::queues`].
    ListQueues of TaskQueue {
        /// Those of this name.
        name: &str = "FriendlyName",
        /// Those that a worker with these attributes would serve.
        matching: &str = "EvaluateWorkerAttributes",
        /// Those that this worker serves.
        worker: &WorkerSid = "WorkerSid",
        /// In this order.
        ordering: &str = "Ordering",
    }

    /// Workflows of a workspace, from [`InWorkspace::workflows`].
    ListWorkflows of Workflow {
        /// Those of this name.
        name: &str = "FriendlyName",
    }
}

const QUEUES: &str = "/v1/Workspaces/{WorkspaceSid}/TaskQueues";
const QUEUE: &str = "/v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}";
const WORKFLOWS: &str = "/v1/Workspaces/{WorkspaceSid}/Workflows";
const WORKFLOW: &str = "/v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}";
