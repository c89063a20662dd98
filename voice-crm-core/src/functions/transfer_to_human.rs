//! `transfer_to_human`: a colleague takes the call.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    call::Call,
    crm::{ReadKind, RecordRef},
    function::{Act, Answer, CallContext, Destination, Function, FunctionError, Spec, Transfer},
    functions::{Desk, at_most, case_number},
    phrase,
};

/// Connects the caller to a person.
#[derive(Clone, Debug, Default)]
pub struct TransferToHuman(Arc<Desk>);

/// The arguments of [`TransferToHuman`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct TransferToHumanArgs {
    /// Why, in a sentence that the colleague will read.
    pub reason: String,
    /// Whom the caller wants, if they said so.
    #[serde(default)]
    pub to: Option<String>,
    /// The number of the case that it is about, if there is one.
    #[serde(default, alias = "caseNumber")]
    pub case_number: Option<String>,
}

impl fmt::Debug for TransferToHumanArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferToHumanArgs").finish_non_exhaustive()
    }
}

impl TransferToHuman {
    /// With the settings of a desk; see [`Desk::human`].
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }

    /// Whom the platform of a call can connect it to.
    fn reachable<'a>(desk: &'a Desk, call: &'a Call) -> impl Iterator<Item = &'a (String, Destination)> {
        let is_reachable = |to: &Destination| call.has_queues || !matches!(to, Destination::Queue(_));
        desk.humans.iter().filter(move |(_, to)| is_reachable(to))
    }

    fn destination(&self, call: &Call, wanted: Option<&str>) -> Result<Destination, FunctionError> {
        let wanted = wanted.map(str::trim).filter(|wanted| !wanted.is_empty());
        let mut humans = Self::reachable(&self.0, call);
        let found = match wanted {
            None => humans.next(),
            Some(wanted) => humans.find(|(name, _)| name.eq_ignore_ascii_case(wanted)),
        };
        found.map(|(_, destination)| destination.clone()).ok_or_else(|| {
            let names: Vec<&str> = Self::reachable(&self.0, call).map(|(name, _)| name.as_str()).collect();
            FunctionError::invalid_argument("to", &format!("use one of: {}", names.join(", ")))
        })
    }
}

impl Function for TransferToHuman {
    const NAME: &'static str = "transfer_to_human";
    type Args = TransferToHumanArgs;

    fn spec(&self) -> Spec {
        Spec::read("Connects the caller to a colleague, when they ask for one or you cannot help.")
            .argument_needs("case_number", ReadKind::Cases)
            .open_to({
                let desk = self.0.clone();
                move |call| Self::reachable(&desk, call).next().is_some()
            })
    }

    async fn call(&self, cx: &CallContext, args: TransferToHumanArgs) -> Result<Answer, FunctionError> {
        at_most("reason", &args.reason, 1_000)?;
        let to = self.destination(cx.call(), args.to.as_deref())?;
        let transfer = Transfer::new(to, args.reason).pop(self.record(cx, args.case_number.as_deref()).await);
        Ok(Answer::say(phrase::TRANSFERRING).then(Act::Transfer(Box::new(transfer))))
    }
}

impl TransferToHuman {
    /// What the colleague should see: the case that it is about, or else the caller. Nobody waits for it long.
    async fn record(&self, cx: &CallContext, number: Option<&str>) -> Option<RecordRef> {
        if let Some(number) = number
            && cx.serves(ReadKind::Cases)
            && let Ok(Ok(case)) = case_number::meant(cx, Some(number)).await
        {
            return Some(case.case);
        }
        cx.known_caller().await.one().and_then(|caller| caller.record().cloned())
    }
}
