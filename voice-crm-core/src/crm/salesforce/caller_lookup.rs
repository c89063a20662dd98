//! The caller look-up: contacts, leads and accounts with a number, and their open cases, in one API call.
//!
//! The org keeps numbers as they were typed, so it is asked for spellings and brings candidates. Whose number it
//! is, is decided here, by reading each stored text and comparing numbers.

use std::fmt;

use salesforce_client::{Client, Composite, Page, Ref, Soql};

use super::{failure::classify, reads::Row};
use crate::{
    crm::{CallerMatch, CrmError, CrmErrorKind},
    deadline::Deadline,
    phone::{PhoneNumber, Region},
};

mod queries;
mod rows;
mod search;

/// How the org is asked who has a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LookupReach {
    /// By patterns that find every usual spelling, an extension behind it included. This is the default.
    Patterns,
    /// By equality with the usual spellings: what an index over the fields serves best, for an org with millions
    /// of contacts. A spelling of one's own is missed, unless the search index is asked as well.
    Spellings,
    /// By equality with the usual spellings, and where nobody is found by the search index (SOSL), which needs a
    /// second API call and may not know the records of the last minutes.
    SpellingsThenSearch,
}

/// What the look-up may count on.
#[derive(Clone, Copy)]
pub(super) struct Lookup {
    pub(super) reach: LookupReach,
    /// The country whose numbers stand in records without a country code.
    pub(super) home: Region,
    /// Whether the org keeps people as accounts, so that accounts have the fields of people.
    pub(super) person_accounts: bool,
}

impl Lookup {
    pub(super) fn new() -> Self {
        Self { reach: LookupReach::Patterns, home: Region::US, person_accounts: false }
    }

    /// The queries for contacts and for leads, for a background write where nobody waits and queries are scarce.
    pub(super) fn people_with(self, phone: &PhoneNumber) -> [Soql; 2] {
        let [(_, contacts), (_, leads), _] = self.queries(phone);
        [contacts, leads]
    }

    /// Who among these contacts and leads has the number.
    pub(super) fn people_among(self, phone: &PhoneNumber, contacts: &[Row], leads: &[Row]) -> CallerMatch {
        self.rank(phone, contacts, leads, &[])
    }

    /// Who has this number.
    pub(super) async fn find(
        self,
        client: &Client,
        phone: &PhoneNumber,
        deadline: Deadline,
    ) -> Result<CallerMatch, CrmError> {
        let found = self.by_queries(client, phone, deadline).await?;
        if self.reach != LookupReach::SpellingsThenSearch || found.count() > 0 {
            return Ok(found);
        }
        self.by_search(client, phone, deadline).await
    }

    async fn by_queries(
        self,
        client: &Client,
        phone: &PhoneNumber,
        deadline: Deadline,
    ) -> Result<CallerMatch, CrmError> {
        let mut composite = Composite::new();
        let mut parts: Vec<Ref<Page<Row>>> = Vec::with_capacity(3);
        for (name, soql) in self.queries(phone) {
            parts.push(composite.query(name, soql).map_err(classify)?);
        }
        let answers = client.composite(composite).deadline(deadline.instant()).await.map_err(classify)?;
        let mut pages = parts.iter().map(|part| answers.get(part).map_err(classify));
        let contacts = pages.next().unwrap_or_else(|| Err(missing()))?.records;
        let leads = if_open_to_us(pages.next())?;
        let accounts = if_open_to_us(pages.next())?;
        Ok(self.rank(phone, &contacts, &leads, &accounts))
    }

    /// The queries of the look-up: contacts, leads, accounts.
    fn queries(self, phone: &PhoneNumber) -> [(&'static str, Soql); 3] {
        match self.reach {
            LookupReach::Patterns => queries::by_patterns(phone, self.person_accounts),
            _ => queries::by_spellings(phone, self.person_accounts),
        }
    }
}

/// Leads and accounts may be closed to us; contacts are what a support desk lives by.
fn if_open_to_us(page: Option<Result<Page<Row>, CrmError>>) -> Result<Vec<Row>, CrmError> {
    match page {
        Some(Ok(page)) => Ok(page.records),
        Some(Err(error)) if error.kind() == CrmErrorKind::Refused => {
            tracing::warn!(%error, "a part of the caller look-up is not open to us");
            Ok(Vec::new())
        }
        Some(Err(error)) => Err(error),
        None => Err(missing()),
    }
}

fn missing() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the org left a part of the caller look-up out")
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("reach", &self.reach).finish_non_exhaustive()
    }
}
