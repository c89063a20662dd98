//! What a caller knows, held against what is on file: in constant time, and without telling which of it was wrong.

use sha2::{Digest as _, Sha256};

use crate::crm::{Proofs, RecordText};

/// The shortest end of an account number that proves anything.
const ENDING: usize = 4;

/// What the answers are worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Enough of them are right and none is wrong.
    Proven,
    /// One of them is wrong.
    Wrong,
    /// Too few were given to be judged.
    AskMore,
    /// There is not enough on file to ask for.
    Impossible,
}

/// Compares the answers that were given; `needed` of them have to be right.
pub(super) fn compare(
    proofs: &Proofs,
    postal_code: Option<&str>,
    account_ending: Option<&str>,
    needed: usize,
) -> Verdict {
    let postal_code = postal_code.map(normal).filter(|said| !said.is_empty());
    let ending = account_ending.map(normal).filter(|said| !said.is_empty());
    let on_file = usize::from(!proofs.postal_codes.is_empty()) + usize::from(proofs.account_number.is_some());
    let answers = [
        postal_code.map(|said| is_postal_code(&said, &proofs.postal_codes)),
        ending.map(|said| is_ending(&said, proofs.account_number.as_ref())),
    ];
    let given = answers.iter().flatten().count();
    let right = answers.iter().flatten().filter(|right| **right).count();
    if given < needed {
        // Too few are not judged: one by one they would be guessed far sooner than together.
        if on_file < needed { Verdict::Impossible } else { Verdict::AskMore }
    } else if right < given {
        Verdict::Wrong
    } else {
        Verdict::Proven
    }
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
    let length = said.chars().count();
    let before = stored.chars().count().saturating_sub(length);
    let ending: String = stored.chars().skip(before).collect();
    (length >= ENDING) & same(said, &ending)
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

    fn verdict(postal_code: Option<&str>, ending: Option<&str>, needed: usize) -> Verdict {
        compare(&proofs(), postal_code, ending, needed)
    }

    #[test]
    fn what_is_right_is_right_however_it_is_written() {
        for code in ["sw1y4le", "SW1Y 4LE", "94105", "94105 1234"] {
            assert_eq!(verdict(Some(code), None, 1), Verdict::Proven, "{code}");
        }
        for ending in ["1001", "c-1001", "acc 1001"] {
            assert_eq!(verdict(None, Some(ending), 1), Verdict::Proven, "{ending}");
        }
    }

    #[test]
    fn too_little_is_no_proof_and_one_wrong_answer_spoils_the_right_one() {
        assert_eq!(verdict(None, Some("001"), 1), Verdict::Wrong, "three of them may be guessed");
        assert_eq!(verdict(Some("94105"), Some("1002"), 1), Verdict::Wrong);
        assert_eq!(verdict(Some("9410"), None, 1), Verdict::Wrong);
        assert_eq!(verdict(Some("94105"), None, 2), Verdict::AskMore);
        assert_eq!(verdict(Some("10001"), None, 2), Verdict::AskMore, "half an answer is not judged");
        assert_eq!(verdict(None, None, 1), Verdict::AskMore);
        assert_eq!(verdict(Some("94105"), Some("1001"), 2), Verdict::Proven);
    }

    #[test]
    fn an_empty_record_proves_nobody() {
        assert_eq!(compare(&Proofs::default(), None, None, 1), Verdict::Impossible);
        assert_eq!(compare(&Proofs::default(), Some(""), Some(" "), 1), Verdict::Impossible);
        assert_eq!(compare(&Proofs::default(), Some("94105"), None, 1), Verdict::Wrong);
        let blank = Proofs { postal_codes: vec![" ".into()], ..Proofs::default() };
        assert_eq!(compare(&blank, Some("-"), None, 1), Verdict::AskMore);
    }
}
