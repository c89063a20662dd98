//! Who somebody says they are, held against the records: found, told apart, and never guessed.

use crate::{
    crm::{CallerRecord, PeopleQuery, PersonRecord, RecordText, spoken_number},
    function::{CallContext, FunctionError},
    functions::{
        at_most,
        name_likeness::{Likeness, likeness},
    },
    phrase::{self, Speech},
};

/// More people of a name than this are told apart by an account number.
const TOO_MANY: usize = 200;

/// What somebody says of themselves.
#[derive(Default)]
pub(super) struct Claim {
    pub(super) account_number: Option<String>,
    pub(super) name: Option<String>,
    /// The letters of the family name, one by one.
    pub(super) spelling: Option<String>,
    pub(super) town: Option<String>,
    pub(super) company: Option<String>,
    /// The last digits of a telephone number on file.
    pub(super) last_digits: Option<String>,
}

/// Whom it fits.
pub(super) enum Identity {
    /// Nobody.
    Nobody,
    /// One person, and nobody else.
    One(Box<PersonRecord>),
    /// Several; what to ask for.
    Several(Speech),
}

impl Claim {
    /// Blank words are no words.
    pub(super) fn checked(mut self) -> Result<Self, FunctionError> {
        let fields = [
            ("account_number", &mut self.account_number),
            ("name", &mut self.name),
            ("spelling", &mut self.spelling),
            ("town", &mut self.town),
            ("company", &mut self.company),
            ("last_digits", &mut self.last_digits),
        ];
        for (field, said) in fields {
            *said = said.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let limit = if field == "account_number" { 40 } else { 120 };
            at_most(field, said.as_deref().unwrap_or_default(), limit)?;
        }
        Ok(self)
    }

    /// The same text for the same claim.
    pub(super) fn as_said(&self) -> String {
        let number = self.account_number.as_deref().map(spoken_number).unwrap_or_default();
        let said = [&self.name, &self.spelling, &self.town, &self.company, &self.last_digits];
        let said = said.map(|said| said.as_deref().unwrap_or_default().to_lowercase()).join("\n");
        format!("{number}\n{said}")
    }

    /// Whether somebody is to be found by name.
    pub(super) fn has_name(&self) -> bool {
        self.name.is_some() || self.spelling.is_some()
    }

    /// Whether nothing is claimed.
    pub(super) fn is_empty(&self) -> bool {
        self.account_number.is_none() && !self.has_name()
    }

    /// Whether the name, where one is claimed, may be that of a record. Nothing else of the claim is looked at.
    pub(super) fn may_be(&self, record: &CallerRecord) -> bool {
        let on_file = record.name.as_stored();
        let (first, last) = (on_file.split_whitespace().next(), on_file.split_whitespace().last());
        let person = PersonRecord {
            given_name: first.map(RecordText::from),
            ..PersonRecord::new(record.clone(), last.unwrap_or_default())
        };
        let whole = self.name.as_deref().is_some_and(|name| likeness(name, on_file) > Likeness::Different);
        whole || self.fits_name(&person)
    }

    /// The one person whom the claim fits, if it fits nobody else.
    pub(super) async fn one(&self, cx: &CallContext) -> Result<Option<CallerRecord>, FunctionError> {
        Ok(match self.identify(cx).await? {
            Identity::One(person) => Some(person.record),
            Identity::Nobody | Identity::Several(_) => None,
        })
    }

    /// Whom the claim fits.
    pub(super) async fn identify(&self, cx: &CallContext) -> Result<Identity, FunctionError> {
        let query = match (&self.account_number, self.family_name()) {
            (Some(number), _) => PeopleQuery::OfAccount(number.clone()),
            (None, Some(family_name)) => PeopleQuery::Named(family_name),
            (None, None) => return Ok(Identity::Nobody),
        };
        let mut people = cx.find_people(&query).await?;
        if people.len() >= TOO_MANY {
            // There may be more of them, so that the one among these may not be the one.
            return Ok(Identity::Several(phrase::PEOPLE_TOO_MANY.into()));
        }
        people.retain(|person| self.fits(person));
        Ok(match people.len() {
            0 => Identity::Nobody,
            1 => people.pop().map_or(Identity::Nobody, |only| Identity::One(Box::new(only))),
            _ => Identity::Several(self.question(&people).into()),
        })
    }

