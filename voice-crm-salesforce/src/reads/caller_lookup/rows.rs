//! From the rows that the org brought to the parties whose number it really is.

use serde_json::Value;
use voice_crm_core::{
    crm::{AccountRecord, CallerMatch, CallerRecord, CaseRecord, MatchReason},
    phone::{PhoneNumber, Region},
};

use crate::reads::{
    Row,
    caller_lookup::{Lookup, Party},
    case, id, own_account, text,
};

pub(super) const CONTACT: [(&str, MatchReason); 4] = [
    ("MobilePhone", MatchReason::MobilePhone),
    ("Phone", MatchReason::Phone),
    ("HomePhone", MatchReason::HomePhone),
    ("OtherPhone", MatchReason::OtherPhone),
];
pub(super) const LEAD: [(&str, MatchReason); 2] =
    [("MobilePhone", MatchReason::MobilePhone), ("Phone", MatchReason::Phone)];
pub(super) const COMPANY: [(&str, MatchReason); 1] = [("Phone", MatchReason::Phone)];
pub(super) const PERSON: [(&str, MatchReason); 4] = [
    ("PersonMobilePhone", MatchReason::MobilePhone),
    ("Phone", MatchReason::Phone),
    ("PersonHomePhone", MatchReason::HomePhone),
    ("PersonOtherPhone", MatchReason::OtherPhone),
];

impl Lookup {
    /// The parties among the rows who really have this number.
    pub(super) fn rank(
        self,
        phone: &PhoneNumber,
        contacts: &[Row],
        leads: &[Row],
        accounts: &[Row],
    ) -> CallerMatch {
        let contacts = contacts.iter().filter_map(|row| self.contact(phone, row));
        let leads = leads.iter().filter_map(|row| self.lead(phone, row));
        let accounts = accounts.iter().filter_map(|row| self.account(phone, row));
        contacts.chain(leads).chain(accounts).collect::<Vec<_>>().into()
    }

    /// Whether a row is that of somebody who really has this number.
    pub(crate) fn is_of(self, phone: &PhoneNumber, party: Party, row: &Row) -> bool {
        let record = match party {
            Party::Contacts => self.contact(phone, row),
            Party::Leads => self.lead(phone, row),
            Party::Accounts => self.account(phone, row),
        };
        record.is_some()
    }

    fn contact(self, phone: &PhoneNumber, row: &Row) -> Option<CallerRecord> {
        let numbers = self.numbers(phone, row, "MailingCountry", &CONTACT)?;
        let record = CallerRecord::new(id(row, "Id")?, text(row, "Name")?, own_account(row));
        Some(dressed(record, row, numbers))
    }

    fn lead(self, phone: &PhoneNumber, row: &Row) -> Option<CallerRecord> {
        let numbers = self.numbers(phone, row, "Country", &LEAD)?;
        Some(dressed(CallerRecord::of_lead(id(row, "Id")?, text(row, "Name")?), row, numbers))
    }

    fn account(self, phone: &PhoneNumber, row: &Row) -> Option<CallerRecord> {
        let name = text(row, "Name").unwrap_or_default();
        let account = AccountRecord::new(id(row, "Id")?, name.clone(), text(row, "AccountNumber"));
        let is_person = row.get("IsPersonAccount").and_then(Value::as_bool).unwrap_or_default();
        if let Some(contact) = id(row, "PersonContactId").filter(|_| is_person) {
            let numbers = self.numbers(phone, row, "BillingCountry", &PERSON)?;
            let mut record = CallerRecord::new(contact, name, Some(account));
            record.reasons = vec![MatchReason::PersonAccount];
            Some(dressed(record, row, numbers))
        } else {
            let numbers = self.numbers(phone, row, "BillingCountry", &COMPANY)?;
            Some(dressed(CallerRecord::of_company(account), row, numbers))
        }
    }

    /// Which fields of a row hold the number; none when it is somebody else's.
    fn numbers(
        self,
        phone: &PhoneNumber,
        row: &Row,
        country: &str,
        fields: &[(&str, MatchReason)],
    ) -> Option<Vec<MatchReason>> {
        let place = text(row, country).and_then(|name| Region::of_country(&name)).unwrap_or(self.home);
        let stored = fields.iter().filter_map(|(field, reason)| {
            let found = phone.is_stored_as(&text(row, field)?, place)?;
            Some((*reason, found.extension))
        });
        let stored: Vec<(MatchReason, bool)> = stored.collect();
        let shared = !stored.is_empty() && stored.iter().all(|(_, extension)| *extension);
        let first = stored.first()?.0;
        Some([first].into_iter().chain(shared.then_some(MatchReason::Extension)).collect())
    }
}

fn dressed(mut record: CallerRecord, row: &Row, numbers: Vec<MatchReason>) -> CallerRecord {
    record.owner = id(row, "OwnerId");
    record.open_cases = open_cases(row);
    let open = (!record.open_cases.is_empty()).then_some(MatchReason::OpenCase);
    record.reasons.extend(numbers.into_iter().chain(open));
    record
}

fn open_cases(row: &Row) -> Vec<CaseRecord> {
    let cases = row.get("Cases").and_then(|cases| cases.get("records")).and_then(Value::as_array);
    cases.into_iter().flatten().filter_map(Value::as_object).filter_map(case).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        match value {
            Value::Object(row) => row,
            _ => Row::new(),
        }
    }

    #[test]
    fn people_who_are_accounts_are_found_as_the_contacts_that_they_are() {
        let phone = PhoneNumber::parse("+14155550142", Region::US).unwrap();
        let account = row(json!({
            "Id": "001000000000001AAA", "Name": "Ada Lovelace", "IsPersonAccount": true,
            "PersonContactId": "003000000000001AAA", "PersonMobilePhone": "(415) 555-0142",
        }));
        let contact = row(json!({
            "Id": "003000000000001AAA", "Name": "Ada Lovelace", "MobilePhone": "(415) 555-0142",
            "AccountId": "001000000000001AAA", "Account": { "Name": "Ada Lovelace" },
        }));

        let found = Lookup::new().rank(&phone, &[contact], &[], &[account]);

        let caller = found.one().unwrap();
        assert_eq!(caller.contact.as_ref().unwrap().as_str(), "003000000000001AAA");
        assert_eq!(caller.account.as_ref().unwrap().account.as_str(), "001000000000001AAA");
        assert!(caller.reasons.contains(&MatchReason::PersonAccount));
    }

    #[test]
    fn a_row_whose_number_is_another_is_no_candidate() {
        let phone = PhoneNumber::parse("+14155550142", Region::US).unwrap();
        let contact = |country: &str| {
            row(json!({
                "Id": "003000000000001AAA", "Name": "x", "Phone": "415 555 0142", "MailingCountry": country,
            }))
        };
        assert_eq!(Lookup::new().rank(&phone, &[contact("Norway")], &[], &[]).count(), 0);
        assert_eq!(Lookup::new().rank(&phone, &[contact("")], &[], &[]).count(), 1);
    }
}
