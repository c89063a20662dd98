//! `schedule_callback`: a colleague calls back at an agreed time.

use std::{fmt, sync::Arc};

use jiff::Zoned;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{Change, ChangeKind, NewTask, ReadKind, Written},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{Desk, answer_for::answer_for, at_most, desk::NotThen},
    phone::PhoneNumber,
    phrase::{self, Value},
};

/// Books a callback.
#[derive(Clone, Debug, Default)]
pub struct ScheduleCallback(Arc<Desk>);

/// The arguments of [`ScheduleCallback`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct ScheduleCallbackArgs {
    /// When to call back: date and time, such as `2026-11-23T15:00`; with an offset if it is not our local time.
    pub when: String,
    /// What it is about.
    pub reason: String,
    /// The number to call, if it is not the one the caller calls from.
    #[serde(default, alias = "phoneNumber")]
    pub phone: Option<String>,
}

impl fmt::Debug for ScheduleCallbackArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScheduleCallbackArgs").finish_non_exhaustive()
    }
}

impl ScheduleCallback {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }

    /// The callback that is booked already, if there is one. Where nobody can say, there is none: a second note
    /// does less harm than none.
    ///
    /// When somebody else is called back is not told: at a number that is merely said, only a callback at the same
    /// moment is taken for this one, and it sounds as if it were booked now.
    async fn booked(
        &self,
        cx: &CallContext,
        number: &PhoneNumber,
        subject: &str,
        wished: &Zoned,
    ) -> Option<Answer> {
        if !cx.serves(ReadKind::Tasks) {
            return None;
        }
        let task = cx.open_task(subject).await.ok()??;
        let own = cx.call().caller.number() == Some(number);
        if !own {
            let same = task.reminder == Some(wished.timestamp());
            return same
                .then(|| Answer::say(phrase::CALLBACK_BOOKED.with([Value::moment(wished, cx.now())])));
        }
        let local = |moment| self.0.callback_hours.local(moment);
        let at = task.reminder.map(|moment| Value::moment(&local(moment), cx.now()));
        let when = at.or_else(|| task.due.map(|due| Value::day(due, local(cx.now()).date())))?;
        Some(Answer::say(phrase::CALLBACK_EXISTS.with([when])))
    }
}

impl Function for ScheduleCallback {
    const NAME: &'static str = "schedule_callback";
    type Args = ScheduleCallbackArgs;

    fn spec(&self) -> Spec {
        Spec::write("Books a time at which a colleague calls the caller back. Agree on the time first.")
            .needs(ChangeKind::CreateTask)
            .filler(phrase::NOTING)
    }

    async fn call(&self, cx: &CallContext, args: ScheduleCallbackArgs) -> Result<Answer, FunctionError> {
        at_most("reason", &args.reason, 2_000)?;
        let number = match args.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()) {
            Some(given) => PhoneNumber::parse(given, cx.home())
                .map_err(|problem| FunctionError::invalid_argument("phone", &problem.to_string()))?,
            None => cx.call().caller.number().cloned().ok_or_else(|| {
                FunctionError::invalid_argument("phone", "the caller's number is not shown; ask for one")
                    .and_say(phrase::CALLBACK_WHICH_NUMBER)
            })?,
        };
        if number.costs_extra() {
            return Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::CALLBACK_NUMBER_REFUSED));
        }
        let at = self.0.callback_hours.read(&args.when).map_err(|problem| not_then(&problem))?;
        // Delivered again, it is the same callback, though its hour may have passed or it stands in the CRM by now.
        if let Some(written) = cx.earlier().await? {
            return answer(cx, &written, &at);
        }
        self.0.callback_hours.check(&at, cx.now()).map_err(|problem| not_then(&problem))?;
        let subject = format!("Call back {}", number.as_e164());
        if let Some(answer) = self.booked(cx, &number, &subject, &at).await {
            return Ok(answer);
        }
        let caller = cx.known_caller().await;
        let task = NewTask {
            subject,
            description: args.reason,
            due: Some(at.date()),
            reminder: Some(at.timestamp()),
            owner: self.0.task_owner.clone(),
            contact: caller.one().and_then(|caller| caller.person().cloned()),
            ..NewTask::default()
        };
        answer(cx, &cx.write(Change::CreateTask(Box::new(task))).await?, &at)
    }
}

fn answer(cx: &CallContext, written: &Written, at: &Zoned) -> Result<Answer, FunctionError> {
    let booked = |_: &_| phrase::CALLBACK_BOOKED.with([Value::moment(at, cx.now())]);
    answer_for(written, booked, phrase::CALLBACK_BEING_SAVED)
}

/// A time that will not do. What cannot be read is the model's to mend; of all else the caller hears why, and when it
/// would do.
fn not_then(problem: &NotThen) -> FunctionError {
    let failure = FunctionError::invalid_argument("when", &problem.to_string());
    match problem {
        NotThen::Unreadable => failure,
        NotThen::TooSoon => failure.and_say(phrase::CALLBACK_TOO_SOON),
        NotThen::TooFar => failure.and_say(phrase::CALLBACK_TOO_FAR),
        NotThen::Closed(hours) => match hours.spoken() {
            Some(hours) => failure.and_say(phrase::CALLBACK_CLOSED.with([hours])),
            None => failure,
        },
    }
}
