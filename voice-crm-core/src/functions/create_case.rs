//! `create_case`: opens a support case and says its number.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    caller::Assurance,
    crm::{
        AccountRecord, AccountRef, CallerMatch, CallerRecord, Change, ChangeKind, NewCase, Receipt,
        RecordText, Remark, Written, is_number_heard,
    },
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{CaseFacts, Desk, Priority, at_most},
    phrase::{self, Speech, Value},
};

/// What a CRM takes as a headline.
const SUBJECT: usize = 255;
/// What a CRM takes as a description, less room for notes of ours.
const DESCRIPTION: usize = 31_600;

/// Opens a support case.
#[derive(Clone, Debug, Default)]
pub struct CreateCase(Arc<Desk>);

/// The arguments of [`CreateCase`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct CreateCaseArgs {
    /// What the trouble is, in the caller's words.
    pub description: String,
    /// A short headline. Leave it out to have one made.
    #[serde(default)]
    pub subject: Option<String>,
    /// What kind of trouble it is, in one or two words.
    #[serde(default, alias = "issueType")]
    pub issue_type: Option<String>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The account number, if the caller gave one.
    #[serde(default, alias = "accountNumber")]
    pub account_number: Option<String>,
    /// The caller's full name, if they said it and the caller is not known.
    #[serde(default, alias = "callerName")]
    pub caller_name: Option<String>,
}

impl std::fmt::Debug for CreateCaseArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateCaseArgs").field("priority", &self.priority).finish_non_exhaustive()
    }
}

impl CreateCase {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }

    /// Whether the desk links whatever account number this caller says.
    async fn believes(&self, cx: &CallContext) -> bool {
        match self.0.link_accounts_from {
            None => false,
            Some(Assurance::Unknown) => true,
            Some(least) => cx.assurance().await.unwrap_or_default() >= least,
        }
    }
}

impl Function for CreateCase {
    const NAME: &'static str = "create_case";
    type Args = CreateCaseArgs;

    fn spec(&self) -> Spec {
        Spec::write("Opens a support case for the caller. Call it once the caller has described the trouble.")
            .needs(ChangeKind::CreateCase)
            .filler(phrase::NOTING)
    }

    async fn call(&self, cx: &CallContext, args: CreateCaseArgs) -> Result<Answer, FunctionError> {
        check(&args)?;
        let given = args.account_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let given = given.map(str::to_owned);
        let believed = given.is_some() && self.believes(cx).await;
        // Only what is known already: asking now would cost the caller time and the org an API call.
        let caller = cx.known_caller().await;
        // Where nothing else tells whose case it is, the request that makes the case asks whose number calls.
        let find_contact = given.is_none() && cx.caller_is_open().await;
        let (account, noted) = account(given, &caller, believed);
        let case = new_case(cx, &self.0, args, caller.one(), (account, noted));
        let case = NewCase { find_contact, ..case };
        let said = match cx.write(Change::CreateCase(case)).await? {
            Written::Saved(receipt) => created(&receipt, cx.proven_caller().is_some()),
            Written::BeingSaved(pending) => {
                phrase::CASE_BEING_SAVED.with([Value::number(pending.reference().as_str())])
            }
            Written::Refused(_) => {
                return Err(FunctionError::new(FunctionErrorKind::Refused, phrase::REFUSED));
            }
        };
        // Nothing of a number that was noted: whether it is the caller's own is no more for the ear of a forged number.
        Ok(Answer::say(said))
    }
}

fn check(args: &CreateCaseArgs) -> Result<(), FunctionError> {
    if args.description.trim().is_empty() {
        return Err(FunctionError::invalid_argument("description", "say what the trouble is"));
    }
    at_most("description", &args.description, DESCRIPTION)?;
    at_most("subject", args.subject.as_deref().unwrap_or_default(), SUBJECT)?;
    at_most("issue_type", args.issue_type.as_deref().unwrap_or_default(), 40)?;
    at_most("caller_name", args.caller_name.as_deref().unwrap_or_default(), 120)?;
    at_most("account_number", args.account_number.as_deref().unwrap_or_default(), 40)
}

