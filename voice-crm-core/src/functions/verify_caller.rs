//! `verify_caller`: the caller proves who they are, by what only they know or by a code sent to their telephone.

use std::{fmt, sync::Arc, time::Duration};

use moka::future::Cache;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    call::{CallId, ToolCallId},
    code_sender::{CodeCheck, CodeSender},
    crm::{CallerRecord, Proofs, ReadKind},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{
        Desk,
        identity::{Claim, Identity},
        knowledge::{self, Verdict},
    },
    phone::PhoneNumber,
    phrase,
    service_error::{ServiceError, ServiceErrorKind},
};

/// How often a code may be sent on one call.
const CODES: u32 = 3;
/// How long what came of an attempt is remembered, so that the same webhook again is no further attempt.
const MEMORY: Duration = Duration::from_secs(4 * 3600);

/// Verifies the caller.
#[derive(Clone)]
pub struct VerifyCaller {
    desk: Arc<Desk>,
    settled: Cache<(CallId, ToolCallId), Result<Answer, FunctionError>>,
    codes: Cache<CallId, u32>,
}

/// The arguments of [`VerifyCaller`].
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VerifyCallerArgs {
    /// The postal code of the caller's address, if they said it.
    #[serde(alias = "postalCode")]
    pub postal_code: Option<String>,
    /// The last four characters or more of the caller's account number, if they said them.
    #[serde(alias = "accountEnding")]
    pub account_ending: Option<String>,
    /// The code from the text message, if the caller read it out.
    pub code: Option<String>,
    /// Whether to send a code by text message to the number on file.
    #[serde(alias = "sendCode")]
    pub send_code: bool,
    /// The caller's full name, when they do not call from the number on file.
    pub name: Option<String>,
    /// The letters of the family name, if the caller spelt it.
    pub spelling: Option<String>,
    /// The caller's account number, when they do not call from the number on file.
    #[serde(alias = "accountNumber")]
    pub account_number: Option<String>,
    /// The caller's town, if several customers have the name.
    pub town: Option<String>,
    /// The caller's company, if several customers have the name.
    pub company: Option<String>,
}

impl fmt::Debug for VerifyCallerArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyCallerArgs").finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifyCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyCaller").field("desk", &self.desk).finish_non_exhaustive()
    }
}

impl Default for VerifyCaller {
    fn default() -> Self {
        Self::of(Arc::default())
    }
}

impl VerifyCaller {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        let memory = || Cache::builder().max_capacity(100_000).time_to_live(MEMORY);
        Self {
            desk,
            settled: memory().build(),
            codes: Cache::builder().max_capacity(100_000).time_to_live(MEMORY).build(),
        }
    }

    async fn verify(&self, cx: &CallContext, args: VerifyCallerArgs) -> Result<Answer, FunctionError> {
        if cx.is_locked() {
            return Err(locked());
        }
        let claim = Claim {
            account_number: args.account_number.clone(),
            name: args.name.clone(),
            spelling: args.spelling.clone(),
            town: args.town.clone(),
            company: args.company.clone(),
            last_digits: None,
        }
        .checked()?;
        let by_account = claim.account_number.is_some();
        // Many models send empty text for what they leave out.
        let code = args.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
        let by_number = cx.caller().await?.one().cloned();
        let (person, number_fits) = match (claim.is_empty(), by_number) {
            (true, Some(caller)) => (caller, true),
            (true, None) => return Ok(Answer::say(phrase::VERIFY_WHO)),
            (false, by_number) => match claim.identify(cx).await? {
                Identity::One(person) => {
                    let fits = by_number.is_some_and(|caller| caller.contact == person.record.contact);
                    (person.record, fits)
                }
                Identity::Several(question) => return Ok(Answer::say(question)),
                // An account number that fits nobody is a guess like any other.
                Identity::Nobody if by_account && cx.verification_failed() == 0 => return Err(locked()),
                Identity::Nobody => return Ok(Answer::say(phrase::PEOPLE_NONE)),
            },
        };
        let proofs = match &person.contact {
            Some(contact) => cx.proofs(contact).await?,
            None => None,
        };
        let Some(proofs) = proofs else { return Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)) };
        if let Some(sender) = &self.desk.code_sender
            && (code.is_some() || args.send_code)
        {
            let Some(to) = telephone(&proofs, cx) else { return Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)) };
            return match code {
                Some(code) => check_code(cx, sender.as_ref(), &to, code, person).await,
                None => self.send_code(cx, sender.as_ref(), &to).await,
            };
        }
        // Whoever calls from the number on file has shown that much already. Whoever gave the whole account number
        // to be found has nothing to show with the end of it.
        let needed = if number_fits { 1 } else { 2 };
        let ending = args.account_ending.as_deref().filter(|_| !by_account);
        match knowledge::compare(&proofs, args.postal_code.as_deref(), ending, needed) {
            Verdict::Proven => Ok(proven(cx, person)?),
            Verdict::Wrong => Err(failed(cx)),
            Verdict::AskMore => Ok(Answer::say(phrase::VERIFY_MORE)),
            Verdict::Impossible if self.desk.code_sender.is_some() => Ok(Answer::say(phrase::VERIFY_BY_CODE)),
            Verdict::Impossible => Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)),
        }
    }

    async fn send_code(
        &self,
        cx: &CallContext,
        sender: &dyn CodeSender,
        to: &PhoneNumber,
    ) -> Result<Answer, FunctionError> {
        let sent = self.codes.get(cx.call().id()).await.unwrap_or(0);
        if sent >= CODES {
            return Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::CODE_LOCKED));
        }
        self.codes.insert(cx.call().id().clone(), sent + 1).await;
        sender.send(to, cx.deadline()).await?;
        Ok(Answer::say(phrase::CODE_SENT))
    }
}

