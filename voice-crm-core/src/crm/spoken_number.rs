//! Numbers of accounts as they are heard: in capitals or not, letter by letter, with the word for a dash.

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

/// The parts of a number between blanks and marks, less what is said for a mark.
pub fn number_parts(said: &str) -> Vec<&str> {
    words(said).collect()
}

fn words(said: &str) -> impl Iterator<Item = &str> {
    let words = said.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !DASHES.contains(&word.to_lowercase().as_str()))
}
