//! Tasks: what waits for an agent.
//!
//! - `POST /v1/Workspaces/{WorkspaceSid}/Tasks`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Tasks`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}`
//! - `DELETE /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}`

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::InWorkspace;
use super::merge::merge;
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::error::{Error, ErrorKind, Result};
use crate::form::Form;
use crate::open_word::open_words;
use crate::request::Request;
use crate::response::Response;
use crate::sid::{AccountSid, TaskQueueSid, TaskSid, WorkflowSid, WorkspaceSid};

impl<'a> InWorkspace<'a> {
    /// Makes a task for this workflow. What may have been made is not made again.
    pub fn create_task(&self, workflow: &WorkflowSid, attributes: &Map<String, Value>) -> CreateTask<'a> {
        let mut form = Form::new();
        form.set("WorkflowSid", workflow.as_str());
        form.set("Attributes", json_text(attributes));
        CreateTask::new(self.client, self.of(Request::post(ALL, form)))
    }

    /// Reads a task.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn task(&self, task: &TaskSid) -> Result<Task> {
        ask::read(self.client, self.of(Request::get(ONE)).fill("TaskSid", task.as_str())).await
    }

    /// Lists tasks.
    pub fn tasks(&self) -> ListTasks<'a> {
        ListTasks::new(self.client, self.of(Request::get(ALL)))
    }

    /// Changes a task. It replaces all attributes if it names any; [`merge_task`](Self::merge_task) does not.
    pub fn update_task(&self, task: &TaskSid) -> UpdateTask<'a> {
        let request = self.of(Request::post(ONE, Form::new())).fill("TaskSid", task.as_str());
        UpdateTask::new(self.client, request)
    }

    /// Adds to the attributes of a task, whoever else is doing the same: reads them, merges (objects within
    /// objects, and null takes away), and writes them if nobody wrote in between, else begins again. What the changes
    /// do not name stays to the letter.
    ///
    /// # Errors
    ///
    /// [`Decode`](ErrorKind::Decode) when the attributes are no JSON object and
    /// [`Unexpected`](ErrorKind::Unexpected) when Twilio names no version of them: nothing is written over what was not
    /// read. [`Refused`](ErrorKind::Refused) with status 412 when others were faster eight times in a row, and the kinds
    /// every request has.
    pub async fn merge_task(&self, task: &TaskSid, changes: &Map<String, Value>) -> Result<Task> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let read = self.of(Request::get(ONE)).fill("TaskSid", task.as_str());
            let response = self.client.execute(read).await?;
            let current: Task = response.json()?;
            let merged = merge(&attributes_of(&response)?, changes);
            let Some(merged) = merged.map_err(|error| response.not_this_json(&error))? else {
                return Ok(current);
            };
            let unversioned = || Error::new(ErrorKind::Unexpected, response.operation());
            let etag = response.etag().ok_or_else(unversioned)?;
            let mut form = Form::new();
            form.set("Attributes", merged);
            // Bound to what was read, it cannot be applied twice, and merging again changes nothing.
            let write = self.of(Request::post(ONE, form)).fill("TaskSid", task.as_str()).repeatable();
            match ask::read(self.client, write.if_match(etag)).await {
                Err(error)
                    if error.status() == Some(StatusCode::PRECONDITION_FAILED) && attempts < MOST_MERGES => {}
                other => return other,
            }
        }
    }

    /// Deletes a task.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_task(&self, task: &TaskSid) -> Result<()> {
        ask::delete(self.client, self.of(Request::delete(ONE)).fill("TaskSid", task.as_str())).await
    }
}

described! {
    /// A task.
    Task {
        /// The identifier of the task.
        sid: TaskSid,
        /// How far it has come.
        assignment_status: TaskStatus,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The workspace it is in.
        workspace_sid: WorkspaceSid,
        /// What is known of it, as JSON text; see [`attributes`](Self::attributes).
        attributes: String,
        /// How many seconds old it is.
        age: u64,
        /// How urgent it is.
        priority: i64,
        /// Why it was canceled or completed.
        reason: String,
        /// How many seconds it may live.
        timeout: u64,
        /// The workflow that routes it.
        workflow_sid: WorkflowSid,
        /// The queue it waits in.
        task_queue_sid: TaskQueueSid,
        /// That queue's name.
        task_queue_friendly_name: String,
        /// The kind of task: `voice`, `sms`, `chat`.
        task_channel_unique_name: String,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, assignment_status, age, priority]
}

