//! Webhooks of verbs that are over, or that ask what a caller hears meanwhile.

use std::time::Duration;

use super::family::families;
use crate::sid::{CallSid, RecordingSid, TaskSid, WorkflowSid};
use crate::word::CallStatus;

families! {
    /// A `<Record>` that is over, and asks what comes after. Whether the recording can be fetched is told elsewhere.
    RecordCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// The recording.
        recording_sid: RecordingSid = "RecordingSid",
        /// The address of its sound, without the ending that chooses a format.
        recording_url: String = "RecordingUrl",
        /// How long it is.
        duration: Duration = "RecordingDuration",
        /// The keys that ended it, or `hangup`.
        digits: String = "Digits",
    }

    /// An `<Enqueue>` that is over, and asks what comes after.
    EnqueueCallback {
        /// The leg that waited.
        call_sid: CallSid = "CallSid",
        /// The queue.
        queue_sid: String = "QueueSid",
        /// How it went, such as `bridged`, `hangup`, `leave`, `queue-full` or `error`.
        result: String = "QueueResult",
        /// How long it waited.
        waited: Duration = "QueueTime",
        /// The task, where it waited for `TaskRouter`.
        task_sid: TaskSid = "TaskSid",
        /// The workflow that looked for somebody.
        workflow_sid: WorkflowSid = "WorkflowSid",
    }

    /// A caller who waits in a queue, or who is about to leave it for somebody: asks what is to be heard.
    QueueCallback {
        /// The leg that waits.
        call_sid: CallSid = "CallSid",
        /// The queue.
        queue_sid: String = "QueueSid",
        /// How long it has waited.
        waited: Duration = "QueueTime",
        /// How long callers of this queue wait on average.
        average: Duration = "AvgQueueTime",
        /// Its place, from 1.
        position: u64 = "QueuePosition",
        /// How many wait.
        size: u64 = "CurrentQueueSize",
        /// The leg that takes it out. Twilio spells it so.
        taken_by: CallSid = "DequeingCallSid",
    }

    /// A `<Refer>` that is over, or a party behind `<Dial>` that asks for one.
    ReferCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// How it went; none where it is asked for.
        refer_call_status: CallStatus = "ReferCallStatus",
        /// What the other side answered to the REFER.
        sip_response_code: u64 = "ReferSipResponseCode",
        /// What it told of the call that it placed.
        notify_response_code: u64 = "NotifySipResponseCode",
        /// Where to, where it is asked for.
        target: String = "ReferTransferTarget",
    }

    /// A payment that is over, or has come a step further.
    PayCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// How it went, such as `success` or `payment-connector-error`; none while it goes on.
        result: String = "Result",
        /// The payment.
        payment_sid: String = "PaymentSid",
        /// What the connector confirmed it with.
        confirmation: String = "PaymentConfirmationCode",
        /// What the connector keeps the card under.
        token: String = "PaymentToken",
        /// What the connector said went wrong.
        connector_error: String = "PayErrorCode",
    }

    /// A `<VirtualAgent>` that is over, or has come a step further.
    VirtualAgentCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// How it went: `completed`, `live-agent-handoff`, `failed`.
        status: String = "VirtualAgentStatus",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "VirtualAgentErrorCode",
        /// Whose agent it is.
        provider: String = "VirtualAgentProvider",
        /// What the agent handed over, as JSON text.
        provider_data: String = "VirtualAgentProviderData",
    }
}

impl EnqueueCallback {
    /// Whether the caller is still there and nobody has spoken with them.
    pub fn waits_for_somebody(&self) -> bool {
        matches!(self.result().as_deref(), Some("queue-full" | "error" | "system-error" | "leave"))
    }
}

impl ReferCallback {
    /// Whether the caller is still there, since it went nowhere.
    pub fn waits_for_somebody(&self) -> bool {
        matches!(
            self.refer_call_status(),
            Some(CallStatus::Busy | CallStatus::NoAnswer | CallStatus::Failed | CallStatus::Canceled)
        )
    }
}
