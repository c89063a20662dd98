//! The search term: words and phrases with wildcards, joined by AND, OR and AND NOT.

use super::tokens::Class;

/// A term as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Phrase(Phrase),
    All(Vec<Term>),
    Any(Vec<Term>),
    Without(Box<Term>, Box<Term>),
}

/// Tokens that must follow each other in one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Phrase(Vec<Vec<Mark>>);

/// One character of a token of a phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    Plain(char),
    /// `*`
    Many,
    /// `?`
    One,
}

impl Term {
    pub(super) fn holds(&self, phrase_holds: &impl Fn(&Phrase) -> bool) -> bool {
        match self {
            Self::Phrase(phrase) => phrase_holds(phrase),
            Self::All(terms) => terms.iter().all(|term| term.holds(phrase_holds)),
            Self::Any(terms) => terms.iter().any(|term| term.holds(phrase_holds)),
            Self::Without(term, not) => term.holds(phrase_holds) && !not.holds(phrase_holds),
        }
    }
}

impl Phrase {
    pub(super) fn is_in(&self, tokens: &[String]) -> bool {
        let length = self.0.len();
        length > 0
            && tokens
                .windows(length)
                .any(|window| window.iter().zip(&self.0).all(|(token, marks)| matches(marks, token)))
    }

    fn read(marks: &[Mark]) -> Self {
        let mut phrase = Self(vec![Vec::new()]);
        let mut before = Class::Other;
        for mark in marks {
            // A wildcard goes on with the token it stands in, and cannot begin one.
            let class = match mark {
                Mark::Plain(letter) => Class::of(*letter),
                Mark::Many | Mark::One => before,
            };
            if class != before {
                phrase.0.push(Vec::new());
            }
            if class != Class::Other
                && let Some(token) = phrase.0.last_mut()
            {
                token.push(*mark);
            }
            before = class;
        }
        phrase.0.retain(|token| !token.is_empty());
        phrase
    }
}