impl Task {
    /// What is known of the task; none if it is no JSON object that can be read. Large numbers lose their last digits
    /// here, but not in [`merge_task`](InWorkspace::merge_task).
    pub fn attributes(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(self.attributes.as_deref()?).ok()
    }
}

/// The attributes as the text of an object, which no value of ours has to hold. Twilio sends it within a text, and
/// nothing for a task without any.
fn attributes_of(response: &Response) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct Held<'r> {
        #[serde(borrow)]
        attributes: &'r RawValue,
    }
    let held: Held<'_> =
        serde_json::from_slice(response.body()).map_err(|error| response.not_this_json(&error))?;
    let raw = held.attributes.get();
    if raw.starts_with('{') {
        return Ok(raw.to_owned());
    }
    let text: Option<String> = serde_json::from_str(raw).map_err(|error| response.not_this_json(&error))?;
    Ok(text.filter(|text| !text.is_empty()).unwrap_or_else(|| "{}".to_owned()))
}

open_words! {
    /// How far a task has come.
    TaskStatus {
        /// Waiting.
        Pending = "pending",
        /// Offered to a worker.
        Reserved = "reserved",
        /// Taken by a worker.
        Assigned = "assigned",
        /// Given up.
        Canceled = "canceled",
        /// Done but for the notes.
        Wrapping = "wrapping",
        /// Done.
        Completed = "completed",
    }
}

asks! {
    /// A task to be made, from [`InWorkspace::create_task`]; await it.
    CreateTask -> Task {
        /// How urgent it is.
        priority: u32 = "Priority",
        /// How long it may live, in whole seconds.
        timeout: Duration = "Timeout",
        /// The kind of task: `voice`, `sms`, `chat`, or your own.
        channel: &str = "TaskChannel",
        /// Since when it counts as waiting.
        virtual_start: Timestamp = "VirtualStartTime",
        /// The worker, queue or target it is meant for.
        routing_target: &str = "RoutingTarget",
        /// Whether it is offered to workers who are busy: `true` or `false`.
        ignore_capacity: &str = "IgnoreCapacity",
        /// The queue it is meant for.
        queue: &TaskQueueSid = "TaskQueueSid",
    }

    /// A task to be changed, from [`InWorkspace::update_task`]; await it.
    UpdateTask -> Task {
        /// All that is known of it from now on.
        attributes: &Value = "Attributes",
        /// How far it has come: `canceled`, `wrapping`, `completed`.
        status: &TaskStatus = "AssignmentStatus",
        /// Why.
        reason: &str = "Reason",
        /// How urgent it is.
        priority: u32 = "Priority",
        /// The kind of task.
        channel: &str = "TaskChannel",
        /// Since when it counts as waiting.
        virtual_start: Timestamp = "VirtualStartTime",
    }
}

lists! {
    /// Tasks of a workspace, from [`InWorkspace::tasks`].
    ListTasks of Task {
        /// Those that have come as far as one of these.
        status: &[TaskStatus] = "AssignmentStatus",
        /// Those of this urgency.
        priority: u32 = "Priority",
        /// Those of this workflow.
        workflow: &WorkflowSid = "WorkflowSid",
        /// Those of the workflow of this name.
        workflow_name: &str = "WorkflowName",
        /// Those in this queue.
        queue: &TaskQueueSid = "TaskQueueSid",
        /// Those in the queue of this name.
        queue_name: &str = "TaskQueueName",
        /// Those whose attributes fit, such as `call_sid == "CA.."`.
        matching: &str = "EvaluateTaskAttributes",
        /// Those meant for this target.
        routing_target: &str = "RoutingTarget",
        /// In this order, such as `DateCreated:desc`.
        ordering: &str = "Ordering",
        /// Those with add-ons, or all others.
        has_addons: bool = "HasAddons",
    }
}

pub(super) fn json_text(map: &Map<String, Value>) -> String {
    Value::Object(map.clone()).to_string()
}

/// Others can be faster a few times; more than that is a quarrel.
const MOST_MERGES: u32 = 8;

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Tasks";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}";
