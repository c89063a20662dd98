//! The book: each sentence in each language, replaceable one by one.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
    sync::LazyLock,
};

use super::{BUILT_IN, Language, Part, Phrase, Speech, Value, Wording, status, value::Found};

/// What is spoken at most, in characters. A voice needs a minute for it.
const LONGEST: usize = 1_000;

/// The built-in translations, by language.
const TRANSLATIONS: [(Language, &str); 10] = [
    (Language::SPANISH, include_str!("es.toml")),
    (Language::FRENCH, include_str!("fr.toml")),
    (Language::GERMAN, include_str!("de.toml")),
    (Language::KOREAN, include_str!("ko.toml")),
    (Language::CHINESE, include_str!("zh.toml")),
    (Language::TAIWANESE_CHINESE, include_str!("zh-TW.toml")),
    (Language::RUSSIAN, include_str!("ru.toml")),
    (Language::PORTUGUESE, include_str!("pt.toml")),
    (Language::EUROPEAN_PORTUGUESE, include_str!("pt-PT.toml")),
    (Language::JAPANESE, include_str!("ja.toml")),
];

type Texts = HashMap<Cow<'static, str>, Cow<'static, str>>;

static STANDARD: LazyLock<HashMap<Language, Texts>> = LazyLock::new(|| {
    let own = |(key, text)| (Cow::Owned(key), Cow::Owned(text));
    // A test reads all of them, so that none is ever left out.
    let texts = |toml| toml::from_str::<BTreeMap<String, String>>(toml).unwrap_or_default();
    TRANSLATIONS
        .into_iter()
        .map(|(language, toml)| (language, texts(toml).into_iter().map(own).collect()))
        .collect()
});

/// Speaks sentences in the language of a call.
///
/// Words are looked for under the language with its country, then under that of the nearest country (Portugal for all
/// of Portuguese but Brazil's, Taiwan for Hong Kong and Macao), then under the language alone. A sentence that is nowhere
/// is spoken in English. Of Portuguese and Chinese there are two each, `pt` and `pt-PT`, `zh` and `zh-TW`: who replaces
/// a sentence of theirs replaces it in both.
#[derive(Clone)]
pub struct Phrasebook {
    texts: HashMap<Language, Texts>,
    own: Vec<Wording>,
    longest: usize,
}

/// A text does not fit its sentence.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PhraseError {
    /// The file is not one of texts by keys.
    #[error("a phrasebook is a TOML file of texts by their keys: {0}")]
    File(String),
    /// A text names a value that its sentence does not have.
    #[error("the text of {key} names the value {{{name}}}, which it does not get")]
    Value {
        /// The sentence.
        key: String,
        /// The name that stands in braces.
        name: String,
    },
    /// A brace in a text is not one of a pair.
    #[error("the text of {0} has a brace without its other half")]
    Brace(String),
    /// Two sentences have one key.
    #[error("two sentences have the key {0}; give yours another one")]
    Taken(String),
    /// There is no sentence of this key.
    #[error("there is no sentence with the key {0}; if it is one of your own, tell the book first by `own`")]
    Key(String),
}

impl Phrasebook {
    /// The built-in book: English, Spanish, French, German, Korean, Chinese, Russian, Portuguese, Japanese.
    pub fn standard() -> Self {
        Self { texts: STANDARD.clone(), own: Vec::new(), longest: LONGEST }
    }

    /// With another text for one sentence, your own or a built-in one, in one language.
    ///
    /// # Errors
    /// [`PhraseError::Value`] for a value that the sentence lacks, [`PhraseError::Brace`] for half of one.
    pub fn text<const N: usize>(
        mut self,
        language: Language,
        phrase: Phrase<N>,
        text: impl Into<Cow<'static, str>>,
    ) -> Result<Self, PhraseError> {
        let (wording, text) = (phrase.wording(), text.into());
        check(&wording, &text)?;
        self.texts.entry(language).or_default().insert(wording.key.into(), text);
        Ok(self)
    }

