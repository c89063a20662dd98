//! Numbers of accounts as they are heard: in capitals or not, letter by letter, with the word for a dash, and with words
//! for letters and digits.

mod spelling;

/// What callers say between the parts of a number.
const DASHES: [&str; 14] = [
    "dash",
    "hyphen",
    "minus",
    "slash",
    "bindestrich",
    "strich",
    "schrägstrich",
    "tiret",
    "guion",
    "guión",
    "hífen",
    "traço",
    "дефис",
    "тире",
];

/// The letters and digits of a number that somebody says or types, in capitals: what is the same of `ACC-1001`,
/// `acc 1001` and `A C C dash 1 0 0 1`.
///
/// ```
/// use voice_crm_core::crm::spoken_number;
///
/// assert_eq!(spoken_number("A C C dash 1 0 0 1"), spoken_number("acc-1001"));
/// ```
pub fn spoken_number(said: &str) -> String {
    words(said).flat_map(str::chars).flat_map(char::to_uppercase).collect()
}

/// The same with the words for letters and digits read as these, where there are such: `alpha`, `bravo`, `zero`, `zwo`.
/// `None` where there are none.
///
/// An account may be named `ALPHA-1`, so this is a second reading beside [`spoken_number`], and never in its place.
///
/// ```
/// use voice_crm_core::crm::spelled_number;
///
/// assert_eq!(spelled_number("alpha charlie charlie one zero zero one").as_deref(), Some("ACC1001"));
/// assert_eq!(spelled_number("ACC-1001"), None);
/// ```
pub fn spelled_number(said: &str) -> Option<String> {
    // It has a dash inside, which is none of the number's.
    let said = said.to_lowercase().replace("x-ray", "xray");
    let mut number = String::with_capacity(said.len());
    let mut is_spelled = false;
    for word in words(&said) {
        match spelling::signs(word) {
            Some(signs) => {
                is_spelled = true;
                number.push_str(&signs);
            }
            None => number.extend(word.chars().flat_map(char::to_uppercase)),
        }
    }
    is_spelled.then_some(number)
}

/// Whether a number that was heard is the one that is stored, in either reading.
pub fn is_number_heard(stored: &str, heard: &str) -> bool {
    let stored = spoken_number(stored);
    !stored.is_empty()
        && (stored == spoken_number(heard) || spelled_number(heard).is_some_and(|spelled| spelled == stored))
}

/// The parts of a number between blanks and marks, less what is said for a mark.
pub fn number_parts(said: &str) -> Vec<&str> {
    words(said).collect()
}

fn words(said: &str) -> impl Iterator<Item = &str> {
    let words = said.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !DASHES.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_spelled_with_words_in_each_language() {
        for said in [
            "alpha charlie charlie dash one zero zero one",
            "Alfa Charlie Charlie, eins null null eins",
            "A C C un zéro zéro un",
            "a c c uno cero cero uno",
            "A C C um zero zero um",
            "a c c один ноль ноль один",
            "ACC 一〇〇一",
            "ACC イチ ゼロ ゼロ イチ",
            "ACC 일공공일",
            "ACC 幺零零幺",
        ] {
            assert!(is_number_heard("ACC-1001", said), "{said}");
        }
        assert!(is_number_heard("X2-3", "x-ray zwo three"));
    }

    #[test]
    fn an_account_whose_number_has_such_a_word_is_found_by_it_and_taken_for_no_other() {
        assert!(is_number_heard("ALPHA-1", "alpha 1"));
        assert!(is_number_heard("One Golf Club 7", "one golf club 7"));
        assert!(!is_number_heard("ALPHA-1", "A-1"), "what is stored is not spelled out");
        assert!(!is_number_heard("ACC-1001", "ACC-1002") && !is_number_heard("", " - "));
        for plain in ["ACC-1001", "Oscars 12", "Indiana 4", "A 1"] {
            assert_eq!(spelled_number(plain), None, "{plain}");
        }
    }
}