impl Function for VerifyCaller {
    const NAME: &'static str = "verify_caller";
    type Args = VerifyCallerArgs;

    fn spec(&self) -> Spec {
        let spec = if self.desk.code_sender.is_some() {
            Spec::write(
                "Verifies the caller by the postal code of their address, the end of their account number, or a code \
                 sent to the telephone number on file. Ask for one of them and pass it on; never say what is on file.",
            )
        } else {
            Spec::write(
                "Verifies the caller by the postal code of their address or the end of their account number. Ask for \
                 one of them and pass it on; never say what is on file.",
            )
            .without_argument("code")
            .without_argument("send_code")
        };
        spec.needs(ReadKind::People).filler(phrase::LOOKING)
    }

    async fn call(&self, cx: &CallContext, args: VerifyCallerArgs) -> Result<Answer, FunctionError> {
        let key = (cx.call().id().clone(), cx.tool_call().clone());
        if let Some(settled) = self.settled.get(&key).await {
            return settled;
        }
        let outcome = self.verify(cx, args).await;
        // What could not be tried may be tried again.
        if !matches!(&outcome, Err(error) if error.kind() == FunctionErrorKind::Unavailable) {
            self.settled.insert(key, outcome.clone()).await;
        }
        outcome
    }
}

async fn check_code(
    cx: &CallContext,
    sender: &dyn CodeSender,
    to: &PhoneNumber,
    code: &str,
    person: CallerRecord,
) -> Result<Answer, FunctionError> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    if !(4..=10).contains(&digits.len()) {
        return Err(FunctionError::invalid_argument("code", "give the four to ten digits of the code"));
    }
    match sender.check(to, &digits, cx.deadline()).await {
        Ok(CodeCheck::Right) => proven(cx, person),
        Ok(CodeCheck::Wrong) => Err(failed(cx)),
        Err(error) if error.kind() == ServiceErrorKind::Expired => Ok(Answer::say(phrase::CODE_EXPIRED)),
        Err(error) => Err(unchecked(error)),
    }
}

fn proven(cx: &CallContext, person: CallerRecord) -> Result<Answer, FunctionError> {
    if cx.verified(person) { Ok(Answer::say(phrase::VERIFIED)) } else { Err(locked()) }
}

fn failed(cx: &CallContext) -> FunctionError {
    if cx.verification_failed() == 0 {
        return locked();
    }
    FunctionError::new(FunctionErrorKind::NotAllowed, phrase::VERIFY_WRONG)
}

fn locked() -> FunctionError {
    FunctionError::new(FunctionErrorKind::NotAllowed, phrase::LOCKED)
}

/// A code that could not be checked. It was sent before, so that the sentence is another one.
fn unchecked(error: ServiceError) -> FunctionError {
    let failure = FunctionError::from(error);
    match failure.kind() {
        FunctionErrorKind::NotAllowed => failure,
        kind => FunctionError::new(kind, phrase::CODE_UNCHECKED),
    }
}

/// The first number on file that a code can be sent to at the usual cost.
fn telephone(proofs: &Proofs, cx: &CallContext) -> Option<PhoneNumber> {
    proofs.phones.iter().find_map(|stored| {
        PhoneNumber::parse(stored.as_stored(), cx.home()).ok().filter(|phone| !phone.costs_extra())
    })
}
