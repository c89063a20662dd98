//! Words of strangers, made harmless: nothing that nobody sees or hears, no markup, no address of the web.
//!
//! What is left is one line of plain words, of which a listener hears all and a model reads no more. The letters of
//! every script stay. U+200C and U+200D, which only change how neighbours are joined in writing, go even within Persian
//! and Indic words: they are not heard, and a run of them can carry hidden text.

use std::borrow::Cow;

/// No more is read of a text, in characters: far more than is ever said of one.
const READ: usize = 4_096;
/// How long an HTML entity is at most, between `&` and `;`.
const ENTITY: usize = 8;
/// What an address begins with, where no `//` follows.
const SCHEMES: [&str; 9] =
    ["www.", "mailto:", "tel:", "sms:", "sip:", "sips:", "javascript:", "data:", "file:"];

/// The words on one line, cut at `limit` characters. Where something was cut or left out stands an ellipsis.
pub(crate) fn harmless(text: &str, limit: usize) -> String {
    let mut rest = text.chars();
    let visible: String = rest.by_ref().take(READ).filter_map(visible).collect();
    let unlinked = without_links(&without_tags(&visible));
    let mut line = String::new();
    let mut room = limit;
    let words = unlinked.split_whitespace().map(without_address);
    for word in words.chain(rest.next().map(|_| "\u{2026}".into())) {
        let ellipsis_again = word == "\u{2026}" && line.ends_with('\u{2026}');
        if word.is_empty() || ellipsis_again {
            continue;
        }
        let gap = usize::from(!line.is_empty());
        let length = word.chars().count();
        if gap + length > room {
            if gap < room {
                line.extend((gap == 1).then_some(' '));
                line.extend(word.chars().take(room - gap));
            }
            if !line.ends_with('\u{2026}') {
                line.push('\u{2026}');
            }
            return line;
        }
        line.extend((gap == 1).then_some(' '));
        line.push_str(&word);
        room -= gap + length;
    }
    line
}

/// The words in quotation marks, so that a model takes them for what they are: data, and no instruction.
///
/// They are on one line without markup and without characters that nobody sees, and not longer than `limit` characters.
/// Words of records are a [`RecordText`](crate::crm::RecordText), which has no other way into an answer.
pub fn quoted(text: &str, limit: usize) -> String {
    format!("\u{201c}{}\u{201d}", harmless(text, limit))
}

/// A character as it may be told: none for what is not seen, a blank for what separates or could be a command.
fn visible(character: char) -> Option<char> {
    Some(match character {
        _ if is_unseen(character) => return None,
        // Braces are the placeholders of platforms, back quotes and backslashes those of models and of markup.
        '{' | '}' | '`' | '\\' | '\u{2800}' => ' ',
        _ if character.is_whitespace() || character.is_control() => ' ',
        // No quotation mark ends the quotation.
        '"'
        | '\u{201c}'..='\u{201f}'
        | '\u{ab}'
        | '\u{bb}'
        | '\u{2033}'
        | '\u{2036}'
        | '\u{301d}'..='\u{301f}'
        | '\u{ff02}' => '\'',
        // Wide forms of letters, digits, and of the signs of markup and addresses are the same to whoever reads them.
        '\u{ff10}'..='\u{ff19}'
        | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}'
        | '\u{ff03}'
        | '\u{ff06}'
        | '\u{ff08}'
        | '\u{ff09}'
        | '\u{ff0e}'
        | '\u{ff0f}'
        | '\u{ff1a}'
        | '\u{ff1c}'
        | '\u{ff1e}'
        | '\u{ff20}'
        | '\u{ff3b}'
        | '\u{ff3d}' => return char::from_u32(u32::from(character) - 0xfee0).and_then(visible),
        '\u{fe64}' => '<',
        '\u{fe65}' => '>',
        '\u{ff3c}' | '\u{ff40}' | '\u{ff5b}' | '\u{ff5d}' => ' ',
        other => other,
    })
}

