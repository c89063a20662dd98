//! A case of a caller whom nobody has looked up yet: the request that makes it also finds whose number it is.

use voice_crm_core::{
    crm::{Attempt, CallerMatch, CallerRecord, CrmError, CrmErrorKind, NewCase, Receipt, RecordRef},
    phone::PhoneNumber,
};

use super::{CaseWrite, made_receipt, receipt};
use crate::{
    exchange::operation::Target,
    reads::{Row, caller_lookup::Party, id},
    writes::{
        call_log::CallLogs,
        conversation::{Made, Org, Record, Rows, is_absent, is_duplicate},
    },
};

/// What is read of a case.
const EXISTING: &[&str] = &["Id", "CaseNumber", "ContactId"];

/// A case, and the number whose contact it is to have.
pub(super) struct OfCaller<'a> {
    pub(super) org: &'a Org<'a>,
    pub(super) case: &'a NewCase,
    pub(super) phone: &'a PhoneNumber,
    pub(super) callers: CallLogs<'a>,
}

impl OfCaller<'_> {
    /// Makes the case in one request: once with the first contact who has the number, and once
    /// without, under a key that the org takes only once. So one of the two is made, whether there is a contact or not.
    pub(super) async fn create_now(&self, attempt: &Attempt) -> Result<Receipt, CrmError> {
        let write = CaseWrite { org: self.org, key: attempt.write.key, case: self.case };
        let fields = || {
            let mut fields = write.fields(super::Account::None);
            fields.insert(self.org.key_field.to_owned(), write.key.to_string().into());
            fields
        };
        let mut ask = self.org.ask();
        let people = ask.people(self.callers.lookup, Party::Contacts, self.phone);
        let link = people.first_row("ContactId");
        let with_contact = ask.create("Case", fields(), Some(link));
        let without = ask.create("Case", fields(), None);
        let read = ask.read("Case", Target::KeyAfterwards(write.key), EXISTING);
        let mut answers = ask.send().await;
        let rows = match answers.take(people) {
            Ok(Rows(rows)) => rows,
            // A case without a contact is better than none.
            Err(error) if error.kind() == CrmErrorKind::Refused => Vec::new(),
            Err(error) => return Err(error.that_may_have_applied(true)),
        };
        let caller = self.caller_among(&rows);
        let (with_contact, without) = (answers.take(with_contact), answers.take(without));
        let read: Option<Record> = answers.take(read).ok();
        let made = match (with_contact, without, &read) {
            (Ok(made), ..) => {
                let guessed = rows.first().and_then(|row| id(row, "Id"));
                self.correct(made.0.as_ref(), guessed.as_ref(), caller.as_ref()).await?;
                made
            }
            (Err(_), Ok(made), _) => made,
            // An earlier attempt made it. Only our own guess is taken back, never what a person has put in its place.
            (Err(_), Err(_), Some(there)) => {
                self.correct_guess(there, &rows, caller.as_ref()).await?;
                Made(there.id())
            }
            // What an org refuses in either form has its reason in the plain one.
            (Err(_), Err(error), None) if error.kind() == CrmErrorKind::Refused && !is_duplicate(&error) => {
                let case = NewCase { contact: caller.and_then(|caller| caller.contact), ..self.case.clone() };
                return CaseWrite { case: &case, ..write }.upsert().await;
            }
            (Err(_), Err(error), None) => return Err(error.that_may_have_applied(true)),
        };
        match read {
            Some(read) => Ok(made_receipt(made, Some(&read))),
            None => Ok(write.with_number(made_receipt(made, None)).await),
        }
    }

    /// Finds first whose number it is, together with all others that are looked up, and what an earlier attempt may have
    /// made.
    pub(super) async fn create_later(&self, attempt: &Attempt) -> Result<Receipt, CrmError> {
        let mut ask = self.org.ask();
        let existing = attempt.may_have_applied.then(|| ask.read("Case", attempt.write.key, EXISTING));
        let people = ask.people(self.callers.lookup, Party::Contacts, self.phone);
        let mut answers = ask.send().await;
        let unasked = |error: CrmError| error.that_may_have_applied(attempt.may_have_applied);
        let rows = match answers.take(people) {
            Ok(Rows(rows)) => rows,
            Err(error) if error.kind() == CrmErrorKind::Refused => Vec::new(),
            Err(error) => return Err(unasked(error)),
        };
        let caller = self.caller_among(&rows);
        match existing.map(|existing| answers.take(existing)) {
            Some(Ok(there)) => {
                self.correct_guess(&there, &rows, caller.as_ref()).await?;
                return Ok(receipt(&there));
            }
            Some(Err(error)) if !is_absent(&error) => return Err(unasked(error)),
            Some(Err(_)) | None => {}
        }
        let case = NewCase { contact: caller.and_then(|caller| caller.contact), ..self.case.clone() };
        let write = CaseWrite { org: self.org, key: attempt.write.key, case: &case };
        if attempt.may_have_applied { write.create_once().await } else { write.upsert().await }
    }

    /// Who alone has the number.
    fn caller_among(&self, rows: &[Row]) -> Option<CallerRecord> {
        let found = self.callers.lookup.people_among(self.phone, rows, &[]);
        let only = if let CallerMatch::One(caller) = &found { Some(caller.clone()) } else { None };
        self.callers.known.insert(self.phone.clone(), found);
        only
    }

    /// The case was made before; an attempt that broke off may have left it with the first of several contacts.
    async fn correct_guess(
        &self,
        there: &Record,
        rows: &[Row],
        caller: Option<&CallerRecord>,
    ) -> Result<(), CrmError> {
        let guessed = rows.first().and_then(|row| id(row, "Id"));
        if there.text("ContactId").map(RecordRef::new) == guessed {
            self.correct(there.id().as_ref(), guessed.as_ref(), caller).await?;
        }
        Ok(())
    }

    /// The case got the first contact that was found: puts the right one in its place, or none.
    async fn correct(
        &self,
        case: Option<&RecordRef>,
        guessed: Option<&RecordRef>,
        caller: Option<&CallerRecord>,
    ) -> Result<(), CrmError> {
        let right = caller.and_then(|caller| caller.contact.as_ref());
        let Some(case) = case.filter(|_| guessed.is_some() && right != guessed) else { return Ok(()) };
        let account =
            caller.and_then(|caller| caller.account.as_ref()).map(|account| account.account.as_str());
        let mut fields = Row::new();
        fields.insert("ContactId".to_owned(), right.map(RecordRef::as_str).into());
        fields.insert("AccountId".to_owned(), account.into());
        let corrected = self.org.ask_one(|ask| ask.update("Case", case, fields)).await;
        corrected.map(|_| ()).map_err(|error| error.that_may_have_applied(true))
    }
}