    /// With a sentence of your own, so that files may have texts for it.
    #[must_use]
    pub fn own<const N: usize>(mut self, phrase: Phrase<N>) -> Self {
        self.own.push(phrase.wording());
        self
    }

    /// What is wrong with the sentences of one's own: their English text, or their key.
    pub(crate) fn problems(&self) -> Vec<PhraseError> {
        let mut problems = Vec::new();
        for (place, own) in self.own.iter().enumerate() {
            problems.extend(check(own, own.english).err());
            let others = BUILT_IN.iter().chain(&self.own[..place]);
            if others.clone().any(|other| other.key == own.key && other != own) {
                problems.push(PhraseError::Taken(own.key.to_owned()));
            }
        }
        problems
    }

    /// With what is said in a language of a case that has this status in the CRM, verb and all: for
    /// `Awaiting Parts`, `is waiting for a part`.
    #[must_use]
    pub fn status(mut self, language: Language, word: &str, said: impl Into<Cow<'static, str>>) -> Self {
        self.texts.entry(language).or_default().insert(status::key(word).into(), said.into());
        self
    }

    /// With the texts of a TOML file for sentences, such as `case_created = "Case {number} is open."`.
    ///
    /// # Errors
    /// [`PhraseError`] for a file that is no TOML, a key that no sentence has, or a value that its sentence lacks.
    pub fn file(mut self, language: Language, toml: &str) -> Result<Self, PhraseError> {
        let texts: BTreeMap<String, String> =
            toml::from_str(toml).map_err(|error| PhraseError::File(error.message().to_owned()))?;
        for (key, text) in texts {
            let wording = BUILT_IN.iter().chain(&self.own).find(|wording| wording.key == key);
            let Some(wording) = wording else { return Err(PhraseError::Key(key)) };
            check(wording, &text)?;
            self.texts.entry(language).or_default().insert(key.into(), text.into());
        }
        Ok(self)
    }

    /// With another limit on what is spoken, in characters. 1,000 unless said.
    #[must_use]
    pub fn longest(mut self, characters: usize) -> Self {
        self.longest = characters;
        self
    }

    /// The words in a language, cut between words at the limit.
    pub fn speak(&self, speech: &Speech, language: Language) -> String {
        cut(render(speech.parts(), language, |key| self.find(key, language)), self.longest)
    }

    /// A value alone, in a language.
    pub(super) fn value(&self, value: &Value, language: Language) -> String {
        let mut spoken = String::new();
        value.say(&mut spoken, language, &|key| self.find(key, language));
        spoken
    }

    /// The text for a key, and the language that its values are said in.
    fn find(&self, key: &str, language: Language) -> Option<Found<'_>> {
        let texts = language.sources().filter_map(|source| self.texts.get(&source)?.get(key));
        texts.map(|text| (text.as_ref(), language)).next()
    }

    /// Puts what is to be said into the words of a language; what is nothing but words already stays untouched.
    pub(crate) fn put(&self, speech: &mut Speech, language: Language) {
        if speech.plain().is_none_or(|text| text.len() > self.longest) {
            *speech = self.speak(speech, language).into();
        }
    }
}

impl Default for Phrasebook {
    fn default() -> Self {
        Self::standard()
    }
}

impl fmt::Debug for Phrasebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phrasebook").field("languages", &self.texts.len()).finish_non_exhaustive()
    }
}

/// Puts the parts together, each phrase in the text that `find` has for it, or else in English.
pub(super) fn render<'a>(
    parts: &[Part],
    language: Language,
    find: impl Fn(&str) -> Option<Found<'a>>,
) -> String {
    let english = if language.is_as(Language::ENGLISH) { language } else { Language::ENGLISH };
    let mut spoken = String::new();
    for part in parts {
        if !spoken.is_empty() && !spoken.ends_with(['。', '？']) {
            spoken.push(' ');
        }
        match part {
            Part::Text(text) => spoken.push_str(text),
            Part::Line(wording, values) => match find(wording.key) {
                Some((text, language)) => fill(&mut spoken, text, (wording, values), language, &find),
                // Nothing else is found in its stead either, or an English sentence would have words of another language.
                None => fill(&mut spoken, wording.english, (wording, values), english, &|_| None),
            },
        }
    }
    spoken
}