/// Whether nobody sees or hears a character, so that it can only hide something or turn words around.
///
/// These are the property `Default_Ignorable_Code_Point` of Unicode 17, which has the bidirectional controls, the
/// variation selectors and the tags in it, the marks of annotations, what stands for an object, and what means nothing
/// to anybody else: private use and noncharacters.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// The text with a blank for each tag and entity, and without what is left of them.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let last_end = text.rfind('>');
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&']) {
        plain.push_str(&rest[..at]);
        let (sign, behind) = (&rest[at..=at], &rest[at + 1..]);
        let begins_tag = behind.starts_with(|next: char| next.is_alphabetic() || "/!?|".contains(next));
        let is_closed = last_end.is_some_and(|end| end > text.len() - behind.len());
        rest = match sign {
            "<" if begins_tag && is_closed => behind.find('>').map_or("", |end| &behind[end + 1..]),
            "&" => {
                if let Some(length) = entity(behind) {
                    &behind[length..]
                } else {
                    plain.push('&');
                    rest = behind;
                    continue;
                }
            }
            _ => behind,
        };
        plain.push(' ');
    }
    plain.push_str(rest);
    plain
}

/// How many bytes an entity has behind its `&`.
fn entity(behind: &str) -> Option<usize> {
    let end = behind.char_indices().take(ENTITY + 1).find(|(_, letter)| *letter == ';')?.0;
    let name = &behind[..end];
    let known = ["lt", "gt", "amp", "quot", "apos", "nbsp", "colon", "sol", "lpar", "rpar", "lsqb", "rsqb"];
    (name.starts_with('#') || known.iter().any(|known| name.eq_ignore_ascii_case(known))).then_some(end + 1)
}

/// The text with the words of each Markdown link instead of the link.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let last_end = text.rfind(')');
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        plain.push_str(&rest[..at]);
        if let Some(begin) = plain.rfind('[') {
            plain.replace_range(begin..=begin, " ");
        }
        plain.push(' ');
        let target = &rest[at + 2..];
        let is_closed = last_end.is_some_and(|end| end >= text.len() - target.len());
        let end = if is_closed { target.find(')').map(|end| end + 1) } else { None };
        rest = &target[end.or_else(|| target.find(char::is_whitespace)).unwrap_or(target.len())..];
    }
    plain.push_str(rest);
    plain
}

/// The word up to the address in it, if there is one.
fn without_address(word: &str) -> Cow<'_, str> {
    match address(word) {
        Some(begin) => format!("{}\u{2026}", &word[..begin]).into(),
        None => word.into(),
    }
}