fn new_case(
    cx: &CallContext,
    desk: &Desk,
    args: CreateCaseArgs,
    caller: Option<&CallerRecord>,
    (account, noted): (Option<AccountRef>, Option<String>),
) -> NewCase {
    let own = caller.and_then(|caller| caller.account.as_ref());
    let headline = args.subject.or_else(|| args.issue_type.clone()).filter(|text| !text.trim().is_empty());
    let (kind, lost) = desk.case_types.of(args.issue_type.as_deref());
    let priority = desk.priorities.of(CaseFacts {
        description: &args.description,
        kind: args.issue_type.as_deref(),
        priority: args.priority,
        account_number: own.and_then(|own| own.number.as_ref()).map(RecordText::as_stored),
    });
    let subject = headline.unwrap_or_else(|| first_words(&args.description));
    let mut description = args.description;
    let mut note = |what: &str, words: Option<&str>| {
        if let Some(words) = words {
            description.extend(["\n\n", what, ": ", words]);
        }
    };
    note("Kind of trouble, as said", args.issue_type.as_deref().filter(|_| lost));
    note("Account number given by the caller", noted.as_deref());
    // Whoever is known has a record with a name.
    let name = args.caller_name.as_deref().map(str::trim).filter(|name| caller.is_none() && !name.is_empty());
    note("Name given by the caller", name);
    NewCase {
        subject,
        description,
        kind,
        priority,
        account,
        contact: caller.and_then(|caller| caller.contact.clone()),
        phone: cx.call().caller.number().cloned(),
        find_contact: false,
    }
}

/// The account of a case, and the number to be noted for a colleague.
///
/// A number that is merely said is linked only where the desk says so, or where it is that of the caller's own account:
/// whoever links a case to an account has its words told to that customer.
fn account(
    given: Option<String>,
    caller: &CallerMatch,
    believed: bool,
) -> (Option<AccountRef>, Option<String>) {
    let own = caller.one().and_then(|caller| caller.account.as_ref());
    let known = |account: &AccountRecord| Some(AccountRef::Known(account.account.clone()));
    // Several people of one company may have the number that calls; their company is known all the same.
    match (given, caller.account()) {
        (Some(given), Some(shared)) if is_number(shared, &given) => (known(shared), None),
        (Some(given), _) if believed => (Some(AccountRef::Number(given)), None),
        (given, _) => (own.and_then(known), given),
    }
}

/// Whether an account has this number, however it was heard: in capitals or not, with blanks and dashes or without.
fn is_number(account: &AccountRecord, heard: &str) -> bool {
    account.number.as_ref().is_some_and(|number| is_number_heard(number.as_stored(), heard))
}

/// The first line of a text, cut between words at sixty characters or so.
fn first_words(text: &str) -> String {
    let mut headline = String::new();
    for word in text.lines().next().unwrap_or_default().split_whitespace() {
        if !headline.is_empty() {
            headline.push(' ');
        }
        headline.extend(word.chars().take(60));
        if headline.chars().count() >= 50 {
            break;
        }
    }
    if headline.is_empty() { "Call".to_owned() } else { headline }
}

/// Whether an account has the number that was given is told to verified callers alone: it is a thing to guess at.
fn created(receipt: &Receipt, is_verified: bool) -> Speech {
    let case = match &receipt.number {
        Some(number) => phrase::CASE_CREATED.with([number.case_number()]),
        None => phrase::CASE_CREATED_UNNUMBERED.into(),
    };
    match receipt.remark.filter(|_| is_verified) {
        Some(Remark::AccountNotFound) => case.and(phrase::CASE_ACCOUNT_NOT_FOUND),
        Some(Remark::AccountAmbiguous) => case.and(phrase::CASE_ACCOUNT_AMBIGUOUS),
        Some(Remark::ChangedMeanwhile) | None => case,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_made_of_the_first_words() {
        assert_eq!(first_words("My router is dead.\nIt smells."), "My router is dead.");
        assert!(first_words(&"word ".repeat(100)).chars().count() <= 120);
        assert_eq!(first_words("   "), "Call");
        assert_eq!(first_words(&"é".repeat(500)).chars().count(), 60);
    }
}
