//! Text as the index of an org sees it.

/// The tokens of a text, in lower case and in order.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut before = Class::Other;
    for letter in text.chars().flat_map(char::to_lowercase) {
        let class = Class::of(letter);
        if class != before {
            found.push(String::new());
        }
        if class != Class::Other
            && let Some(token) = found.last_mut()
        {
            token.push(letter);
        }
        before = class;
    }
    found.retain(|token| !token.is_empty());
    found
}

/// What decides where one token ends and the next begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Class {
    Letter,
    Digit,
    Other,
}

impl Class {
    pub(super) fn of(letter: char) -> Self {
        if letter.is_numeric() {
            Self::Digit
        } else if letter.is_alphanumeric() {
            Self::Letter
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn punctuation_and_a_change_of_class_end_a_token() {
        assert_eq!(tokens("(415) 555-0142 x7b"), ["415", "555", "0142", "x", "7", "b"]);
        assert_eq!(tokens("Ünal@Example.com"), ["ünal", "example", "com"]);
        assert!(tokens(" -- ").is_empty());
    }
}
