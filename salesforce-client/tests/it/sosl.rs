//! Any text is only searched for, by the judgement of a lexer that shares no code with the crate.

use proptest::prelude::*;
use salesforce_client::{SearchGroup, Sosl, SoslTerm};
use serde_json::{Value, json};

use crate::scripted::{Scripted, Step, client};

const RESERVED: &[char] =
    &['?', '&', '|', '!', '{', '}', '[', ']', '(', ')', '^', '~', '*', ':', '\\', '"', '\'', '+', '-'];

/// What stands between the braces: phrases and the words between them. `None` where a reserved
/// character stands free.
fn search_query(text: &str) -> Option<(Vec<String>, &str)> {
    let mut characters = text.strip_prefix('{')?.char_indices();
    let mut phrases = Vec::new();
    let mut quoted: Option<String> = None;
    while let Some((at, character)) = characters.next() {
        match (character, &mut quoted) {
            ('}', None) => return Some((phrases, &text[at + 2..])),
            ('"', None) => quoted = Some(String::new()),
            ('"', Some(phrase)) => {
                phrases.push(std::mem::take(phrase));
                quoted = None;
            }
            ('\\', Some(phrase)) => phrase.push(characters.next()?.1),
            (free, _) if RESERVED.contains(&free) => return None,
            (plain, Some(phrase)) => phrase.push(plain),
            (_, None) => {}
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_exactly_one_phrase(text in any::<String>()) {
        let rendered = Sosl::new("FIND {:t} IN PHONE FIELDS RETURNING Lead(Id)").term("t", &text).render();
        if text.chars().any(char::is_alphanumeric) {
            let rendered = rendered.unwrap();
            let (phrases, rest) = search_query(rendered.strip_prefix("FIND ").unwrap()).unwrap();
            prop_assert_eq!(phrases, [text]);
            prop_assert_eq!(rest, " IN PHONE FIELDS RETURNING Lead(Id)");
        } else {
            prop_assert!(rendered.is_err());
        }
    }

    #[test]
    fn reserved_characters_in_any_mix_stay_inside(text in r#"[a?&|!{}\[\]()^~*:\\"'+ -]{0,30}"#) {
        prop_assume!(text.contains('a'));
        let term = SoslTerm::any([SoslTerm::phrase(&text).unwrap()]).unwrap();
        let braced = format!("{{{}}}", term.as_str());
        prop_assert_eq!(search_query(&braced).unwrap().0, [text]);
    }

    #[test]
    fn the_beginning_of_a_word_is_one_word_or_refused(text in any::<String>()) {
        if let Ok(term) = SoslTerm::starts_with(&text) {
            prop_assert_eq!(term.as_str().strip_suffix('*').unwrap(), &text);
            prop_assert!(!text.contains(RESERVED) && !text.contains(char::is_whitespace));
        }
    }
}

#[tokio::test]
async fn a_search_gives_records_by_object_in_both_shapes_of_the_answer() {
    let object = r#"{"searchRecords":[
        {"attributes":{"type":"Contact","url":"u"},"Id":"003000000000001","Phone":"1"},
        {"attributes":{"type":"Account","url":"u"},"Id":"001000000000001"}]}"#;
    let list = r#"[{"attributes":{"type":"Contact","url":"u"},"Id":"003000000000001"}]"#;
    let transport = Scripted::new([Step::Answer(200, object), Step::Answer(200, list)]);
    let client = client(&transport);
    let sosl = || Sosl::new("FIND {:t} IN PHONE FIELDS RETURNING Contact(Id), Account(Id)").term("t", "x");

    let found = client.search(sosl()).await.unwrap();
    assert_eq!(found.records.len(), 2);
    let contacts: Vec<salesforce_client::sobject::Contact> = found.of().unwrap();
    assert_eq!((contacts.len(), found.of_type::<Value>("Account").unwrap().len()), (1, 1));
    assert_eq!(client.search(sosl()).await.unwrap().records.len(), 1);
}

#[tokio::test]
async fn a_parameterized_search_can_be_limited_to_phone_fields() {
    let transport =
        Scripted::new([Step::Answer(503, "<html>"), Step::Answer(200, r#"{"searchRecords":[]}"#)]);
    let client = client(&transport);
    let search = client.parameterized_search("call me").in_group(SearchGroup::Phone);

    assert!(search.object("Contact", ["Id", "Phone"]).limit(5).await.is_ok());
    assert_eq!(transport.count(), 2, "a search changes nothing, so it is sent again");
    assert_eq!(
        transport.json(1),
        json!({"q": "\"call me\"", "in": "PHONE", "overallLimit": 5,
               "sobjects": [{"name": "Contact", "fields": ["Id", "Phone"]}]})
    );
    assert!(client.parameterized_search("!?").await.is_err());
}
