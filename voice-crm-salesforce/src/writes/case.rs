//! A support case: one composite request makes it, links its account, and reads its number.

use std::sync::Arc;

use serde_json::{Map, Value};
use voice_crm_core::crm::{
    AccountRef, Attempt, Change, CrmError, CrmErrorKind, NewCase, Receipt, RecordRef, Remark, Write,
};

use crate::{
    exchange::operation::{Found, Link, Operation, Source, Target, row_id},
    writes::step::{Answers, Next, Step, is_absent, take},
};

/// What is read of a case that an earlier try has made.
const STANDING: [&str; 4] = ["Id", "CaseNumber", "AccountId", "Description"];
/// What an org takes as a description.
const DESCRIPTION: usize = 32_000;

/// Where the making of a case stands.
#[derive(Clone)]
enum Stage {
    /// An earlier try may have made it, or has: look what stands there before anything is overwritten.
    Look,
    /// Make it.
    Make(Account),
    /// It is made; its number was not to be had with it.
    ReadNumber(Receipt),
    /// It was linked to the first of several accounts: undo the link, and note the number if nobody has
    /// changed the description since.
    Unlink { receipt: Receipt, note: bool },
}

/// The account of the case.
#[derive(Clone)]
enum Account {
    None,
    Known(RecordRef),
    /// To be looked up in the same request.
    Number(String),
    /// Looked up without a single match.
    Unmatched(String, Remark),
    /// What was known of account and contact is no longer in the org: the case stands without both.
    Stale,
}

pub(crate) struct CaseStep {
    write: Arc<Write>,
    stage: Stage,
    /// An earlier try may have made it: the org shall refuse a second one, and tell what stands there.
    careful: bool,
    /// It was looked for, and is not there.
    absent: bool,
}

/// What came of making the case and reading it back.
enum MadeCase {
    Made(Receipt),
    /// It is there, but its number was not to be had.
    Unread(Receipt),
    Failed(CrmError),
}

impl CaseStep {
    pub(crate) fn first(attempt: &Attempt) -> Self {
        let step = Self { write: attempt.write.clone(), stage: Stage::Look, careful: false, absent: false };
        // Where an account number was given, more is asked than what stands there.
        let looks = attempt.may_exist && step.case().is_some_and(|case| given_number(case).is_some());
        if looks { step } else { Self { careful: attempt.may_exist, ..step }.make() }
    }

    fn make(self) -> Self {
        let account = match self.case().and_then(|case| case.account.clone()) {
            Some(AccountRef::Known(account)) => Account::Known(account),
            Some(AccountRef::Number(number)) => Account::Number(number),
            None => Account::None,
        };
        Self { stage: Stage::Make(account), ..self }
    }

    fn case(&self) -> Option<&NewCase> {
        match &self.write.change {
            Change::CreateCase(case) => Some(case),
            _ => None,
        }
    }

    fn at(self, stage: Stage) -> Next {
        Next::Go(Box::new(Self { stage, ..self }))
    }

    /// What follows from the org's word on a case that may have been made before.
    fn after_care(self, mut answers: std::vec::IntoIter<Result<Found, CrmError>>) -> Next {
        match (take(&mut answers), take(&mut answers)) {
            (Ok(made), Ok(read)) => Next::Done(Ok(receipt(&read, made.id()))),
            (Ok(made), Err(_)) => self.at(Stage::ReadNumber(receipt(&made, None))),
            // Whatever kept a second one from being made: one stands there.
            (Err(_), Ok(read)) => self.found(&read, None),
            (Err(error), Err(absent)) if is_absent(&absent) && !is_duplicate(&error) => {
                self.after(MadeCase::Failed(error), None)
            }
            (Err(error), Err(_)) if is_duplicate(&error) || error.kind() == CrmErrorKind::Refused => {
                Self { careful: false, ..self }.at(Stage::Look)
            }
            (Err(error), Err(_)) => Next::Done(Err(error.that_may_have_applied(true))),
        }
    }