/// Writes a text with its values where their names stand in braces.
fn fill<'a>(
    spoken: &mut String,
    mut text: &str,
    (wording, values): (&Wording, &[Value]),
    language: Language,
    find: &impl Fn(&str) -> Option<Found<'a>>,
) {
    while let Some((before, name, after)) = next_name(text) {
        spoken.push_str(before);
        let place = wording.names.iter().position(|known| *known == name);
        if let Some(value) = place.and_then(|place| values.get(place)) {
            value.say(spoken, language, find);
        }
        text = after;
    }
    spoken.push_str(text);
}

/// Refuses a text that names what its sentence does not get.
fn check(wording: &Wording, text: &str) -> Result<(), PhraseError> {
    if let Some(name) = names(text).find(|name| !wording.names.contains(name)) {
        return Err(PhraseError::Value { name: name.to_owned(), key: wording.key.to_owned() });
    }
    let without_names =
        names(text).fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), ""));
    if without_names.contains(['{', '}']) {
        return Err(PhraseError::Brace(wording.key.to_owned()));
    }
    Ok(())
}

/// The text before the first name in braces, the name, and the text behind.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next_name(rest)?;
        rest = after;
        Some(name)
    })
}

/// Cuts a text at a limit of characters, between words where there are any.
fn cut(mut text: String, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text };
    let between_words = text[..end].rfind(char::is_whitespace).filter(|gap| *gap > end / 2);
    text.truncate(between_words.unwrap_or(end));
    text
}

