//! Reservations: a task offered to a worker.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations/{ReservationSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations/{ReservationSid}`

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::InWorkspace;
use crate::ask::{self, asks, lists};
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{ActivitySid, CallSid, ReservationSid, TaskSid, WorkerSid};
use crate::word::{CallbackMethod, ConferenceEvent, RecordingChannels, StatusCallbackEvent};

impl<'a> InWorkspace<'a> {
    /// Reads a reservation.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn reservation(&self, task: &TaskSid, reservation: &ReservationSid) -> Result<Reservation> {
        let request = self.of(Request::get(ONE)).fill("TaskSid", task.as_str());
        ask::read(self.client, request.fill("ReservationSid", reservation.as_str())).await
    }

    /// Lists the reservations of a task.
    pub fn reservations(&self, task: &TaskSid) -> ListReservations<'a> {
        ListReservations::new(self.client, self.of(Request::get(ALL)).fill("TaskSid", task.as_str()))
    }

    /// Accepts or rejects a reservation, or says how to connect caller and worker.
    pub fn update_reservation(&self, task: &TaskSid, reservation: &ReservationSid) -> UpdateReservation<'a> {
        let request = self.of(Request::post(ONE, Form::new())).fill("TaskSid", task.as_str());
        UpdateReservation::new(self.client, request.fill("ReservationSid", reservation.as_str()))
    }
}

described! {
    /// A task offered to a worker.
    Reservation {
        /// The identifier of the reservation.
        sid: ReservationSid,
        /// How far it has come.
        reservation_status: ReservationStatus,
        ;
        /// The task.
        task_sid: TaskSid,
        /// The worker.
        worker_sid: WorkerSid,
        /// The worker's name.
        worker_name: String,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, reservation_status, task_sid, worker_sid]
}

open_words! {
    /// How far a reservation has come.
    ReservationStatus {
        /// Offered.
        Pending = "pending",
        /// Taken.
        Accepted = "accepted",
        /// Turned down.
        Rejected = "rejected",
        /// Let pass.
        Timeout = "timeout",
        /// Its task was canceled.
        Canceled = "canceled",
        /// Taken back, for another worker was faster.
        Rescinded = "rescinded",
        /// Done but for the notes.
        Wrapping = "wrapping",
        /// Done.
        Completed = "completed",
    }
}

