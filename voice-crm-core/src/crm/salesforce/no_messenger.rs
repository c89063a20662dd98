//! Text messages, which no org sends: without a messenger in front of it such a write is given up.

use super::{
    operation::Operation,
    step::{Answers, Next, Step},
};
use crate::crm::{CrmError, CrmErrorKind};

pub(super) struct NoMessenger;

impl Step for NoMessenger {
    fn operations(&self, _: &str) -> Vec<Operation> {
        Vec::new()
    }

    fn next(self: Box<Self>, _: Answers) -> Next {
        let error = CrmError::new(CrmErrorKind::Refused, "no messenger is set up to send text messages");
        Next::Done(Err(error.with_code("NO_MESSENGER")))
    }
}
