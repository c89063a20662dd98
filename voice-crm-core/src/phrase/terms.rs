//! Holds every sentence of every language to the table of its words, which is data: one word for one thing, one form of
//! address, and none of the words that mean something else.

use std::collections::{BTreeMap, BTreeSet};

use super::{BUILT_IN, book::translations};

/// What the table says.
#[derive(serde::Deserialize)]
struct Terms {
    sentences: BTreeMap<String, Vec<String>>,
    words: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

fn terms() -> Terms {
    toml::from_str(include_str!("terms.toml")).unwrap()
}

/// The sentences of each language by their keys.
fn languages() -> BTreeMap<String, BTreeMap<String, String>> {
    let english = BUILT_IN.iter().map(|wording| (wording.key.to_owned(), wording.english.to_owned()));
    let mut languages = BTreeMap::from([("en".to_owned(), english.collect())]);
    for (language, texts) in translations() {
        languages.insert(language.to_string(), texts);
    }
    languages
}

/// Whether the words stand in a text as words. In scripts without spaces any place will do.
fn says(text: &str, words: &str) -> bool {
    let spaced = |character: char| character.is_ascii() || ('\u{c0}'..='\u{52f}').contains(&character);
    if !words.chars().all(spaced) {
        return text.contains(words);
    }
    let apart = |text: &str| {
        let letters = |character: char| if character.is_alphanumeric() { character } else { ' ' };
        let text: String = text.to_lowercase().chars().map(letters).collect();
        format!(" {} ", text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    apart(text).contains(&apart(words))
}

#[test]
fn each_thing_has_one_word_and_each_caller_one_form_of_address_in_a_language() {
    let Terms { sentences, words } = terms();
    let languages = languages();
    assert_eq!(words.keys().collect::<Vec<_>>(), languages.keys().collect::<Vec<_>>(), "a table for each");
    let mut wrong = Vec::new();
    for (language, texts) in &languages {
        let words = &words[language];
        let named: BTreeSet<_> = words.keys().filter(|thing| *thing != "never").collect();
        assert_eq!(named, sentences.keys().collect(), "{language} has words for every thing");
        for (thing, keys) in &sentences {
            for key in keys {
                let text = &texts[key].to_lowercase();
                if !words[thing].iter().any(|word| text.contains(&word.to_lowercase())) {
                    wrong.push(format!("{language} {key} does not say {thing}: {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_sentence_says_what_means_something_else_or_belongs_to_another_country() {
    let words = terms().words;
    let mut wrong = Vec::new();
    for (language, texts) in languages() {
        for (key, text) in &texts {
            let names = ["{account}", "{status}", "{number}", "{reference}", "{when}", "{count}"];
            let spoken = names.iter().fold(text.clone(), |text, name| text.replace(name, ""));
            let found = words[&language]["never"].iter().filter(|never| says(&spoken, never));
            wrong.extend(found.map(|never| format!("{language} {key} says {never}: {text}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn german_addresses_callers_with_capitals_alone() {
    let wrong: Vec<String> = languages()["de"]
        .values()
        .filter(|text| [" ihnen", " ihre", " ihr "].iter().any(|lower| text.contains(lower)))
        .cloned()
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_sentence_ends_as_a_sentence_does_and_nothing_in_it_is_for_the_model() {
    for (language, texts) in languages() {
        for (key, text) in texts {
            let is_part = key.starts_with("status_");
            let ends = text.ends_with(['.', '?', '。', '？']);
            assert_eq!(ends, !is_part, "{language} {key}: {text}");
            let for_model = ["the caller", "Anrufer", "appelant", "звонящ", "来电者", "來電者", "(", "（"];
            assert!(!for_model.iter().any(|words| text.contains(words)), "{language} {key}: {text}");
            assert!(
                !text.contains(['"', '\'']) || !["de", "es", "pt"].contains(&language.as_str()),
                "{text}"
            );
        }
    }
}
