//! What a caller knows, held against what is on file: in constant time, and without telling which of it was wrong.

use sha2::{Digest as _, Sha256};

use crate::crm::{Proofs, RecordText};

/// How many characters a postal code has anywhere.
const POSTAL_CODE: std::ops::RangeInclusive<usize> = 3..=10;
/// How many characters of an account number prove something, up to a whole one.
const ENDING: std::ops::RangeInclusive<usize> = 4..=40;

/// What a caller answered, in one form: letters and digits in upper case.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Answers {
    postal_code: Option<String>,
    ending: Option<String>,
}

/// What was heard cannot be an answer: it has no letters or digits, too few, or too many of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Misheard;

impl Answers {
    /// Reads what was heard. What is left out or blank is no answer.
    pub(super) fn read(postal_code: Option<&str>, account_ending: Option<&str>) -> Result<Self, Misheard> {
        Ok(Self { postal_code: answer(postal_code, &POSTAL_CODE)?, ending: answer(account_ending, &ENDING)? })
    }

    /// Which there are: the postal code, and the end of the account number.
    pub(super) fn given(&self) -> [bool; 2] {
        [self.postal_code.is_some(), self.ending.is_some()]
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        usize::from(self.postal_code.is_some()) + usize::from(self.ending.is_some())
    }

    /// The same text for the same answers.
    pub(super) fn as_said(&self) -> String {
        format!("{}\n{}", self.postal_code.as_deref().unwrap_or(""), self.ending.as_deref().unwrap_or(""))
    }

    /// Whether all of them are right. Without an answer nothing is.
    pub(super) fn are_right(&self, proofs: &Proofs) -> bool {
        let answers = [
            self.postal_code.as_ref().map(|said| is_postal_code(said, &proofs.postal_codes)),
            self.ending.as_ref().map(|said| is_ending(said, proofs.account_number.as_ref())),
        ];
        self.count() > 0 && answers.iter().flatten().fold(true, |all, right| all & right)
    }
}

/// How many answers a contact could be asked for.
pub(super) fn on_file(proofs: &Proofs) -> usize {
    usize::from(!proofs.postal_codes.is_empty()) + usize::from(proofs.account_number.is_some())
}

fn answer(said: Option<&str>, lengths: &std::ops::RangeInclusive<usize>) -> Result<Option<String>, Misheard> {
    let Some(said) = said.filter(|said| !said.trim().is_empty()) else { return Ok(None) };
    let said = normal(said);
    if lengths.contains(&said.chars().count()) { Ok(Some(said)) } else { Err(Misheard) }
}

/// Every one on file is compared, whichever fits.
fn is_postal_code(said: &str, on_file: &[RecordText]) -> bool {
    on_file.iter().fold(false, |found, stored| {
        let stored = normal(stored.as_stored());
        // Nobody says the four digits that an American code may have behind its five.
        let short = if stored.len() == 9 && stored.bytes().all(|byte| byte.is_ascii_digit()) {
            stored[..5].to_owned()
        } else {
            stored.clone()
        };
        found | same(said, &stored) | same(said, &short)
    })
}

fn is_ending(said: &str, account_number: Option<&RecordText>) -> bool {
    let Some(stored) = account_number.map(RecordText::as_stored).map(normal) else { return false };
    let before = stored.chars().count().saturating_sub(said.chars().count());
    let ending: String = stored.chars().skip(before).collect();
    same(said, &ending)
}

/// Letters and digits in upper case.
fn normal(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Compares digests, which takes the same time wherever two texts differ.
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other.iter()).fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proofs() -> Proofs {
        Proofs {
            postal_codes: vec!["SW1Y 4LE".into(), "94105-1234".into()],
            account_number: Some("ACC-1001".into()),
            phones: Vec::new(),
        }
    }

    fn read(postal_code: Option<&str>, ending: Option<&str>) -> Option<Answers> {
        Answers::read(postal_code, ending).ok()
    }

    fn are_right(postal_code: Option<&str>, ending: Option<&str>) -> bool {
        read(postal_code, ending).unwrap().are_right(&proofs())
    }

    #[test]
    fn what_is_right_is_right_however_it_is_written() {
        for code in ["sw1y4le", "SW1Y 4LE", "94105", "94105 1234"] {
            assert!(are_right(Some(code), None), "{code}");
        }
        for ending in ["1001", "c-1001", "acc 1001"] {
            assert!(are_right(None, Some(ending)), "{ending}");
        }
        assert!(are_right(Some("94105"), Some("1001")));
    }

    #[test]
    fn one_wrong_answer_spoils_the_right_one_and_none_is_no_proof() {
        assert!(!are_right(Some("94105"), Some("1002")));
        assert!(!are_right(Some("9410"), None));
        assert!(!are_right(None, Some("XACC1001")), "longer than the number itself");
        assert!(!are_right(None, None) && !are_right(Some(""), Some(" ")));
        assert!(!read(Some("94105"), None).unwrap().are_right(&Proofs::default()));
        let blank = Proofs { postal_codes: vec![" ".into()], ..Proofs::default() };
        assert!(!read(Some("941"), None).unwrap().are_right(&blank));
    }

    #[test]
    fn what_cannot_be_an_answer_was_misheard() {
        for (postal_code, ending) in [(Some("-"), None), (Some("94"), None), (Some("12345678901"), None)] {
            assert_eq!(read(postal_code, ending), None, "{postal_code:?}");
        }
        for ending in ["001", "#", &"1".repeat(41)] {
            assert_eq!(read(None, Some(ending)), None, "{ending}");
        }
    }

    #[test]
    fn the_same_answers_are_the_same_text() {
        let said = |postal_code, ending| read(postal_code, ending).unwrap().as_said();
        assert_eq!(said(Some("sw1y 4le"), None), said(Some("SW1Y4LE"), Some(" ")));
        assert_ne!(said(Some("1001"), None), said(None, Some("1001")));
    }

    impl std::fmt::Debug for Answers {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Answers(..)")
        }
    }
}