    /// It was made before. Whether its account was unmistakable is asked once more: a try that broke off may
    /// have left it with the first of several.
    fn found(self, read: &Found, accounts: Option<Result<Found, CrmError>>) -> Next {
        let receipt = receipt(read, None);
        let remark = match accounts {
            None => None,
            // That there is a case is known; the rest is not worth losing it for.
            Some(Err(error)) if error.kind() == CrmErrorKind::Refused => None,
            Some(Err(error)) => return Next::Done(Err(error.that_may_have_applied(true))),
            Some(Ok(accounts)) => match accounts.rows() {
                [] => Some(Remark::AccountNotFound),
                [_only] => None,
                [guessed, ..] => {
                    let remark = Some(Remark::AccountAmbiguous);
                    let receipt = Receipt { remark, ..receipt };
                    // Only our own guess is taken back, never what a person has put in its place.
                    if read.text("AccountId").map(RecordRef::new) != row_id(guessed) {
                        return Next::Done(Ok(receipt));
                    }
                    let note = read.text("Description") == self.case().map(|case| case.description.clone());
                    return self.at(Stage::Unlink { receipt, note });
                }
            },
        };
        Next::Done(Ok(Receipt { remark, ..receipt }))
    }

    /// What follows when the case was made, or was not.
    fn after(self, made: MadeCase, remark: Option<Remark>) -> Next {
        match made {
            MadeCase::Made(receipt) => Next::Done(Ok(Receipt { remark, ..receipt })),
            MadeCase::Unread(receipt) => self.at(Stage::ReadNumber(Receipt { remark, ..receipt })),
            MadeCase::Failed(error)
                if is_stale_reference(&error) && !matches!(self.stage, Stage::Make(Account::Stale)) =>
            {
                self.at(Stage::Make(Account::Stale))
            }
            // Not our own key, then, but another field of it that must be unique.
            MadeCase::Failed(error) if self.absent && is_duplicate(&error) => {
                Next::Done(Err(error.that_is_final()))
            }
            MadeCase::Failed(error) => Next::Done(Err(error)),
        }
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

fn is_duplicate(error: &CrmError) -> bool {
    error.code() == Some("DUPLICATE_VALUE")
}

fn made(answers: &mut std::vec::IntoIter<Result<Found, CrmError>>) -> MadeCase {
    match take(answers) {
        Err(error) => MadeCase::Failed(error),
        Ok(made) => match take(answers) {
            Ok(read) => MadeCase::Made(receipt(&read, made.id())),
            Err(_) => MadeCase::Unread(receipt(&made, None)),
        },
    }
}

impl Step for CaseStep {
    fn operations(&self, key_field: &str) -> Vec<Operation> {
        let key = self.write.key;
        let read = |target, fields| Operation::Read { object: "Case".to_owned(), target, fields };
        let Some(case) = self.case() else { return Vec::new() };
        match &self.stage {
            Stage::Look => {
                let look = read(Target::Key(key), &STANDING);
                let accounts = given_number(case).map(|number| Operation::Accounts(number.to_owned()));
                std::iter::once(look).chain(accounts).collect()
            }
            Stage::Make(account) if self.careful => {
                let mut fields = fields(case, account);
                fields.insert(key_field.to_owned(), key.to_string().into());
                vec![
                    Operation::Create { object: "Case", fields, link: None },
                    read(Target::KeyAfterwards(key), &STANDING),
                ]
            }
            Stage::Make(account) => {
                let mut operations = Vec::with_capacity(3);
                let link = if let Account::Number(number) = account {
                    operations.push(Operation::Accounts(number.clone()));
                    Some(Link { field: "AccountId", from: Source::FirstRow(0) })
                } else {
                    None
                };
                let made = operations.len();
                let fields = fields(case, account);
                operations.push(Operation::Upsert { object: "Case".to_owned(), key, fields, link });
                operations.push(read(Target::Made(made), &["Id", "CaseNumber"]));
                operations
            }
            Stage::ReadNumber(_) => vec![read(Target::Key(key), &["Id", "CaseNumber"])],
            Stage::Unlink { receipt, note } => {
                let Some(id) = receipt.record.clone() else { return Vec::new() };
                let mut fields = Map::new();
                fields.insert("AccountId".to_owned(), Value::Null);
                if *note {
                    fields.insert("Description".to_owned(), description(case, given_number(case)).into());
                }
                vec![Operation::Update { object: "Case", id, fields }]
            }
        }
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let mut answers = answers.into_iter();
        match self.stage.clone() {
            Stage::Look => match take(&mut answers) {
                Ok(read) => self.found(&read, answers.next()),
                Err(error) if is_absent(&error) => Next::Go(Box::new(Self { absent: true, ..*self }.make())),
                Err(error) => Next::Done(Err(error.that_may_have_applied(true))),
            },
            // The case is there in any event; without its number it is still there.
            Stage::ReadNumber(receipt) => Next::Done(Ok(match take(&mut answers) {
                Ok(read) => Receipt { number: read.text("CaseNumber"), ..receipt },
                Err(_) => receipt,
            })),
            Stage::Unlink { receipt, .. } => Next::Done(
                take(&mut answers).map(|_| receipt).map_err(|error| error.that_may_have_applied(true)),
            ),
            Stage::Make(_) if self.careful => self.after_care(answers),
            Stage::Make(Account::Number(number)) => {
                let accounts = match take(&mut answers) {
                    Ok(accounts) => accounts.rows().len(),
                    // No access to account numbers: a case is not refused for that.
                    Err(error) if error.kind() == CrmErrorKind::Refused => 0,
                    Err(error) => return Next::Done(Err(error)),
                };
                if accounts == 0 {
                    return self.at(Stage::Make(Account::Unmatched(number, Remark::AccountNotFound)));
                }
                match made(&mut answers) {
                    MadeCase::Made(receipt) | MadeCase::Unread(receipt) if accounts > 1 => {
                        let remark = Some(Remark::AccountAmbiguous);
                        self.at(Stage::Unlink { receipt: Receipt { remark, ..receipt }, note: true })
                    }
                    made => self.after(made, None),
                }
            }
            Stage::Make(account) => {
                let remark = if let Account::Unmatched(_, remark) = account { Some(remark) } else { None };
                self.after(made(&mut answers), remark)
            }
        }
    }
}

fn fields(case: &NewCase, account: &Account) -> Map<String, Value> {
    let unmatched = if let Account::Unmatched(number, _) = account { Some(number.as_str()) } else { None };
    let mut fields = Map::new();
    fields.insert("Subject".to_owned(), case.subject.as_str().into());
    fields.insert("Description".to_owned(), description(case, unmatched).into());
    fields.insert("Origin".to_owned(), "Phone".into());
    let mut optional = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value.into());
        }
    };
    optional("Type", case.kind.as_deref());
    optional("Priority", case.priority.as_deref());
    if !matches!(account, Account::Stale) {
        optional("ContactId", case.contact.as_ref().map(RecordRef::as_str));
    }
    optional("SuppliedPhone", case.phone.as_ref().map(voice_crm_core::phone::PhoneNumber::as_e164));
    if let Account::Known(account) = account {
        optional("AccountId", Some(account.as_str()));
    }
    fields
}

fn given_number(case: &NewCase) -> Option<&str> {
    match &case.account {
        Some(AccountRef::Number(number)) => Some(number),
        Some(AccountRef::Known(_)) | None => None,
    }
}

/// The caller's words, and behind them the account number that matched no single account, so that it is not lost.
fn description(case: &NewCase, unmatched: Option<&str>) -> String {
    let Some(number) = unmatched else { return case.description.clone() };
    let noted = format!("{}\n\nAccount number given by the caller: {number}", case.description);
    if noted.encode_utf16().count() > DESCRIPTION { case.description.clone() } else { noted }
}

fn receipt(read: &Found, id: Option<RecordRef>) -> Receipt {
    Receipt {
        record: read.id().or(id),
        object: Some("Case".to_owned()),
        number: read.text("CaseNumber"),
        ..Receipt::default()
    }
}
