//! What happened in a workspace.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/Events`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Events/{EventSid}`

use jiff::Timestamp;
use serde_json::Value;

use super::InWorkspace;
use crate::ask::{self, lists};
use crate::described::described;
use crate::error::Result;
use crate::request::Request;
use crate::sid::{EventSid, ReservationSid, TaskQueueSid, TaskSid, WorkerSid, WorkflowSid};

impl<'a> InWorkspace<'a> {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn event(&self, event: &EventSid) -> Result<Event> {
        ask::read(self.client, self.of(Request::get(ONE)).fill("EventSid", event.as_str())).await
    }

    /// Lists events: what a webhook that never came would have said.
    pub fn events(&self) -> ListEvents<'a> {
        ListEvents::new(self.client, self.of(Request::get(ALL)))
    }
}

described! {
    /// Something that happened.
    Event {
        /// The identifier of the event.
        sid: EventSid,
        ;
        /// What happened, such as `reservation.accepted`.
        event_type: String,
        /// When.
        event_date: Timestamp,
        /// The same, in milliseconds since 1970.
        event_date_ms: u64,
        /// What is known of it.
        event_data: Value,
        /// What kind of thing it happened to.
        resource_type: String,
        /// That thing.
        resource_sid: String,
        /// What kind of thing did it.
        actor_type: String,
        /// That thing.
        actor_sid: String,
    } shows [sid, event_type, event_date]
}

lists! {
    /// Events of a workspace, from [`InWorkspace::events`]; those of the last 15 minutes unless set.
    ListEvents of Event {
        /// Those since this time.
        since: Timestamp = "StartDate",
        /// Those until this time.
        until: Timestamp = "EndDate",
        /// Those of the last minutes.
        minutes: u32 = "Minutes",
        /// Those of this kind.
        kind: &str = "EventType",
        /// Those of this task.
        task: &TaskSid = "TaskSid",
        /// Those of this worker.
        worker: &WorkerSid = "WorkerSid",
        /// Those of this queue.
        queue: &TaskQueueSid = "TaskQueueSid",
        /// Those of this workflow.
        workflow: &WorkflowSid = "WorkflowSid",
        /// Those of this reservation.
        reservation: &ReservationSid = "ReservationSid",
        /// Those of this kind of task.
        channel: &str = "TaskChannel",
        /// This one.
        event: &EventSid = "Sid",
    }
}

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Events";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Events/{EventSid}";