/// The built-in translations, for tests of their words.
#[cfg(test)]
pub(super) fn translations() -> impl Iterator<Item = (Language, BTreeMap<String, String>)> {
    TRANSLATIONS.into_iter().map(|(language, toml)| (language, toml::from_str(toml).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::phrase::{CASE_CREATED, NOT_SAVED};

    #[test]
    fn every_sentence_stands_in_every_language_with_its_values() {
        let keys: BTreeSet<_> = BUILT_IN.iter().map(|wording| wording.key).collect();
        assert_eq!(keys.len(), BUILT_IN.len(), "each key once");
        let values = |text: &str| names(text).map(str::to_owned).collect::<BTreeSet<_>>();
        for wording in BUILT_IN {
            let own: BTreeSet<String> = wording.names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(values(wording.english), own, "{}", wording.key);
        }
        for (language, toml) in TRANSLATIONS {
            let texts: BTreeMap<String, String> = toml::from_str(toml).unwrap();
            let there: BTreeSet<_> = texts.keys().map(String::as_str).collect();
            assert_eq!(there, keys, "{language}");
            for wording in BUILT_IN {
                let text = &texts[wording.key];
                assert_eq!(values(text), values(wording.english), "{language} {}", wording.key);
                assert_ne!(text, wording.english, "{language} {} is not translated", wording.key);
            }
        }
    }

    #[test]
    fn a_sentence_is_spoken_in_the_language_of_the_call_or_else_in_english() {
        let book = Phrasebook::standard();
        let speech = CASE_CREATED.with(["1 2"]);
        assert!(book.speak(&speech, Language::GERMAN).contains("1 2 "));
        assert_ne!(book.speak(&speech, Language::GERMAN), book.speak(&speech, Language::ENGLISH));
        let italian = Language::parse("it").unwrap();
        assert_eq!(book.speak(&speech, italian), book.speak(&speech, Language::ENGLISH));
    }

    #[test]
    fn portuguese_and_chinese_are_those_of_the_country_of_the_call() {
        let book = Phrasebook::standard();
        let said =
            |tag: &str| book.speak(&crate::phrase::PEOPLE_ASK_SPELLING.into(), Language::parse(tag).unwrap());
        assert!(said("pt-BR").contains("sobrenome") && said("pt").contains("sobrenome"));
        assert!(said("pt-PT").contains("apelido") && said("pt-AO").contains("apelido"));
        assert!(said("zh-CN").contains("请") && said("zh").contains("请"));
        assert!(said("zh-TW").contains("請") && said("zh-HK").contains("請"));
        assert_eq!(said("de-AT"), said("de"));
    }

    #[test]
    fn a_status_is_said_in_words_that_fit_the_sentence() {
        let book =
            Phrasebook::standard().status(Language::GERMAN, "Awaiting Parts", "wartet auf ein Ersatzteil");
        let said = |word: &str, language| {
            let values = [Value::case_number("00001000"), Value::quoted("Router", 9), Value::status(word)];
            book.speak(&crate::phrase::CASE_STATUS.with(values), language)
        };
        let german = said("In Progress", Language::GERMAN);
        assert_eq!(german, "Ihr Vorgang 1 0, 0 0, \u{201e}Router\u{201c}, ist in Bearbeitung.");
        assert!(said("awaiting parts", Language::GERMAN).ends_with("wartet auf ein Ersatzteil."));
        let unknown = said("Bei Otto", Language::GERMAN);
        assert!(unknown.ends_with("hat den Status \u{201e}Bei Otto\u{201c}."), "{unknown}");
        assert!(said("New", Language::FRENCH).ends_with("vient d'être ouvert."));
        let italian = said("New", Language::parse("it").unwrap());
        assert_eq!(italian, said("New", Language::ENGLISH));
    }

    #[test]
    fn a_sentence_can_be_replaced_and_a_wrong_one_is_refused() {
        let book = Phrasebook::standard().file(Language::ENGLISH, "not_saved = \"No luck.\"").unwrap();
        assert_eq!(book.speak(&NOT_SAVED.into(), Language::ENGLISH), "No luck.");
        let file = |toml| Phrasebook::standard().file(Language::ENGLISH, toml).unwrap_err();
        assert_eq!(file("no_such = \"x\""), PhraseError::Key("no_such".to_owned()));
        let wrong = PhraseError::Value { key: "not_saved".to_owned(), name: "number".to_owned() };
        assert_eq!(file("not_saved = \"{number}\""), wrong);
        assert_eq!(file("not_saved = \"{number\""), PhraseError::Brace("not_saved".to_owned()));
        assert_eq!(file("not_saved = \"number}\""), PhraseError::Brace("not_saved".to_owned()));
        assert!(matches!(file("not_saved = 5"), PhraseError::File(_)));
        let text = Phrasebook::standard().text(Language::GERMAN, CASE_CREATED, "Fall {nummer}");
        let wrong = PhraseError::Value { key: "case_created".to_owned(), name: "nummer".to_owned() };
        assert_eq!(text.unwrap_err(), wrong);
    }

    #[test]
    fn a_file_may_have_texts_for_sentences_of_your_own() {
        const OPEN: Phrase<1> = Phrase::new("open_until", &["hour"], "We are open until {hour}.");
        let toml = "open_until = \"Offen bis {hour} Uhr.\"";
        assert!(Phrasebook::standard().file(Language::GERMAN, toml).is_err());
        let book = Phrasebook::standard().own(OPEN).file(Language::GERMAN, toml).unwrap();
        assert_eq!(book.speak(&OPEN.with(["18"]), Language::GERMAN), "Offen bis 18 Uhr.");
    }

    #[test]
    fn braces_in_a_value_stay_what_they_are() {
        let book = Phrasebook::standard();
        assert!(book.speak(&CASE_CREATED.with(["{number}"]), Language::ENGLISH).contains("{number}"));
    }

    #[test]
    fn what_is_too_long_is_cut_between_words() {
        let book = Phrasebook::standard().longest(10);
        let spoken = |text: &str| book.speak(&text.to_owned().into(), Language::ENGLISH);
        assert_eq!(spoken("one two three"), "one two");
        assert_eq!(spoken("äöüäöüäöüäöü"), "äöüäöüäöüä");
        assert_eq!(spoken("short"), "short");
    }
}