asks! {
    /// A reservation to be changed, from [`InWorkspace::update_reservation`]; await it.
    UpdateReservation -> Reservation {
        /// How far it has come.
        status: &ReservationStatus = "ReservationStatus",
        /// What the worker does from now on, when it is rejected.
        worker_activity: &ActivitySid = "WorkerActivitySid",
        /// How to connect caller and worker: `dequeue`, `call`, `conference`, `redirect`, `supervise`.
        instruction: &str = "Instruction",
        /// What the worker does after the call.
        post_work_activity: &ActivitySid = "PostWorkActivitySid",
        /// For `dequeue`: whom the worker sees calling.
        dequeue_from: &Endpoint = "DequeueFrom",
        /// Where the worker is called.
        dequeue_to: &Endpoint = "DequeueTo",
        /// Whether it is recorded.
        dequeue_record: &str = "DequeueRecord",
        /// How long to let it ring, in whole seconds.
        dequeue_timeout: Duration = "DequeueTimeout",
        /// What the worker does after the call.
        dequeue_post_work_activity: &ActivitySid = "DequeuePostWorkActivitySid",
        /// Where to say how it goes.
        dequeue_callback: &Url = "DequeueStatusCallbackUrl",
        /// Which steps to say it at.
        dequeue_callback_events: &[&str] = "DequeueStatusCallbackEvent",
        /// For `call`: whom the worker sees calling.
        call_from: &Endpoint = "CallFrom",
        /// Where the worker is called.
        call_to: &Endpoint = "CallTo",
        /// What the worker hears.
        call_url: &Url = "CallUrl",
        /// Whether answering accepts the reservation.
        call_accept: bool = "CallAccept",
        /// Whether it is recorded.
        call_record: &str = "CallRecord",
        /// How long to let it ring, in whole seconds.
        call_timeout: Duration = "CallTimeout",
        /// Where to say how it goes.
        call_callback: &Url = "CallStatusCallbackUrl",
        /// For `redirect`: the call to take elsewhere.
        redirect_call: &CallSid = "RedirectCallSid",
        /// Where to.
        redirect_url: &Url = "RedirectUrl",
        /// Whether that accepts the reservation.
        redirect_accept: bool = "RedirectAccept",
        /// For `conference`: where the worker is called.
        to: &Endpoint = "To",
        /// Whom the worker sees calling.
        from: &Endpoint = "From",
        /// How long to let it ring, in whole seconds.
        timeout: Duration = "Timeout",
        /// Whether the worker's side is recorded.
        record: bool = "Record",
        /// Whether the worker comes in muted.
        muted: bool = "Muted",
        /// Whether a beep says that somebody comes or goes.
        beep: &str = "Beep",
        /// Whether the conference begins with the worker.
        start_conference_on_enter: bool = "StartConferenceOnEnter",
        /// Whether the conference ends with the worker.
        end_conference_on_exit: bool = "EndConferenceOnExit",
        /// Whether the conference ends with the customer.
        end_conference_on_customer_exit: bool = "EndConferenceOnCustomerExit",
        /// Whether a beep says that the customer comes.
        beep_on_customer_entrance: bool = "BeepOnCustomerEntrance",
        /// What is heard until the conference begins.
        wait_url: &Url = "WaitUrl",
        /// The method to ask for that with.
        wait_method: CallbackMethod = "WaitMethod",
        /// Where to say how the call goes.
        status_callback: &Url = "StatusCallback",
        /// The method of that callback.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
        /// Which steps to say it at.
        status_callback_events: &[StatusCallbackEvent] = "StatusCallbackEvent",
        /// Where to say what happens in the conference.
        conference_callback: &Url = "ConferenceStatusCallback",
        /// The method of that callback.
        conference_callback_method: CallbackMethod = "ConferenceStatusCallbackMethod",
        /// Which events to say.
        conference_callback_events: &[ConferenceEvent] = "ConferenceStatusCallbackEvent",
        /// Whether the conference is recorded.
        conference_record: &str = "ConferenceRecord",
        /// Where to say that its recording can be fetched.
        conference_recording_callback: &Url = "ConferenceRecordingStatusCallback",
        /// The method of that callback.
        conference_recording_callback_method: CallbackMethod = "ConferenceRecordingStatusCallbackMethod",
        /// Whether silence at the ends of that recording is cut off.
        conference_trim: &str = "ConferenceTrim",
        /// How many channels the recording of the worker's side has.
        recording_channels: &RecordingChannels = "RecordingChannels",
        /// Where to say that it can be fetched.
        recording_callback: &Url = "RecordingStatusCallback",
        /// The method of that callback.
        recording_callback_method: CallbackMethod = "RecordingStatusCallbackMethod",
        /// Whether the customer hears it ring.
        early_media: bool = "EarlyMedia",
        /// How many may be in the conference.
        max_participants: u32 = "MaxParticipants",
        /// How much jitter is smoothed.
        jitter_buffer: &str = "JitterBufferSize",
        /// Where the conference is mixed.
        region: &str = "Region",
        /// What to log in to a SIP address as.
        sip_user: &str = "SipAuthUsername",
        /// What to log in to a SIP address with.
        sip_password: &str = "SipAuthPassword",
        /// For `supervise`: `monitor`, `whisper`, `barge`.
        supervisor_mode: &str = "SupervisorMode",
        /// Where the supervisor is called.
        supervisor: &str = "Supervisor",
    }
}

lists! {
    /// Reservations of a task, from [`InWorkspace::reservations`].
    ListReservations of Reservation {
        /// Those that have come this far.
        status: &ReservationStatus = "ReservationStatus",
        /// Those of this worker.
        worker: &WorkerSid = "WorkerSid",
    }
}

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations/{ReservationSid}";
