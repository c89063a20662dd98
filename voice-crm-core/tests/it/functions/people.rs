//! Customers by what is said of them: found in other spellings, told apart, never guessed, and never described.

use serde_json::{Value, json};

use crate::stage::Stage;

fn person(stage: &Stage, given: &str, family: &str, town: &str, phone: &str) {
    let contact = json!({
        "FirstName": given, "LastName": family, "MailingCity": town, "Phone": phone, "AccountId": stage.account,
    });
    stage.org.insert("Contact", contact).unwrap();
}

/// A stage on which the call of these tests is Ada's: nobody else is told whether anything fits.
async fn proven() -> Stage {
    let stage = Stage::set().await;
    stage.prove("c").await;
    stage
}

async fn find(stage: &Stage, id: &str, arguments: Value) -> String {
    stage.tool("c", id, "find_customer", arguments).await
}

#[tokio::test]
async fn a_name_is_found_in_other_spellings_and_nothing_of_it_is_told() {
    let stage = proven().await;
    for (index, heard) in ["Ada Lovelace", "ada lovlace", "Mrs Ada Lovelase", "Lovelace"].iter().enumerate() {
        let said = find(&stage, &index.to_string(), json!({ "name": heard })).await;
        assert!(said.contains("One customer record fits"), "{heard}: {said}");
        assert!(
            !said.contains("Analytical") && !said.contains("1001") && !said.contains("Lovelace"),
            "{said}"
        );
    }
    assert_eq!(stage.org.stats().api_calls, 4);
}

#[tokio::test]
async fn a_name_that_is_not_there_is_asked_for_letter_by_letter() {
    let stage = proven().await;
    let said = find(&stage, "1", json!({ "name": "Grace Hopper" })).await;
    assert!(said.contains("spell"), "{said}");
    let said = find(&stage, "2", json!({ "name": "Grace Hopper", "spelling": "H O P P E R" })).await;
    assert!(said.contains("could not find a customer"), "{said}");
    let said = find(&stage, "3", json!({ "name": "Bob Lovelace" })).await;
    assert!(said.contains("spell"), "another given name is another person: {said}");
    for (id, wild) in [("4", "%"), ("5", "_ %%"), ("6", "' OR Name != '")] {
        let said = find(&stage, id, json!({ "name": wild })).await;
        assert!(said.contains("spell"), "{wild}: {said}");
    }
}

#[tokio::test]
async fn people_of_one_name_are_told_apart_by_what_they_differ_in_and_not_guessed() {
    let stage = proven().await;
    person(&stage, "John", "Smith", "Boston", "+1 617 555 0101");
    person(&stage, "John", "Smith", "Austin", "+1 512 555 0102");
    person(&stage, "Jon", "Smyth", "Austin", "+1 512 555 0103");

    let said = find(&stage, "1", json!({ "name": "John Smith" })).await;
    assert!(said.contains("Which town"), "{said}");
    assert!(!said.contains("Boston") && !said.contains("Austin"), "what they differ in is not told: {said}");
    let said = find(&stage, "2", json!({ "name": "John Smith", "town": "boston" })).await;
    assert!(said.contains("One customer record fits"), "{said}");
    let said = find(&stage, "3", json!({ "name": "John Smith", "town": "Austin" })).await;
    assert!(said.contains("last four digits"), "{said}");
    let said =
        find(&stage, "4", json!({ "name": "John Smith", "town": "Austin", "last_digits": "01 03" })).await;
    assert!(said.contains("One customer record fits"), "{said}");
    let said = find(&stage, "5", json!({ "name": "John Smith", "spelling": "S-M-Y-T-H" })).await;
    assert!(said.contains("One customer record fits"), "what is spelt counts more: {said}");
}

#[tokio::test]
async fn people_of_different_companies_are_asked_for_theirs() {
    let stage = proven().await;
    let other = stage.org.insert("Account", json!({ "Name": "Difference Engines Ltd" })).unwrap();
    let twin = json!({ "FirstName": "Ada", "LastName": "Lovelace", "AccountId": other });
    stage.org.insert("Contact", twin).unwrap();

    let said = find(&stage, "1", json!({ "name": "Ada Lovelace" })).await;
    assert!(said.contains("Which company"), "{said}");
    let said = find(&stage, "2", json!({ "name": "Ada Lovelace", "company": "difference engines" })).await;
    assert!(said.contains("One customer record fits"), "{said}");
}

#[tokio::test]
async fn a_name_of_too_many_is_not_chosen_from_the_first_of_them() {
    let stage = proven().await;
    for _ in 0..201 {
        person(&stage, "John", "Smith", "Boston", "+1 617 555 0101");
    }
    person(&stage, "Zoe", "Smith", "Austin", "+1 512 555 0102");
    let said = find(&stage, "1", json!({ "name": "Zoe Smith" })).await;
    assert!(said.contains("account number"), "{said}");
}
