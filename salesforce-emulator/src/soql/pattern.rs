//! Matching after `LIKE`: `%` is any run, `_` is any one character, case does not count.

use super::text::Letter;

/// Whether the whole text matches.
pub(super) fn matches(pattern: &[Letter], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut next) = (0, 0);
    // Where to resume when the run after the last `%` turns out to be too short.
    let mut resume = None;
    while at < text.len() {
        match pattern.get(next) {
            Some(Letter::Wildcard('%')) => {
                next += 1;
                resume = Some((next, at));
            }
            Some(letter) if one(*letter, text[at]) => {
                next += 1;
                at += 1;
            }
            _ => {
                let Some((after, from)) = resume else { return false };
                resume = Some((after, from + 1));
                (next, at) = (after, from + 1);
            }
        }
    }
    pattern[next..].iter().all(|letter| *letter == Letter::Wildcard('%'))
}

fn one(letter: Letter, seen: char) -> bool {
    match letter {
        Letter::Wildcard(_) => true,
        Letter::Plain(wanted) => wanted == seen || wanted.to_lowercase().eq(seen.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Letter, matches};

    fn pattern(text: &str) -> Vec<Letter> {
        text.chars()
            .map(|letter| match letter {
                '%' | '_' => Letter::Wildcard(letter),
                _ => Letter::Plain(letter),
            })
            .collect()
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        assert!(matches(&pattern("%55501_2"), "+1 415 5550142"));
        assert!(matches(&pattern("aCmE%"), "AcMe Corp"));
        assert!(matches(&pattern("%"), ""));
        assert!(!matches(&pattern("_"), ""));
        assert!(!matches(&pattern("acme"), "acme corp"));
    }

    proptest! {
        #[test]
        fn a_text_as_its_own_pattern_matches_itself_alone(text in any::<String>(), other in any::<String>()) {
            let letters: Vec<Letter> = text.chars().map(Letter::Plain).collect();
            assert!(matches(&letters, &text));
            let same = text.to_lowercase() == other.to_lowercase();
            assert!(same || !matches(&letters, &other));
        }

        #[test]
        fn a_run_at_both_ends_finds_every_inner_text(a in any::<String>(), b in any::<String>(), c in any::<String>()) {
            let mut letters = vec![Letter::Wildcard('%')];
            letters.extend(b.chars().map(Letter::Plain));
            letters.push(Letter::Wildcard('%'));
            assert!(matches(&letters, &format!("{a}{b}{c}")));
        }
    }
}
