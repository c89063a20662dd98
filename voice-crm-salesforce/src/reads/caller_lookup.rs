//! The caller look-up: contacts, leads and accounts with a number, and their open cases, in one API call.
//!
//! The org keeps numbers as they were typed, so it is asked for spellings and brings candidates. Whose number it
//! is, is decided here, by reading each stored text and comparing numbers.

use std::fmt;

use futures_util::future::join_all;
use salesforce_client::{Client, Composite, Page, Ref};
use voice_crm_core::{
    crm::{CallerMatch, CrmError, CrmErrorKind, ReadOptions},
    phone::{PhoneNumber, Region},
};

use crate::{failure::classify, reads::Row};

pub(crate) use queries::{Party, is_whole};

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
    /// of contacts. An unusual spelling is missed, unless the search index is asked as well.
    Spellings,
    /// By equality with the usual spellings, and where nobody is found by the search index (SOSL), which needs a
    /// second API call and may not know the records of the last minutes.
    SpellingsThenSearch,
}

/// What the look-up may count on.
#[derive(Clone, Copy)]
pub(crate) struct Lookup {
    pub(crate) reach: LookupReach,
    /// The country whose numbers stand in records without a country code.
    pub(crate) home: Region,
    /// Whether the org keeps people as accounts, so that accounts have the fields of people.
    pub(crate) person_accounts: bool,
}

impl Lookup {
    pub(crate) fn new() -> Self {
        Self { reach: LookupReach::Patterns, home: Region::US, person_accounts: false }
    }

    /// Who among these contacts and leads has the number.
    pub(crate) fn people_among(self, phone: &PhoneNumber, contacts: &[Row], leads: &[Row]) -> CallerMatch {
        self.rank(phone, contacts, leads, &[])
    }

    /// Who has this number.
    pub(crate) async fn find(
        self,
        client: &Client,
        phone: &PhoneNumber,
        options: ReadOptions,
    ) -> Result<CallerMatch, CrmError> {
        let found = self.by_queries(client, &[phone], options).await?.rank(self, phone);
        if self.reach != LookupReach::SpellingsThenSearch || found.count() > 0 {
            return Ok(found);
        }
        self.by_search(client, phone, options).await
    }

    /// Who has each of these numbers, in as few API calls as they fit in.
    pub(crate) async fn find_several(
        self,
        client: &Client,
        phones: &[PhoneNumber],
        options: ReadOptions,
    ) -> Vec<Result<CallerMatch, CrmError>> {
        // One after the other: an org that does not answer is not asked with the rest.
        let mut found: Vec<Result<CallerMatch, CrmError>> = Vec::with_capacity(phones.len());
        for share in phones.chunks(self.at_once()) {
            match found.last() {
                Some(Err(error))
                    if matches!(error.kind(), CrmErrorKind::Unavailable | CrmErrorKind::Late) =>
                {
                    let error = error.again();
                    found.extend(share.iter().map(|_| Err(error.again())));
                }
                _ => found.extend(self.find_share(client, share, options).await),
            }
        }
        found
    }

    async fn find_share(
        self,
        client: &Client,
        phones: &[PhoneNumber],
        options: ReadOptions,
    ) -> Vec<Result<CallerMatch, CrmError>> {
        let one_by_one = || join_all(phones.iter().map(|phone| self.find(client, phone, options)));
        if phones.len() == 1 {
            return one_by_one().await;
        }
        let together: Vec<&PhoneNumber> = phones.iter().collect();
        match self.by_queries(client, &together, options).await {
            Ok(held) if held.is_whole => {
                join_all(phones.iter().map(|phone| async {
                    let found = held.rank(self, phone);
                    if self.reach == LookupReach::SpellingsThenSearch && found.count() == 0 {
                        return self.by_search(client, phone, options).await;
                    }
                    Ok(found)
                }))
                .await
            }
            // More rows than one answer holds, or more than the org takes in one query.
            Ok(_) => one_by_one().await,
            Err(error) if error.kind() == CrmErrorKind::Refused => one_by_one().await,
            Err(error) => phones.iter().map(|_| Err(error.again())).collect(),
        }
    }

    async fn by_queries(
        self,
        client: &Client,
        phones: &[&PhoneNumber],
        options: ReadOptions,
    ) -> Result<Held, CrmError> {
        let mut composite = Composite::new();
        let mut ask = |name, party| composite.query(name, self.query(party, phones)).map_err(classify);
        let parts: [Ref<Page<Row>>; 3] = [
            ask("contacts", Party::Contacts)?,
            ask("leads", Party::Leads)?,
            ask("accounts", Party::Accounts)?,
        ];
        let answers =
            client.composite(composite).deadline(options.deadline.instant()).await.map_err(classify)?;
        let [contacts, leads, accounts] = parts.map(|part| answers.get(&part).map_err(classify));
        let pages = [contacts?, if_open_to_us(leads)?, if_open_to_us(accounts)?];
        let is_whole = pages.iter().all(|page| is_whole(page, phones.len()));
        Ok(Held { rows: pages.map(|page| page.records), is_whole })
    }
}

/// The candidates for some numbers: contacts, leads, accounts.
struct Held {
    rows: [Vec<Row>; 3],
    /// Nobody was left out for want of room.
    is_whole: bool,
}

impl Held {
    fn rank(&self, lookup: Lookup, phone: &PhoneNumber) -> CallerMatch {
        let [contacts, leads, accounts] = &self.rows;
        lookup.rank(phone, contacts, leads, accounts)
    }
}

/// Leads and accounts may be closed to us; contacts are what a support desk lives by.
fn if_open_to_us(page: Result<Page<Row>, CrmError>) -> Result<Page<Row>, CrmError> {
    match page {
        Err(error) if error.kind() == CrmErrorKind::Refused => {
            tracing::warn!(%error, "a part of the caller look-up is not open to us");
            Ok(Page::empty())
        }
        page => page,
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("reach", &self.reach).finish_non_exhaustive()
    }
}
