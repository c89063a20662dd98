//! `GET /2010-04-01/Accounts/{AccountSid}/Calls.json`

use jiff::Timestamp;
use jiff::civil::Date;

use super::Call;
use crate::ask::lists;
use crate::endpoint::Endpoint;
use crate::sid::CallSid;
use crate::word::CallStatus;

lists! {
    /// Calls of the account, from [`Calls::list`](super::Calls::list).
    ListCalls of Call {
        /// Those to this end.
        to: &Endpoint = "To",
        /// Those from this end.
        from: &Endpoint = "From",
        /// Those that this leg made.
        parent: &CallSid = "ParentCallSid",
        /// Those that have come this far.
        status: &CallStatus = "Status",
        /// Those that began on this day, in UTC.
        started_on: Date = "StartTime",
        /// Those that began before.
        started_before: Timestamp = "StartTime<",
        /// Those that began at this time or after.
        started_after: Timestamp = "StartTime>",
        /// Those that ended on this day, in UTC.
        ended_on: Date = "EndTime",
        /// Those that ended before.
        ended_before: Timestamp = "EndTime<",
        /// Those that ended at this time or after.
        ended_after: Timestamp = "EndTime>",
    }
}