/// Whether a token is what the marks say, with `*` for any letters and `?` for one.
fn matches(marks: &[Mark], token: &str) -> bool {
    let letters: Vec<char> = token.chars().collect();
    let (mut mark, mut letter, mut retry) = (0, 0, None);
    while letter < letters.len() {
        match marks.get(mark) {
            Some(Mark::Many) => {
                mark += 1;
                retry = Some((mark, letter));
            }
            Some(Mark::One) => (mark, letter) = (mark + 1, letter + 1),
            Some(Mark::Plain(known)) if *known == letters[letter] => (mark, letter) = (mark + 1, letter + 1),
            _ => match retry {
                Some((after, from)) => {
                    retry = Some((after, from + 1));
                    (mark, letter) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    marks[mark..].iter().all(|mark| *mark == Mark::Many)
}

/// One piece of a term.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Word(Phrase),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// Reads a term; the error is the org's message.
pub(super) fn parse(text: &str) -> Result<Term, String> {
    let visible = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    if visible < SHORTEST {
        return Err(format!("search term must be longer than one character: {text}"));
    }
    let pieces = pieces(text)?;
    let mut parser = Parser { pieces: &pieces, next: 0, depth: 0 };
    let term = parser.any()?;
    if parser.next < pieces.len() {
        return Err("unexpected token in the search term".to_owned());
    }
    Ok(term)
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(first) = letters.next() {
        match first {
            '(' => found.push(Piece::Open),
            ')' => found.push(Piece::Close),
            '"' => {
                let mut marks = Vec::new();
                loop {
                    match letters.next().ok_or("the search term has a quote without its end")? {
                        '"' => break,
                        '\\' => marks.extend(letters.next().into_iter().flat_map(plain)),
                        letter => marks.extend(mark(letter)),
                    }
                }
                found.push(Piece::Word(Phrase::read(&marks)));
            }
            blank if blank.is_whitespace() => {}
            _ => {
                let (mut marks, mut word, mut letter) = (Vec::new(), String::new(), Some(first));
                while let Some(here) = letter {
                    word.push(here);
                    if here == '\\' {
                        marks.extend(letters.next().into_iter().flat_map(plain));
                    } else {
                        marks.extend(mark(here));
                    }
                    letter =
                        letters.next_if(|next| !next.is_whitespace() && !matches!(next, '(' | ')' | '"'));
                }
                found.push(match word.to_ascii_uppercase().as_str() {
                    "AND" => Piece::And,
                    "OR" => Piece::Or,
                    "NOT" => Piece::Not,
                    _ => Piece::Word(Phrase::read(&marks)),
                });
            }
        }
    }
    // Punctuation alone is nothing to look for.
    found.retain(|piece| !matches!(piece, Piece::Word(Phrase(tokens)) if tokens.is_empty()));
    Ok(found)
}

fn plain(letter: char) -> impl Iterator<Item = Mark> {
    letter.to_lowercase().map(Mark::Plain)
}

fn mark(letter: char) -> Vec<Mark> {
    match letter {
        '*' => vec![Mark::Many],
        '?' => vec![Mark::One],
        letter => plain(letter).collect(),
    }
}

struct Parser<'a> {
    pieces: &'a [Piece],
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Term, String> {
        let mut terms = vec![self.all()?];
        while self.take(&Piece::Or) {
            terms.push(self.all()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::Any(terms) })
    }

    /// Words that only stand beside each other must all be there.
    fn all(&mut self) -> Result<Term, String> {
        let mut terms = vec![self.one()?];
        loop {
            let and = self.take(&Piece::And);
            if self.take(&Piece::Not) {
                let not = self.one()?;
                let found = if terms.len() == 1 { terms.remove(0) } else { Term::All(terms) };
                terms = vec![Term::Without(Box::new(found), Box::new(not))];
            } else if and || matches!(self.pieces.get(self.next), Some(Piece::Word(_) | Piece::Open)) {
                terms.push(self.one()?);
            } else {
                return Ok(if terms.len() == 1 { terms.remove(0) } else { Term::All(terms) });
            }
        }
    }

    fn one(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("the search term is nested too deeply".to_owned());
        }
        let piece = self.pieces.get(self.next).cloned();
        self.next += 1;
        let term = match piece {
            Some(Piece::Word(phrase)) => Term::Phrase(phrase),
            Some(Piece::Open) => {
                let inner = self.any()?;
                if !self.take(&Piece::Close) {
                    return Err("the search term has a parenthesis without its end".to_owned());
                }
                inner
            }
            _ => return Err("the search term has an operator without a word".to_owned()),
        };
        self.depth -= 1;
        Ok(term)
    }

    fn take(&mut self, wanted: &Piece) -> bool {
        let found = self.pieces.get(self.next) == Some(wanted);
        self.next += usize::from(found);
        found
    }
}

const SHORTEST: usize = 2;
const MAX_DEPTH: usize = 50;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::super::tokens::tokens;
    use super::parse;

    fn found(term: &str, text: &str) -> bool {
        let tokens = tokens(text);
        parse(term).unwrap().holds(&|phrase| phrase.is_in(&tokens))
    }

    #[test]
    fn operators_bind_as_documented() {
        assert!(found("acme OR (beta AND gamma)", "Acme Corp"));
        assert!(!found("acme AND beta OR gamma", "Acme Corp"));
        assert!(found("acme AND NOT beta", "Acme Corp"));
        assert!(!found("acme AND NOT corp", "Acme Corp"));
        assert!(found("corp acme", "Acme Corp"));
    }

    #[test]
    fn a_quoted_phrase_wants_its_words_in_order() {
        assert!(found("\"555 0142\"", "(415) 555-0142"));
        assert!(!found("\"0142 555\"", "(415) 555-0142"));
        assert!(found(r"415\-555\-0142", "(415) 555-0142"));
        assert!(!found("4155550142", "(415) 555-0142"));
    }

    #[test]
    fn wildcards_stand_in_and_after_a_word() {
        assert!(found("smi*", "Smith"));
        assert!(found("sm?th", "Smith"));
        assert!(!found("sm?th", "Smooth"));
        assert!(found("*ac*", "Acme"));
    }

    #[test]
    fn what_cannot_be_searched_for_is_refused() {
        for term in ["", "a", "(acme", "acme)", "\"acme", "acme OR", "AND acme", "!!!"] {
            assert!(parse(term).is_err(), "{term}");
        }
    }

    proptest! {
        #[test]
        fn no_term_makes_the_search_panic(term in any::<String>(), text in any::<String>()) {
            if let Ok(parsed) = parse(&term) {
                let tokens = tokens(&text);
                let _ = parsed.holds(&|phrase| phrase.is_in(&tokens));
            }
        }
    }
}
