//! `verify_caller`: the caller proves who they are, by what only they know or by a code sent to their telephone.

use std::{fmt, sync::Arc, time::Duration};

use moka::future::Cache;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    call::{CallId, ToolCallId},
    caller::Caller,
    code_sender::CodeSender,
    crm::{Proofs, ReadKind},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{Desk, identity::Claim},
    phone::PhoneNumber,
    phrase::{self, Speech},
};

mod claimed;
mod on_file;

/// How long what came of an attempt is remembered, so that the same webhook again is no further attempt.
const MEMORY: Duration = Duration::from_secs(4 * 3600);

/// Verifies the caller.
#[derive(Clone)]
pub struct VerifyCaller {
    desk: Arc<Desk>,
    settled: Cache<(CallId, ToolCallId), Result<Answer, FunctionError>>,
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
        let settled = Cache::builder().max_capacity(100_000).time_to_live(MEMORY).build();
        Self { desk, settled }
    }

    async fn verify(&self, cx: &CallContext, args: VerifyCallerArgs) -> Result<Answer, FunctionError> {
        let claim = claim(&args).checked()?;
        let by_number = cx.caller().await?.one().cloned();
        let tries = Tries { cx, sender: self.desk.code_sender.as_deref(), args: &args };
        match by_number {
            // Who calls from this number is told anyway, so a claim to be the same tells nothing of the rest.
            Some(caller) if caller.contact.is_some() && claim.may_be(&caller) => tries.on_file(caller).await,
            Some(_) if claim.is_empty() => Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)),
            None if claim.is_empty() => Ok(Answer::say(match cx.call().caller {
                Caller::Number(_) => phrase::VERIFY_WHO,
                _ => phrase::VERIFY_WHO_WITHOUT_NUMBER,
            })),
            _ => tries.claimed(&claim).await,
        }
    }
}

fn claim(args: &VerifyCallerArgs) -> Claim {
    Claim {
        account_number: args.account_number.clone(),
        name: args.name.clone(),
        spelling: args.spelling.clone(),
        town: args.town.clone(),
        company: args.company.clone(),
        last_digits: None,
    }
}

/// One call of the function, with what it may use.
struct Tries<'a> {
    cx: &'a CallContext,
    sender: Option<&'a dyn CodeSender>,
    args: &'a VerifyCallerArgs,
}

/// What the caller wants to be judged by.
enum Way<'a> {
    /// By a code that they read out.
    Code(&'a dyn CodeSender, &'a str),
    /// By a code that is yet to be sent.
    NewCode(&'a dyn CodeSender),
    /// By what they know.
    Knowledge,
}

impl<'a> Tries<'a> {
    fn way(&self) -> Way<'a> {
        // Many models send empty text for what they leave out.
        let code = self.args.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
        match (self.sender, code) {
            (Some(sender), Some(code)) => Way::Code(sender, code),
            (Some(sender), None) if self.args.send_code => Way::NewCode(sender),
            _ => Way::Knowledge,
        }
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
        spec.needs(ReadKind::People).filler(phrase::LOOKING).without_occurrence()
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

/// A code as it was read out: its digits.
fn digits(code: &str) -> Result<String, FunctionError> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    if (4..=10).contains(&digits.len()) {
        return Ok(digits);
    }
    Err(FunctionError::invalid_argument("code", "give the four to ten digits of the code"))
}

fn refused(sentence: impl Into<Speech>) -> FunctionError {
    FunctionError::new(FunctionErrorKind::NotAllowed, sentence)
}

/// The first number on file that a code can be sent to at the usual cost.
fn telephone(proofs: &Proofs, cx: &CallContext) -> Option<PhoneNumber> {
    proofs.phones.iter().find_map(|stored| {
        PhoneNumber::parse(stored.as_stored(), cx.home()).ok().filter(|phone| !phone.costs_extra())
    })
}