    /// What was spelt is surer than what was heard.
    fn family_name(&self) -> Option<String> {
        let heard = self.name.as_deref().and_then(|name| name.split_whitespace().last()).map(str::to_owned);
        self.spelled().or(heard)
    }

    fn spelled(&self) -> Option<String> {
        let letters: String =
            self.spelling.as_deref()?.chars().filter(|letter| letter.is_alphabetic()).collect();
        (!letters.is_empty()).then_some(letters)
    }

    fn fits(&self, person: &PersonRecord) -> bool {
        self.fits_name(person)
            && fits(self.town.as_deref(), person.town.as_ref().map(RecordText::as_stored), |said, town| {
                likeness(said, town) > Likeness::Different
            })
            && fits(
                self.company.as_deref(),
                person.record.account.as_ref().map(|account| account.name.as_stored()),
                |said, company| likeness(said, company) > Likeness::Different || contains(company, said),
            )
            && self.last_digits.as_deref().is_none_or(|said| {
                let digits = digits(said);
                digits.len() >= 2
                    && person.phones.iter().any(|phone| self::digits(phone.as_stored()).ends_with(&digits))
            })
    }

    fn fits_name(&self, person: &PersonRecord) -> bool {
        if let Some(spelled) = self.spelled()
            && likeness(&spelled, person.family_name.as_stored()) != Likeness::Same
        {
            return false;
        }
        let Some(name) = &self.name else { return true };
        let words: Vec<&str> = name.split_whitespace().collect();
        let Some((family_name, given_names)) = words.split_last() else { return true };
        let family = likeness(family_name, person.family_name.as_stored()) > Likeness::Different
            // A family name may be of several words.
            || likeness(name, person.family_name.as_stored()) > Likeness::Different;
        // A spelt name counts, however the whole was heard.
        let family = family || self.spelling.is_some();
        let given = given_names.is_empty()
            || person.given_name.as_ref().map(RecordText::as_stored).is_none_or(|on_file| {
                let first = on_file.split_whitespace().next().unwrap_or_default();
                given_names.iter().any(|said| likeness(said, first) > Likeness::Different)
                    || likeness(name, person.family_name.as_stored()) > Likeness::Different
            });
        family && given
    }

    /// The question whose answer tells most of them apart. What they differ in is not told.
    fn question(&self, people: &[PersonRecord]) -> phrase::Phrase {
        let different = |of: fn(&PersonRecord) -> Option<RecordText>| {
            let mut all: Vec<String> =
                people.iter().filter_map(of).map(|text| text.as_stored().to_lowercase()).collect();
            all.sort();
            all.dedup();
            all.len()
        };
        let towns = different(|person| person.town.clone());
        let companies =
            different(|person| person.record.account.as_ref().map(|account| account.name.clone()));
        if !self.has_name() {
            phrase::PEOPLE_ASK_NAME
        } else if self.town.is_none() && towns > 1 && towns >= companies {
            phrase::PEOPLE_ASK_TOWN
        } else if self.company.is_none() && companies > 1 {
            phrase::PEOPLE_ASK_COMPANY
        } else if self.last_digits.is_none() {
            phrase::PEOPLE_ASK_DIGITS
        } else {
            phrase::PEOPLE_TOO_MANY
        }
    }
}

/// Whether what was said fits what is on file; what was not said fits everything.
fn fits(said: Option<&str>, on_file: Option<&str>, same: impl Fn(&str, &str) -> bool) -> bool {
    match (said, on_file) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(said), Some(on_file)) => same(said, on_file),
    }
}

/// Whether a longer name has these words in it.
fn contains(longer: &str, words: &str) -> bool {
    let longer: Vec<String> = longer.split_whitespace().map(str::to_lowercase).collect();
    words.split_whitespace().all(|word| longer.contains(&word.to_lowercase()))
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
