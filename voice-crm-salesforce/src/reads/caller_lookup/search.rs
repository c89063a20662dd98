//! The caller look-up by the org's search index, where equality found nobody.

use salesforce_client::{Client, Sosl, SoslTerm};
use voice_crm_core::{
    crm::{CallerMatch, CrmError, ReadOptions},
    phone::PhoneNumber,
};

use crate::{
    failure::classify,
    reads::{Row, caller_lookup::Lookup},
};

impl Lookup {
    /// Who has this number, as the search index knows it; each hit is read and compared like any other.
    pub(super) async fn by_search(
        self,
        client: &Client,
        phone: &PhoneNumber,
        options: ReadOptions,
    ) -> Result<CallerMatch, CrmError> {
        // The index splits at punctuation, so a phrase finds the digits in whatever groups they stand.
        let terms =
            phone.stored_forms().iter().map(|form| SoslTerm::phrase(form)).collect::<Result<Vec<_>, _>>();
        let any = terms.and_then(SoslTerm::any);
        let sosl = Sosl::new(
            "FIND {:forms} IN PHONE FIELDS RETURNING \
             Contact(Id, Name, AccountId, Account.Name, Account.AccountNumber, OwnerId, MailingCountry, Phone, \
             MobilePhone, HomePhone, OtherPhone LIMIT 50), \
             Lead(Id, Name, OwnerId, Country, Phone, MobilePhone WHERE IsConverted = false LIMIT 50), \
             Account(Id, Name, AccountNumber, OwnerId, BillingCountry, Phone LIMIT 50)",
        )
        .term("forms", any);
        let found = client.search(sosl).deadline(options.deadline.instant()).await.map_err(classify)?;
        let rows = |object| found.of_type::<Row>(object).map_err(classify);
        Ok(self.rank(phone, &rows("Contact")?, &rows("Lead")?, &rows("Account")?))
    }
}
