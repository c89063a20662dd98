//! What no org does by itself: send text messages and fetch recordings. Without somebody in front of it who does, such
//! a write is given up.

use voice_crm_core::crm::{CrmError, CrmErrorKind};

use crate::{
    exchange::operation::Operation,
    writes::step::{Answers, Next, Step},
};

pub(crate) struct NoOutlet {
    code: &'static str,
    detail: &'static str,
}

pub(crate) const NO_MESSENGER: NoOutlet =
    NoOutlet { code: "NO_MESSENGER", detail: "no messenger is set up to send text messages" };
pub(crate) const UNKNOWN: NoOutlet =
    NoOutlet { code: "UNKNOWN_CHANGE", detail: "an org is not written to in this way" };
pub(crate) const NO_SOURCE: NoOutlet =
    NoOutlet { code: "NO_RECORDING_SOURCE", detail: "no source is set up to fetch recordings from" };

impl Step for NoOutlet {
    fn operations(&self, _: &str) -> Vec<Operation> {
        Vec::new()
    }

    fn next(self: Box<Self>, _: Answers) -> Next {
        Next::Done(Err(CrmError::new(CrmErrorKind::Refused, self.detail).with_code(self.code)))
    }
}