/// Where an address begins in a word.
///
/// A bare name such as `booking.com` and an e-mail address stay: firms and people are called so.
fn address(word: &str) -> Option<usize> {
    // An ellipsis behind it says that there is no more of it.
    let small = word.trim_end_matches('\u{2026}').to_ascii_lowercase();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+.-".contains(letter);
    let scheme = small.find("//").map(|at| {
        let before = small[..at].strip_suffix(':').unwrap_or(&small[..at]);
        before.trim_end_matches(is_part).len()
    });
    let named = SCHEMES.iter().filter_map(|begin| {
        small.match_indices(begin).map(|(at, _)| at).find(|at| {
            let stands_alone =
                !small[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '@');
            stands_alone && small.len() > at + begin.len()
        })
    });
    let path = small.match_indices('/').find_map(|(slash, _)| {
        let begin = small[..slash].trim_end_matches(is_part).len();
        let (_, last) = small[begin..slash].rsplit_once('.')?;
        let is_domain = last.len() >= 2 && last.bytes().all(|letter| letter.is_ascii_alphabetic());
        (is_domain && slash + 1 < small.len()).then_some(begin)
    });
    scheme.into_iter().chain(named).chain(path).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A text like those that strangers write: any characters, and the pieces of which markup is made.
    fn strange() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            "[a-z ]{1,6}",
            proptest::sample::select(vec![
                "<speak>",
                "</",
                "<",
                ">",
                "<break time='9s'/>",
                "[a](",
                "](",
                "[",
                ")",
                "//",
                "https://",
                "www.",
                "evil.com/x",
                "mailto:",
                "&lt;",
                "&#60;",
                "&",
                ";",
                "\"",
                "\u{201d}",
                "{{",
                "\u{202e}",
                "\u{200b}",
                "\u{e0041}",
                "\u{fe0f}",
                "\u{ff1c}",
                "\n",
                " ",
                "\u{ff0f}",
                "javascript:",
                "\u{ff02}",
                "`",
                "ht",
                "tp:",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_unseen_no_markup_and_no_address_is_left_of_any_text(text in strange(), limit in 1_usize..200) {
            let line = harmless(&text, limit);
            prop_assert!(line.chars().count() <= limit + 1, "{line:?}");
            prop_assert!(!line.chars().any(|one| is_unseen(one) || one.is_control()), "{line:?}");
            prop_assert!(!line.contains(['<', '>', '"', '\u{201c}', '\u{201d}', '{', '}', '`', '\\']), "{line:?}");
            for piece in ["](", "//", "&#6", "&lt;", "  "] {
                prop_assert!(!line.contains(piece), "{piece} in {line:?}");
            }
            prop_assert!(line.split(' ').all(|word| address(word).is_none()), "{line:?}");
        }

        #[test]
        fn what_is_quoted_stays_one_line_inside_its_marks(text in strange(), limit in 1_usize..40) {
            let quoted = quoted(&text, limit);
            let inside = quoted.strip_prefix('\u{201c}').and_then(|rest| rest.strip_suffix('\u{201d}')).unwrap();
            let broken_out = inside.contains(['\u{201c}', '\u{201d}', '"', '\n']);
            prop_assert!(!broken_out);
            prop_assert!(inside.chars().count() <= limit + 1);
        }

        #[test]
        fn words_of_plain_letters_and_digits_stay_what_they_are(
            words in proptest::collection::vec("[\\p{Latin}\\p{Cyrillic}\\p{Greek}\\p{Hebrew}0-9]{1,8}", 1..12),
        ) {
            // Wide letters are written as the usual ones.
            let plain = |word: &String| word.chars().filter(|one| visible(*one) == Some(*one)).collect::<String>();
            let words: Vec<_> = words.iter().map(plain).filter(|word| !word.is_empty()).collect();
            let text = words.join(" ");
            prop_assert_eq!(harmless(&text, 4_000), text);
        }

        #[test]
        fn what_was_made_harmless_stays_as_it_is(text in strange()) {
            let once = harmless(&text, 4_000);
            prop_assert_eq!(harmless(&once, 4_000), once);
        }
    }

    #[test]
    fn markup_is_left_out_and_its_words_stay() {
        for (text, left) in [
            ("<speak>Hello <break time=\"9s\"/>there</speak>", "Hello there"),
            ("a < b & c > d", "a b & c d"),
            ("&lt;speak&gt; AT&T", "speak AT&T"),
            ("pay [here](https://evil.example/x) now", "pay here now"),
            ("![logo](data:x) Ltd", "! logo Ltd"),
            ("\u{ff1c}speak\u{ff1e}\u{ff21}\u{ff22}", "AB"),
            ("Hello {{ customer.number }}", "Hello customer.number"),
            ("<<b>speak>", "speak"),
        ] {
            assert_eq!(harmless(text, 200), left, "{text}");
        }
    }

    #[test]
    fn addresses_are_left_out_and_names_and_mail_addresses_stay() {
        for (text, left) in [
            ("see https://evil.example/x now", "see \u{2026} now"),
            ("see(HTTP://evil.example)", "see(\u{2026}"),
            ("www.evil.example", "\u{2026}"),
            ("evil.com/login or //evil.com", "\u{2026}"),
            ("call tel:+19005550100", "call \u{2026}"),
            ("h\u{200b}ttps:\u{2060}//evil.example", "\u{2026}"),
            ("Booking.com, ada@example.com", "Booking.com, ada@example.com"),
            ("Data: lost, 24/7, and/or, version 2.0/3", "Data: lost, 24/7, and/or, version 2.0/3"),
        ] {
            let joined = left.replace("\u{2026} or", "\u{2026}");
            let line = harmless(text, 200);
            assert!(line == joined || line == "\u{2026} or \u{2026}", "{text}: {line}");
        }
    }

    #[test]
    fn the_letters_of_every_script_stay() {
        for text in [
            "Zoë Groß",
            "Ольга",
            "محمد",
            "שלום",
            "नमस्ते",
            "สวัสดี",
            "打印机坏了,请帮忙!",
            "고객",
            "プリンター",
            "O'Neil-Smith",
        ] {
            assert_eq!(harmless(text, 200), text);
        }
        assert_eq!(
            harmless("می\u{200c}خواهم", 200),
            "میخواهم",
            "what only joins letters in writing is not heard"
        );
        assert_eq!(harmless("क्\u{200d}ष", 200), "क्ष");
    }

    #[test]
    fn a_text_is_cut_at_its_limit_and_says_so() {
        assert_eq!(harmless("one two three", 9), "one two t\u{2026}");
        assert_eq!(harmless("one two", 7), "one two");
        assert_eq!(harmless("one two", 4), "one\u{2026}");
        assert!(harmless(&"a ".repeat(READ), 100_000).ends_with('\u{2026}'));
        assert_eq!(harmless("\u{e0001}\u{e0041}\u{e007f}", 20), "");
    }
}
