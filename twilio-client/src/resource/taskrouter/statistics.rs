//! How much there is to do, and how it went.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/RealTimeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/CumulativeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}/RealTimeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}/CumulativeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}/RealTimeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}/CumulativeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/RealTimeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/CumulativeStatistics`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Statistics`
//!
//! See Twilio's page "`TaskRouter` Statistics".

use jiff::Timestamp;
use serde_json::Value;

use super::InWorkspace;
use crate::ask::asks;
use crate::described::described;
use crate::request::Request;
use crate::sid::{TaskQueueSid, TaskSid, WorkerSid, WorkflowSid};

/// What statistics are about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Scope<'s> {
    /// Everything in the workspace.
    Workspace,
    /// One queue.
    Queue(&'s TaskQueueSid),
    /// One workflow.
    Workflow(&'s WorkflowSid),
    /// All workers.
    Workers,
}

impl<'a> InWorkspace<'a> {
    /// Reads how things stand now: who waits, how long, and who could answer.
    pub fn real_time(&self, scope: Scope<'_>) -> ReadRealTime<'a> {
        ReadRealTime::new(self.client, self.about(scope, REAL_TIME))
    }

    /// Reads how it went in a time: how many came, how many were answered, how soon.
    pub fn cumulative(&self, scope: Scope<'_>) -> ReadCumulative<'a> {
        ReadCumulative::new(self.client, self.about(scope, CUMULATIVE))
    }

    /// Reads how it went for one worker.
    pub fn worker_statistics(&self, worker: &WorkerSid) -> ReadWorkerStatistics<'a> {
        let request = self.of(Request::get(WORKER)).fill("WorkerSid", worker.as_str());
        ReadWorkerStatistics::new(self.client, request)
    }

    fn about(&self, scope: Scope<'_>, [all, queue, workflow, workers]: [&'static str; 4]) -> Request {
        match scope {
            Scope::Workspace => self.of(Request::get(all)),
            Scope::Queue(sid) => self.of(Request::get(queue)).fill("TaskQueueSid", sid.as_str()),
            Scope::Workflow(sid) => self.of(Request::get(workflow)).fill("WorkflowSid", sid.as_str()),
            Scope::Workers => self.of(Request::get(workers)),
        }
    }
}

described! {
    /// How things stand. What Twilio does not count in a scope is none.
    RealTime {
        ;
        /// How many tasks there are.
        total_tasks: u64,
        /// How many, by how far they have come.
        tasks_by_status: Value,
        /// How many, by how urgent they are.
        tasks_by_priority: Value,
        /// How many seconds the oldest has waited.
        longest_task_waiting_age: u64,
        /// That task.
        longest_task_waiting_sid: TaskSid,
        /// How many workers there are.
        total_workers: u64,
        /// How many of them tasks are offered to.
        total_available_workers: u64,
        /// How many of them the queue is for.
        total_eligible_workers: u64,
        /// How many workers do what.
        activity_statistics: Value,
    } shows [total_tasks, longest_task_waiting_age, total_available_workers]

    /// How it went in a time. What Twilio does not count in a scope is none.
    Cumulative {
        ;
        /// From when on.
        start_time: Timestamp,
        /// Until when.
        end_time: Timestamp,
        /// How many seconds a task waited until a worker took it, on average.
        avg_task_acceptance_time: u64,
        /// How many offers were made.
        reservations_created: u64,
        /// How many of them were taken.
        reservations_accepted: u64,
        /// How many were turned down.
        reservations_rejected: u64,
        /// How many were let pass.
        reservations_timed_out: u64,
        /// How many were withdrawn with their task.
        reservations_canceled: u64,
        /// How many were withdrawn for another worker was faster.
        reservations_rescinded: u64,
        /// How many tasks were made.
        tasks_created: u64,
        /// How many came in.
        tasks_entered: u64,
        /// How many were done.
        tasks_completed: u64,
        /// How many were given up.
        tasks_canceled: u64,
        /// How many were deleted.
        tasks_deleted: u64,
        /// How many went elsewhere.
        tasks_moved: u64,
        /// How long tasks waited until they were taken: least, most, average, sum.
        wait_duration_until_accepted: Value,
        /// How long they waited until they were given up.
        wait_duration_until_canceled: Value,
        /// How many were taken and given up within the asked-for waits.
        split_by_wait_time: Value,
        /// How long workers did what.
        activity_durations: Value,
    } shows [start_time, end_time, tasks_completed, tasks_canceled, avg_task_acceptance_time]

    /// How it went for one worker.
    WorkerStatistics {
        ;
        /// The worker.
        worker_sid: WorkerSid,
        /// The counts and times.
        cumulative: Value,
    } shows [worker_sid]
}

asks! {
    /// How things stand, from [`InWorkspace::real_time`]; await it.
    ReadRealTime -> RealTime {
        /// For this kind of tasks alone, by its identifier or unique name.
        channel: &str = "TaskChannel",
    }

    /// How it went, from [`InWorkspace::cumulative`]; await it. The last 15 minutes unless set.
    ReadCumulative -> Cumulative {
        /// From when on.
        since: Timestamp = "StartDate",
        /// Until when.
        until: Timestamp = "EndDate",
        /// In so many minutes until now.
        minutes: u32 = "Minutes",
        /// For this kind of tasks alone, by its identifier or unique name.
        channel: &str = "TaskChannel",
        /// How many were answered within each of these waits, in seconds with commas between them.
        split_by_wait_time: &str = "SplitByWaitTime",
    }

    /// How it went for one worker, from [`InWorkspace::worker_statistics`]; await it.
    ReadWorkerStatistics -> WorkerStatistics {
        /// From when on.
        since: Timestamp = "StartDate",
        /// Until when.
        until: Timestamp = "EndDate",
        /// In so many minutes until now.
        minutes: u32 = "Minutes",
        /// For this kind of tasks alone, by its identifier or unique name.
        channel: &str = "TaskChannel",
    }
}

const REAL_TIME: [&str; 4] = [
    "/v1/Workspaces/{WorkspaceSid}/RealTimeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}/RealTimeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}/RealTimeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/Workers/RealTimeStatistics",
];
const CUMULATIVE: [&str; 4] = [
    "/v1/Workspaces/{WorkspaceSid}/CumulativeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/TaskQueues/{TaskQueueSid}/CumulativeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/Workflows/{WorkflowSid}/CumulativeStatistics",
    "/v1/Workspaces/{WorkspaceSid}/Workers/CumulativeStatistics",
];
const WORKER: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Statistics";
