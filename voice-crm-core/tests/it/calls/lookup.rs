//! Who calls: found in every spelling, never in a wrong one, and not guessed between several.

use std::{collections::BTreeSet, time::Duration};

use salesforce_emulator::Org;
use serde_json::json;
use voice_crm_core::{
    crm::{CallerMatch, FindCallers as _, MatchReason, ReadOptions},
    deadline::Deadline,
    phone::{PhoneNumber, Region},
};
use voice_crm_salesforce::{LookupReach, SalesforceCrm};

use super::corpus::COUNTRIES;
use crate::stage::{NUMBER, Stage, client, org, sentence, tool_calls};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, Region::US).unwrap()
}

async fn look_up(crm: &SalesforceCrm, text: &str) -> CallerMatch {
    crm.find_caller(&number(text), ReadOptions::by(Deadline::after(Duration::from_secs(60)))).await.unwrap()
}

async fn start() -> (Org, SalesforceCrm) {
    let org = org().start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url()));
    (org, crm)
}

fn contact(org: &Org, name: &str, field: &str, stored: &str, country: &str) -> String {
    org.insert("Contact", json!({ "LastName": name, field: stored, "MailingCountry": country })).unwrap()
}

#[tokio::test]
async fn every_spelling_in_every_country_is_found_and_nobody_else() {
    let (org, crm) = start().await;
    let fields = ["Phone", "MobilePhone", "HomePhone", "OtherPhone"];
    let mut spellings = 0;
    for country in &COUNTRIES {
        for (place, e164) in country.numbers().iter().enumerate() {
            let stored = country.stored(place);
            assert!(stored.len() >= 30, "{} has {} spellings", country.name, stored.len());
            for (index, text) in stored.iter().enumerate() {
                contact(&org, &format!("{e164} as {text}"), fields[index % 4], text, country.name);
                spellings += 1;
            }
            decoys(&org, e164, country.name);
        }
    }
    assert!(spellings > 1_300, "{spellings}");

    let mut wrong = Vec::new();
    for country in &COUNTRIES {
        for (place, e164) in country.numbers().iter().enumerate() {
            org.reset_stats();
            let found = look_up(&crm, e164).await;
            assert_eq!(org.stats().api_calls, 1);
            let found: BTreeSet<String> =
                found.candidates().iter().map(|party| party.name.as_stored().to_owned()).collect();
            let expected: BTreeSet<String> =
                country.stored(place).iter().map(|text| format!("{e164} as {text}")).collect();
            wrong.extend(
                found.symmetric_difference(&expected).map(|name| format!("{}: {name}", country.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{} of {spellings}: {wrong:#?}", wrong.len());
    all_at_once_are_found_as_each_alone_is(&org, &crm).await;
}

async fn all_at_once_are_found_as_each_alone_is(org: &Org, crm: &SalesforceCrm) {
    let numbers: Vec<_> = COUNTRIES.iter().flat_map(super::corpus::Country::numbers).collect();
    let mut phones: Vec<_> = numbers.iter().map(|e164| number(e164)).collect();
    phones.push(number("+12125550199"));
    let records = |found: &CallerMatch| {
        found.candidates().iter().map(|party| format!("{:?}", party.record())).collect::<BTreeSet<_>>()
    };
    let mut alone = Vec::new();
    for phone in &phones {
        alone.push(records(&look_up(crm, phone.as_e164()).await));
    }
    org.reset_stats();
    let together = crm.find_callers(&phones, ReadOptions::by(Deadline::after(Duration::from_secs(60)))).await;
    let calls = org.stats().api_calls;
    assert!(calls * 5 < phones.len() as u64, "{calls} calls for {} numbers", phones.len());
    let together: Vec<_> = together.iter().map(|found| records(found.as_ref().unwrap())).collect();
    assert_eq!(together, alone);
    assert!(together.last().is_some_and(BTreeSet::is_empty), "nobody has the last of them");
}

/// Records that hold other numbers and look like this one.
fn decoys(org: &Org, e164: &str, country: &str) {
    let last = &e164[e164.len() - 7..];
    for text in [
        format!("+4778{}", &last[1..]),
        format!("+1 212 {} {}", &last[..3], &last[3..]),
        format!("(999) 999-9999 x{last}"),
        last.to_string(),
        format!("+{}1", &e164[1..]),
        format!("{}9", &e164[..e164.len() - 1]),
        "anonymous".to_owned(),
        "%".to_owned(),
    ] {
        // A decoy that happens to be the number is none.
        let same = number(e164).is_stored_as(&text, Region::of_country(country).unwrap()).is_some();
        if !same {
            contact(org, "decoy", "Phone", &text, country);
        }
    }
    // The same digits as they are dialled within another country.
    let national = &e164[3..];
    contact(org, "decoy", "MobilePhone", national, "Iceland");
}

#[tokio::test]
async fn a_country_code_is_not_seen_in_the_digits_of_another_country() {
    let (org, crm) = start().await;
    // An American number whose digits are those of a Norwegian mobile with its country code.
    let american = contact(&org, "american", "Phone", "479 555 1234", "USA");
    contact(&org, "norwegian", "Phone", "955 51 234", "Norge");

    assert_eq!(
        look_up(&crm, "+14795551234").await.one().unwrap().contact.as_ref().unwrap().as_str(),
        american
    );
    assert_eq!(look_up(&crm, "+4795551234").await.one().unwrap().name, "norwegian");
}

#[tokio::test]
async fn account_contact_lead_and_open_cases_are_one_api_call() {
    let (org, crm) = start().await;
    let account =
        org.insert("Account", json!({ "Name": "Acme", "AccountNumber": "A-1", "Phone": NUMBER })).unwrap();
    let ada = json!({ "LastName": "Lovelace", "AccountId": account, "MobilePhone": "415.555.0142" });
    let ada = org.insert("Contact", ada).unwrap();
    org.insert("Lead", json!({ "LastName": "lovelace", "Company": "Acme", "Phone": "(415) 555-0142" }))
        .unwrap();
    for (subject, status) in [("old", "Closed"), ("first", "New"), ("second", "New")] {
        let case = json!({ "Subject": subject, "Status": status, "Priority": "High", "ContactId": ada });
        org.insert("Case", case).unwrap();
    }
    org.reset_stats();

    let found = look_up(&crm, NUMBER).await;

    assert_eq!(org.stats().api_calls, 1);
    let caller = found.one().unwrap();
    assert_eq!(caller.contact.as_ref().unwrap().as_str(), ada);
    assert!(caller.lead.is_some(), "the lead of the same name is the same person");
    assert_eq!(caller.account.as_ref().unwrap().number, Some("A-1".into()));
    let cases: Vec<_> =
        caller.open_cases.iter().map(|case| (case.subject.as_stored(), case.closed)).collect();
    assert_eq!(cases.len(), 2, "{cases:?}");
    assert!(caller.open_cases.iter().all(|case| case.priority == Some("High".into())));
    for reason in [MatchReason::MobilePhone, MatchReason::OpenCase, MatchReason::CompanyNumber] {
        assert!(caller.reasons.contains(&reason), "{reason:?}");
    }
}

#[tokio::test]
async fn several_with_one_number_are_ranked_and_explained_and_none_is_chosen() {
    let (org, crm) = start().await;
    contact(&org, "extension", "Phone", "(415) 555-0142 x12", "USA");
    contact(&org, "mobile", "MobilePhone", "+1 415 555 0142", "USA");
    contact(&org, "other", "OtherPhone", "4155550142", "USA");
    org.insert("Lead", json!({ "LastName": "lead", "Company": "x", "Phone": NUMBER })).unwrap();

    let found = look_up(&crm, NUMBER).await;

    assert!(found.one().is_none());
    let names: Vec<_> = found.candidates().iter().map(|party| party.name.as_stored()).collect();
    assert_eq!(names, ["mobile", "other", "extension", "lead"]);
    assert!(found.candidates()[2].reasons.contains(&MatchReason::Extension));
    let scores: Vec<_> = found.candidates().iter().map(voice_crm_core::crm::CallerRecord::score).collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
}

#[tokio::test]
async fn an_org_that_refuses_a_part_of_the_lookup_still_tells_its_contacts() {
    let (org, crm) = start().await;
    contact(&org, "ada", "Phone", NUMBER, "USA");
    // The fields of people in accounts are asked for, which this org has not.
    let crm = crm.person_accounts();
    assert_eq!(look_up(&crm, NUMBER).await.one().unwrap().name, "ada");
}

#[tokio::test]
async fn the_search_index_is_asked_where_equality_finds_nobody() {
    let (org, crm) = start().await;
    contact(&org, "usual", "Phone", "(415) 555-0142", "USA");
    contact(&org, "odd", "Phone", "(212)555.0187 x 9", "USA");
    contact(&org, "decoy", "Phone", "(212)555.0188 x 0187", "USA");
    org.reset_stats();

    let equal = crm.clone().lookup(LookupReach::Spellings);
    assert_eq!(look_up(&equal, NUMBER).await.one().unwrap().name, "usual");
    assert_eq!(look_up(&equal, "+12125550187").await.count(), 0);
    let searching = crm.lookup(LookupReach::SpellingsThenSearch);
    assert_eq!(look_up(&searching, "+12125550187").await.one().unwrap().name, "odd");
    assert_eq!(look_up(&searching, NUMBER).await.one().unwrap().name, "usual");
    assert_eq!(org.stats().api_calls, 5);
}

#[tokio::test]
async fn who_is_no_number_never_reaches_the_org() {
    let stage = Stage::set().await;
    stage.org.reset_stats();
    for caller in
        ["anonymous", "Restricted", "+266696687", "911", "sip:ada@example.com", "client:ada", "%", ""]
    {
        let mut message = tool_calls(caller, &[("1", "find_customer", json!({}))]);
        message["call"]["customer"]["number"] = caller.into();
        let (_, answer) = stage.message(message).await;
        assert!(!sentence(&answer["results"][0]).contains("Ada"), "{caller}");
    }
    assert_eq!(stage.org.stats().api_calls, 0);
}
