//! From the caller's words for a kind of trouble to the org's picklist.

/// The table; an empty one passes words on as they are.
#[derive(Clone, Debug, Default)]
pub(in crate::functions) struct CaseTypes {
    words: Vec<(String, String)>,
    other: Option<String>,
}

impl CaseTypes {
    pub(super) fn add(&mut self, words: &str, value: String) {
        self.words.push((folded(words), value));
    }

    pub(super) fn other(&mut self, value: String) {
        self.other = Some(value);
    }

    /// The type of a case, and whether the words for it are lost with that.
    pub(in crate::functions) fn of(&self, said: Option<&str>) -> (Option<String>, bool) {
        let said = said.map(str::trim).filter(|said| !said.is_empty());
        if self.words.is_empty() && self.other.is_none() {
            return (said.map(str::to_owned), false);
        }
        let Some(said) = said.map(folded) else { return (self.other.clone(), false) };
        let fits = |(words, value): &&(String, String)| {
            *words == said || folded(value) == said || format!(" {said} ").contains(&format!(" {words} "))
        };
        match self.words.iter().find(fits) {
            Some((_, value)) => (Some(value.clone()), false),
            None => (self.other.clone(), true),
        }
    }
}

/// Lower case, words with one blank between them, nothing else.
fn folded(text: &str) -> String {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_find_their_value_wherever_they_stand_and_nothing_else_does() {
        let mut types = CaseTypes::default();
        types.add("Router", "Electronic".to_owned());
        types.add("power cut", "Electrical".to_owned());
        let of = |said| types.of(Some(said));
        assert_eq!(of("router"), (Some("Electronic".to_owned()), false));
        assert_eq!(of("my old Router!"), (Some("Electronic".to_owned()), false));
        assert_eq!(of("Power-Cut"), (Some("Electrical".to_owned()), false));
        assert_eq!(of("ELECTRONIC"), (Some("Electronic".to_owned()), false));
        assert_eq!(of("routers"), (None, true));
        types.other("Other".to_owned());
        assert_eq!(types.of(Some("smell")), (Some("Other".to_owned()), true));
        assert_eq!(types.of(None), (Some("Other".to_owned()), false));
    }

    #[test]
    fn without_a_table_words_pass_as_they_are() {
        assert_eq!(CaseTypes::default().of(Some(" Technical ")), (Some("Technical".to_owned()), false));
        assert_eq!(CaseTypes::default().of(Some(" ")), (None, false));
    }
}
