//! Webhooks of `TaskRouter`: what to do with a reservation, and what happened.

use super::family::families;
use crate::sid::{
    AccountSid, ActivitySid, ReservationSid, TaskQueueSid, TaskSid, WorkerSid, WorkflowSid, WorkspaceSid,
};

families! {
    /// `TaskRouter` has found a worker for a task and asks what to do; it waits five seconds for the answer.
    ///
    /// See Twilio's page "Handling Assignment Callbacks".
    AssignmentCallback {
        /// The account.
        account_sid: AccountSid = "AccountSid",
        /// The workspace.
        workspace_sid: WorkspaceSid = "WorkspaceSid",
        /// The workflow that found the worker.
        workflow_sid: WorkflowSid = "WorkflowSid",
        /// The offer to the worker.
        reservation_sid: ReservationSid = "ReservationSid",
        /// The task.
        task_sid: TaskSid = "TaskSid",
        /// The queue it waits in.
        task_queue_sid: TaskQueueSid = "TaskQueueSid",
        /// How old the task is, in seconds.
        task_age: u64 = "TaskAge",
        /// How urgent it is.
        task_priority: u64 = "TaskPriority",
        /// What is known of the task, as JSON text.
        task_attributes: String = "TaskAttributes",
        /// The worker.
        worker_sid: WorkerSid = "WorkerSid",
        /// The worker's name.
        worker_name: String = "WorkerName",
        /// What is known of the worker, as JSON text.
        worker_attributes: String = "WorkerAttributes",
    }

    /// Something that happened in `TaskRouter`.
    ///
    /// See Twilio's page "Event Callbacks" of `TaskRouter`.
    RoutingEvent {
        /// What happened, such as `reservation.accepted` or `task.completed`.
        event_type: String = "EventType",
        /// The event, for telling repeats apart.
        sid: String = "Sid",
        /// What it happened to, in Twilio's words.
        description: String = "EventDescription",
        /// When it happened, in seconds since 1970.
        timestamp: u64 = "Timestamp",
        /// The same, in milliseconds.
        timestamp_ms: u64 = "TimestampMs",
        /// The account.
        account_sid: AccountSid = "AccountSid",
        /// The workspace.
        workspace_sid: WorkspaceSid = "WorkspaceSid",
        /// What kind of thing it happened to.
        resource_type: String = "ResourceType",
        /// That thing.
        resource_sid: String = "ResourceSid",
        /// The task.
        task_sid: TaskSid = "TaskSid",
        /// What is known of the task, as JSON text.
        task_attributes: String = "TaskAttributes",
        /// How far the task has come.
        task_assignment_status: String = "TaskAssignmentStatus",
        /// How urgent it is.
        task_priority: u64 = "TaskPriority",
        /// Why it was canceled.
        task_canceled_reason: String = "TaskCanceledReason",
        /// Why it was completed.
        task_completed_reason: String = "TaskCompletedReason",
        /// The kind of task: `voice`, `sms`, `chat`.
        task_channel: String = "TaskChannelUniqueName",
        /// The queue.
        task_queue_sid: TaskQueueSid = "TaskQueueSid",
        /// The queue's name.
        task_queue_name: String = "TaskQueueName",
        /// The workflow.
        workflow_sid: WorkflowSid = "WorkflowSid",
        /// The workflow's name.
        workflow_name: String = "WorkflowName",
        /// The offer to a worker.
        reservation_sid: ReservationSid = "ReservationSid",
        /// The worker.
        worker_sid: WorkerSid = "WorkerSid",
        /// The worker's name.
        worker_name: String = "WorkerName",
        /// What is known of the worker, as JSON text.
        worker_attributes: String = "WorkerAttributes",
        /// What the worker is doing.
        worker_activity_sid: ActivitySid = "WorkerActivitySid",
        /// The name of that.
        worker_activity_name: String = "WorkerActivityName",
    }
}
