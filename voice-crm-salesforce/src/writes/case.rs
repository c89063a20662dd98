//! A support case: one composite request makes it, links its account, and reads its number.

use serde_json::Value;
use voice_crm_core::{
    crm::{
        AccountRef, Attempt, CallerMatch, CrmError, CrmErrorKind, JobKey, NewCase, Receipt, RecordRef, Remark,
    },
    phone::PhoneNumber,
};

use super::{
    Shared,
    call_log::CallLogs,
    conversation::{Made, Org, Record, Rows, filled, is_absent, is_duplicate, left_out},
};
use crate::{
    exchange::operation::Target,
    reads::{Row, id},
};

use caller::OfCaller;

/// What is read of a case that an earlier attempt has made.
const EXISTING: &[&str] = &["Id", "CaseNumber", "AccountId", "Description"];
/// What is read of a case that was made just now.
const NUMBER: &[&str] = &["Id", "CaseNumber"];
/// What an org takes as a description, in UTF-16 units.
const DESCRIPTION: usize = 32_000;

mod caller;

/// Opens a case.
pub(super) async fn create(
    org: &Org<'_>,
    attempt: &Attempt,
    case: &NewCase,
    callers: CallLogs<'_>,
    shared: Shared,
) -> Result<Receipt, CrmError> {
    let asked = case.phone.as_ref().filter(|_| case.find_contact && case.account.is_none());
    let known = asked.and_then(|phone| callers.known.get(phone)).filter(|known| is_settled(attempt, known));
    let of_known;
    let case = if let Some(known) = &known {
        of_known = NewCase { contact: known.one().and_then(|caller| caller.contact.clone()), ..case.clone() };
        &of_known
    } else {
        case
    };
    if let Some(phone) = asked.filter(|_| known.is_none()) {
        let of_caller = OfCaller { org, case, phone, callers };
        match shared {
            Shared::No => return of_caller.create_now(attempt).await,
            Shared::InTheBackground => return of_caller.create_later(attempt).await,
            // A second request, which a shared look-up would be, takes longer than people wait.
            Shared::WhilePeopleWait => {}
        }
    }
    let write = CaseWrite { org, key: attempt.write.key, case };
    match (attempt.may_have_applied, write.given_number()) {
        (false, _) => write.upsert().await,
        (true, None) => write.create_once().await,
        // Where an account number was given, more is asked than what is there.
        (true, Some(_)) => write.look_and_upsert().await,
    }
}

/// Whether what an earlier case or call found out about a number is enough for this case. Where several have the number,
/// an attempt that broke off may have left the case with the first of them.
fn is_settled(attempt: &Attempt, known: &CallerMatch) -> bool {
    !attempt.may_have_applied || known.one().is_some() || matches!(known, CallerMatch::Nobody)
}

struct CaseWrite<'a> {
    org: &'a Org<'a>,
    key: JobKey,
    case: &'a NewCase,
}

