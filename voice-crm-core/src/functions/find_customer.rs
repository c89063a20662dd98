//! `find_customer`: who is calling, or whose account number this is.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{CallerMatch, CallerRecord},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::at_most,
    phrase::{self, Speech},
};

/// Tells the agent whom it is talking to.
#[derive(Clone, Copy, Debug, Default)]
pub struct FindCustomer;

/// The arguments of [`FindCustomer`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct FindCustomerArgs {
    /// The account number, if the caller gave one. Leave it out to look the caller up by telephone number.
    #[serde(default, alias = "accountNumber")]
    pub account_number: Option<String>,
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
            "Looks the caller up by the number they call from, or by an account number that they give.",
        )
    }

    async fn call(&self, cx: &CallContext, args: FindCustomerArgs) -> Result<Answer, FunctionError> {
        let given = args.account_number.map(|number| number.trim().to_owned());
        let Some(number) = given.filter(|number| !number.is_empty()) else {
            return Ok(Answer::say(match cx.caller().await? {
                CallerMatch::One(caller) => introduce(&caller),
                CallerMatch::Several(_) => phrase::CALLER_AMBIGUOUS.into(),
                CallerMatch::Nobody => phrase::CALLER_UNKNOWN.into(),
            }));
        };
        at_most("account_number", &number, 40)?;
        match cx.find_account(&number).await?.as_slice() {
            // An account number is no proof of who is calling: it is confirmed, and nothing is given away.
            [_one] => Ok(Answer::say(phrase::ACCOUNT_EXISTS)),
            _ => Ok(Answer::say(phrase::ACCOUNT_UNKNOWN)),
        }
    }
}

fn introduce(caller: &CallerRecord) -> Speech {
    let name = phrase::quoted(&caller.name, 80);
    let Some(account) = &caller.account else { return phrase::CALLER_IS.with([name]) };
    let who = phrase::CALLER_IS_OF.with([name, phrase::quoted(&account.name, 120)]);
    match &account.number {
        Some(number) => who.and(phrase::ACCOUNT_NUMBER_IS.with([phrase::spelled(number)])),
        None => who,
    }
}
