//! What an agent's screen shows when a call comes: a decision as data, in the forms that softphones expect.

use serde_json::{Map, Value, json};

use crate::{
    crm::{CallerMatch, RecordRef},
    phone::PhoneNumber,
};

/// What to show.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ScreenPop {
    /// A record.
    Record(RecordRef),
    /// A search, for the agent to choose from what it brings.
    Search(String),
    /// A new record with some fields filled in.
    NewRecord {
        /// The object.
        object: String,
        /// The fields and their values.
        defaults: Map<String, Value>,
    },
    /// A list of an object's records.
    List(String),
}

/// The names of the task attributes by which Flex shows a record.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FlexAttributes {
    /// The record's id.
    pub id: String,
    /// The record's object.
    pub object: String,
}

impl Default for FlexAttributes {
    fn default() -> Self {
        Self { id: "sfdcObjectId".to_owned(), object: "sfdcObjectType".to_owned() }
    }
}

impl FlexAttributes {
    /// Other names than the usual `sfdcObjectId` and `sfdcObjectType`.
    pub fn named(id: impl Into<String>, object: impl Into<String>) -> Self {
        Self { id: id.into(), object: object.into() }
    }
}

impl ScreenPop {
    /// What to show for a caller: the only open case, else the caller, else what can be chosen from, else a new
    /// contact with the number.
    pub fn for_caller(caller: &CallerMatch, phone: Option<&PhoneNumber>) -> Self {
        match (caller, phone) {
            (CallerMatch::One(one), _) => match (one.open_cases.as_slice(), one.record()) {
                ([only], _) => Self::Record(only.case.clone()),
                (_, Some(record)) => Self::Record(record.clone()),
                (_, None) => Self::List("Contact".to_owned()),
            },
            (CallerMatch::Several(_), Some(phone)) => Self::Search(phone.national_digits()),
            (CallerMatch::Nobody, Some(phone)) => {
                let mut defaults = Map::new();
                defaults.insert("Phone".to_owned(), phone.as_e164().into());
                Self::NewRecord { object: "Contact".to_owned(), defaults }
            }
            (CallerMatch::Nobody | CallerMatch::Several(_), None) => Self::List("Contact".to_owned()),
        }
    }

    /// The argument of Open CTI's `screenPop` (Lightning Experience), with the names of its types.
    pub fn open_cti(&self) -> Value {
        match self {
            Self::Record(record) => json!({ "type": "SOBJECT", "params": { "recordId": record.as_str() } }),
            Self::Search(text) => json!({ "type": "SEARCH", "params": { "searchString": text } }),
            Self::NewRecord { object, defaults } => json!({
                "type": "NEW_RECORD_MODAL",
                "params": { "entityName": object, "defaultFieldValues": defaults },
            }),
            Self::List(object) => json!({ "type": "OBJECTHOME", "params": { "scope": object } }),
        }
    }

    /// The attributes of a Flex task that make its CRM container show this: for a record its id and object, for
    /// anything else none, so that Flex searches by the number itself.
    pub fn flex(&self, names: &FlexAttributes) -> Map<String, Value> {
        let mut attributes = Map::new();
        if let Self::Record(record) = self {
            attributes.insert(names.id.clone(), record.as_str().into());
            if let Some(object) = object_of(record) {
                attributes.insert(names.object.clone(), object.into());
            }
        }
        attributes
    }
}

/// The object of a record, by the first three characters of its id.
fn object_of(record: &RecordRef) -> Option<&'static str> {
    Some(match record.as_str().get(..3)? {
        "001" => "Account",
        "003" => "Contact",
        "00Q" => "Lead",
        "500" => "Case",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crm::{CallerRecord, CaseRecord},
        phone::Region,
    };

    fn contact(id: &str) -> CallerRecord {
        CallerRecord::new(RecordRef::new(id), "Ada", None)
    }

    #[test]
    fn each_match_has_its_screen() {
        let phone = PhoneNumber::parse("+14155550142", Region::US).unwrap();
        let pop = |caller: &CallerMatch| ScreenPop::for_caller(caller, Some(&phone)).open_cti();
        let ada = CallerMatch::from(vec![contact("003A")]);
        assert_eq!(pop(&ada), json!({ "type": "SOBJECT", "params": { "recordId": "003A" } }));
        let several = CallerMatch::from(vec![contact("003A"), contact("003B")]);
        assert_eq!(pop(&several), json!({ "type": "SEARCH", "params": { "searchString": "4155550142" } }));
        assert_eq!(pop(&CallerMatch::Nobody)["params"]["defaultFieldValues"]["Phone"], "+14155550142");
        let withheld = ScreenPop::for_caller(&CallerMatch::Nobody, None).open_cti();
        assert_eq!(withheld, json!({ "type": "OBJECTHOME", "params": { "scope": "Contact" } }));
    }

    #[test]
    fn the_only_open_case_comes_before_the_caller_and_flex_is_told_by_its_names() {
        let mut ada = contact("003A");
        ada.open_cases.push(CaseRecord::new(RecordRef::new("500A"), "1", "New", "s", false));
        let pop = ScreenPop::for_caller(&CallerMatch::One(ada), None);
        let usual = pop.flex(&FlexAttributes::default());
        assert_eq!((&usual["sfdcObjectId"], &usual["sfdcObjectType"]), (&json!("500A"), &json!("Case")));
        assert!(pop.flex(&FlexAttributes::named("crmId", "crmType")).contains_key("crmId"));
        assert!(ScreenPop::Search("123".to_owned()).flex(&FlexAttributes::default()).is_empty());
    }
}