/// The account of the case.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Account<'a> {
    None,
    Known(&'a RecordRef),
    /// The request looks it up by this number.
    Number(&'a str),
    /// The look-up found no account with this number.
    Unmatched(&'a str),
    /// What was known of account and contact is no longer in the org: the case stands without both.
    Stale,
}

impl<'a> CaseWrite<'a> {
    /// Makes the case, or brings it up to date.
    async fn upsert(&self) -> Result<Receipt, CrmError> {
        let mut account = self.given_account();
        loop {
            let mut ask = self.org.ask();
            let accounts =
                if let Account::Number(number) = account { Some(ask.accounts(number)) } else { None };
            let link = accounts.as_ref().map(|accounts| accounts.first_row("AccountId"));
            let made = ask.upsert("Case", self.key, self.fields(account), link);
            let read = ask.read("Case", &made, NUMBER);
            let mut answers = ask.send().await;
            let matches = match accounts.map(|accounts| answers.take(accounts)) {
                None => 1,
                Some(Ok(Rows(accounts))) => accounts.len(),
                // No access to account numbers: a case is not refused for that.
                Some(Err(error)) if error.kind() == CrmErrorKind::Refused => 0,
                Some(Err(error)) => return Err(error),
            };
            if let (0, Account::Number(number)) = (matches, account) {
                account = Account::Unmatched(number);
                continue;
            }
            let remark = matches!(account, Account::Unmatched(_)).then_some(Remark::AccountNotFound);
            match (answers.take(made), answers.take(read)) {
                (Err(error), _) if is_stale_reference(&error) && account != Account::Stale => {
                    account = Account::Stale;
                }
                (Err(error), _) => return Err(error),
                (Ok(made), read) if matches > 1 => {
                    return self.unlink(made_receipt(made, read.ok().as_ref()), true).await;
                }
                (Ok(made), Ok(read)) => return Ok(Receipt { remark, ..made_receipt(made, Some(&read)) }),
                (Ok(made), Err(_)) => {
                    return Ok(self.with_number(Receipt { remark, ..made_receipt(made, None) }).await);
                }
            }
        }
    }

    /// Makes the case under a key that the org takes only once, and in the same request reads what is there: an
    /// earlier attempt may have made it.
    async fn create_once(&self) -> Result<Receipt, CrmError> {
        let mut account = self.given_account();
        loop {
            let mut fields = self.fields(account);
            fields.insert(self.org.key_field.to_owned(), self.key.to_string().into());
            let mut ask = self.org.ask();
            let made = ask.create("Case", fields, None);
            let read = ask.read("Case", Target::KeyAfterwards(self.key), EXISTING);
            let mut answers = ask.send().await;
            match (answers.take(made), answers.take(read)) {
                (Ok(made), Ok(read)) => return Ok(made_receipt(made, Some(&read))),
                (Ok(made), Err(_)) => return Ok(self.with_number(made_receipt(made, None)).await),
                // Whatever kept a second one from being made: one is there.
                (Err(_), Ok(read)) => return Ok(receipt(&read)),
                (Err(error), Err(absent)) if is_absent(&absent) && !is_duplicate(&error) => {
                    if !is_stale_reference(&error) || account == Account::Stale {
                        return Err(error);
                    }
                    account = Account::Stale;
                }
                (Err(error), Err(_)) if is_duplicate(&error) || error.kind() == CrmErrorKind::Refused => {
                    return self.look_and_upsert().await;
                }
                (Err(error), Err(_)) => return Err(error.that_may_have_applied(true)),
            }
        }
    }

    /// Looks what is there before anything is overwritten.
    async fn look_and_upsert(&self) -> Result<Receipt, CrmError> {
        let mut ask = self.org.ask();
        let existing = ask.read("Case", self.key, EXISTING);
        let accounts = self.given_number().map(|number| ask.accounts(number));
        let mut answers = ask.send().await;
        match answers.take(existing) {
            Ok(read) => match accounts {
                None => Ok(receipt(&read)),
                Some(accounts) => self.check_account(&read, answers.take(accounts)).await,
            },
            Err(error) if is_absent(&error) => self.upsert().await.map_err(|error| {
                // Not our own key, then, but another field of it that must be unique.
                if is_duplicate(&error) { error.that_is_final() } else { error }
            }),
            Err(error) => Err(error.that_may_have_applied(true)),
        }
    }

    /// The case was made before. Whether its account was unmistakable is asked once more: an attempt that broke off may
    /// have left it with the first of several.
    async fn check_account(
        &self,
        read: &Record,
        accounts: Result<Rows, CrmError>,
    ) -> Result<Receipt, CrmError> {
        let receipt = receipt(read);
        let accounts = match accounts {
            Ok(Rows(accounts)) => accounts,
            // That there is a case is known; the rest is not worth losing it for.
            Err(error) if error.kind() == CrmErrorKind::Refused => return Ok(receipt),
            Err(error) => return Err(error.that_may_have_applied(true)),
        };
        match accounts.as_slice() {
            [] => Ok(Receipt { remark: Some(Remark::AccountNotFound), ..receipt }),
            [_only] => Ok(receipt),
            // Only our own guess is taken back, never what a person has put in its place.
            [guessed, ..] if read.text("AccountId").map(RecordRef::new) == id(guessed, "Id") => {
                let untouched = read.text("Description").as_ref() == Some(&self.case.description);
                self.unlink(receipt, untouched).await
            }
            _ => Ok(Receipt { remark: Some(Remark::AccountAmbiguous), ..receipt }),
        }
    }

    /// The case was linked to the first of several accounts: undoes the link, and with `note` puts the number that was
    /// given into the description.
    async fn unlink(&self, receipt: Receipt, note: bool) -> Result<Receipt, CrmError> {
        let Some(case) = &receipt.record else { return Err(left_out()) };
        let mut fields = Row::new();
        fields.insert("AccountId".to_owned(), Value::Null);
        if note {
            fields.insert("Description".to_owned(), self.description(self.given_number()).into());
        }
        let unlinked = self.org.ask_one(|ask| ask.update("Case", case, fields)).await;
        unlinked.map_err(|error| error.that_may_have_applied(true))?;
        Ok(Receipt { remark: Some(Remark::AccountAmbiguous), ..receipt })
    }

    /// The case is there in any event; without its number it is still there.
    async fn with_number(&self, receipt: Receipt) -> Receipt {
        let read = self.org.ask_one(|ask| ask.read("Case", self.key, NUMBER)).await;
        let number = read.ok().and_then(|read| read.text("CaseNumber"));
        Receipt { number: number.map(Into::into), ..receipt }
    }

    fn given_account(&self) -> Account<'a> {
        match &self.case.account {
            Some(AccountRef::Known(account)) => Account::Known(account),
            Some(AccountRef::Number(number)) => Account::Number(number),
            None => Account::None,
        }
    }

    fn given_number(&self) -> Option<&'a str> {
        if let Account::Number(number) = self.given_account() { Some(number) } else { None }
    }

    fn fields(&self, account: Account<'_>) -> Row {
        let case = self.case;
        let unmatched = if let Account::Unmatched(number) = account { Some(number) } else { None };
        let known = if let Account::Known(account) = account { Some(account.as_str()) } else { None };
        let contact = case.contact.as_ref().filter(|_| account != Account::Stale);
        filled([
            ("Subject", case.subject.as_str().into()),
            ("Description", self.description(unmatched).into()),
            ("Origin", "Phone".into()),
            ("Type", case.kind.as_deref().into()),
            ("Priority", case.priority.as_deref().into()),
            ("ContactId", contact.map(RecordRef::as_str).into()),
            ("SuppliedPhone", case.phone.as_ref().map(PhoneNumber::as_e164).into()),
            ("AccountId", known.into()),
        ])
    }

    /// The caller's words, and behind them the account number that matched no single account, so that it is not lost.
    fn description(&self, unmatched: Option<&str>) -> String {
        let words = &self.case.description;
        let Some(number) = unmatched else { return words.clone() };
        let noted = format!("{words}\n\nAccount number given by the caller: {number}");
        if noted.encode_utf16().count() > DESCRIPTION { words.clone() } else { noted }
    }
}

/// Whether the org says that a record which the case points to is gone, or out of reach.
fn is_stale_reference(error: &CrmError) -> bool {
    matches!(
        error.code(),
        Some(
            "INVALID_CROSS_REFERENCE_KEY"
                | "ENTITY_IS_DELETED"
                | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
                | "MALFORMED_ID"
        )
    )
}

fn made_receipt(Made(id): Made, read: Option<&Record>) -> Receipt {
    let read = read.map(receipt).unwrap_or_default();
    Receipt { record: read.record.or(id), object: Some("Case".to_owned()), ..read }
}

fn receipt(read: &Record) -> Receipt {
    let object = Some("Case".to_owned());
    Receipt {
        record: read.id(),
        object,
        number: read.text("CaseNumber").map(Into::into),
        ..Receipt::default()
    }
}
