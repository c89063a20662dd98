//! What no org does by itself: send text messages and fetch recordings. Without somebody in front of it who does, such
//! a write is given up.

use super::{
    operation::Operation,
    step::{Answers, Next, Step},
};
use crate::crm::{CrmError, CrmErrorKind};

pub(super) struct NoOutlet {
    code: &'static str,
    detail: &'static str,
}

pub(super) const NO_MESSENGER: NoOutlet =
    NoOutlet { code: "NO_MESSENGER", detail: "no messenger is set up to send text messages" };
pub(super) const NO_SOURCE: NoOutlet =
    NoOutlet { code: "NO_RECORDING_SOURCE", detail: "no source is set up to fetch recordings from" };

impl Step for NoOutlet {
    fn operations(&self, _: &str) -> Vec<Operation> {
        Vec::new()
    }

    fn next(self: Box<Self>, _: Answers) -> Next {
        Next::Done(Err(CrmError::new(CrmErrorKind::Refused, self.detail).with_code(self.code)))
    }
}
