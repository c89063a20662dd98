//! `find_customer`: who is calling, whose account number this is, or who has this name.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    caller::{Assurance, Caller},
    crm::{CallerMatch, CallerRecord, ReadKind},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::identity::{Claim, Identity},
    phrase::{self, Instruction, Speech},
};

/// For the model: what a number is worth.
const NOT_PROVEN: &str = "This is whose number it is. It proves nothing of who is calling.";
/// For the model: what a name is worth.
const FOUND: &str = "One customer record fits, of which nothing is told. Verify the caller as that customer before you go on with it.";

/// Tells the agent whom it is talking to.
#[derive(Clone, Copy, Debug, Default)]
pub struct FindCustomer;

/// The arguments of [`FindCustomer`].
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FindCustomerArgs {
    /// The account number, if the caller gave one. Leave everything out to look the caller up by telephone number.
    #[serde(alias = "accountNumber")]
    pub account_number: Option<String>,
    /// The full name, if the caller gave it.
    pub name: Option<String>,
    /// The letters of the family name, one by one, if the caller spelt it.
    pub spelling: Option<String>,
    /// The town the customer lives in, if several have the name.
    pub town: Option<String>,
    /// The company the customer belongs to, if several have the name.
    pub company: Option<String>,
    /// The last digits of the telephone number on file, if several have the name.
    #[serde(alias = "lastDigits")]
    pub last_digits: Option<String>,
}

impl std::fmt::Debug for FindCustomerArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FindCustomerArgs").finish_non_exhaustive()
    }
}

impl Function for FindCustomer {
    const NAME: &'static str = "find_customer";
    type Args = FindCustomerArgs;

    fn spec(&self) -> Spec {
        Spec::read(
            "Looks up who is calling by the number they call from, or a customer by what the arguments say of them.",
        )
        .argument_needs("account_number", ReadKind::Accounts)
        .argument_needs("name", ReadKind::People)
        .argument_needs("spelling", ReadKind::People)
        .argument_needs("town", ReadKind::People)
        .argument_needs("company", ReadKind::People)
        .argument_needs("last_digits", ReadKind::People)
        .filler(phrase::LOOKING)
    }

    async fn call(&self, cx: &CallContext, args: FindCustomerArgs) -> Result<Answer, FunctionError> {
        let claim = Claim {
            account_number: args.account_number,
            name: args.name,
            spelling: args.spelling,
            town: args.town,
            company: args.company,
            last_digits: args.last_digits,
        }
        .checked()?;
        if claim.is_empty() {
            return Ok(match cx.caller().await? {
                CallerMatch::One(caller) => introduce(&caller, cx.assurance().await? >= Assurance::Verified),
                CallerMatch::Several(_) => Answer::say(phrase::CALLER_AMBIGUOUS),
                CallerMatch::Nobody => Answer::say(unknown(&cx.call().caller)),
            });
        }
        // Whatever is said here is held against the records. Whether it fits is told to nobody who could be guessing, so
        // the records are not even asked.
        if cx.proven_caller().is_none() {
            return Err(FunctionError::new(FunctionErrorKind::NotVerified, phrase::NOT_VERIFIED));
        }
        if let (Some(number), false) = (&claim.account_number, claim.has_name()) {
            return Ok(match cx.find_account(number).await?.as_slice() {
                [_one] => Answer::say(phrase::ACCOUNT_EXISTS)
                    .instruct(Instruction::new("Go on with this account number.")),
                _ => Answer::say(phrase::ACCOUNT_UNKNOWN),
            });
        }
        let identity = claim.identify(cx).await?;
        Ok(match identity {
            // Neither is a name.
            Identity::One(_) => Answer::say(phrase::PERSON_FOUND).instruct(Instruction::new(FOUND)),
            Identity::Several(question) => Answer::say(question),
            Identity::Nobody if claim.spelling.is_some() => Answer::say(phrase::PEOPLE_NONE),
            Identity::Nobody => Answer::say(phrase::PEOPLE_ASK_SPELLING),
        })
    }
}

/// Who it is. A number can be forged, and the account number is what callers prove themselves by: it is told to
/// those alone who have proved it already.
fn introduce(caller: &CallerRecord, verified: bool) -> Answer {
    let name = caller.name.quoted(80);
    let who = match &caller.account {
        Some(account) => phrase::CALLER_IS_OF.with([name, account.name.quoted(120)]),
        None => phrase::CALLER_IS.with([name]),
    };
    if !verified {
        return Answer::say(who).instruct(Instruction::new(NOT_PROVEN));
    }
    let number = caller.account.as_ref().and_then(|account| account.number.as_ref());
    Answer::say(match number {
        Some(number) => who.and(phrase::ACCOUNT_NUMBER_IS.with([number.number()])),
        None => who,
    })
}

/// Nobody is known, and why: a number that nobody has is another thing than none.
fn unknown(caller: &Caller) -> Speech {
    match caller {
        Caller::Number(_) => phrase::CALLER_UNKNOWN,
        Caller::Unknown => phrase::CALLER_WITHHELD,
        Caller::Client(_) => phrase::CALLER_ONLINE,
        Caller::Sip(_) | Caller::ShortCode(_) => phrase::CALLER_WITHOUT_NUMBER,
    }
    .into()
}
