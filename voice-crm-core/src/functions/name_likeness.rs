//! Whether two names may be the same one, heard over a telephone.

/// How much a spoken name is like one on file.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Likeness {
    /// Another name.
    Different,
    /// It sounds like it, or is spelt nearly so.
    Alike,
    /// The same letters.
    Same,
}

/// Compares two names, or parts of them.
pub(super) fn likeness(spoken: &str, on_file: &str) -> Likeness {
    let (spoken, on_file) = (letters(spoken), letters(on_file));
    if spoken.is_empty() || on_file.is_empty() {
        return Likeness::Different;
    }
    if spoken == on_file {
        return Likeness::Same;
    }
    let allowed = spoken.len().min(on_file.len()) / 4;
    let near = distance(&spoken, &on_file) <= allowed.max(1) && spoken.len().min(on_file.len()) > 2;
    if near || sound(&spoken) == sound(&on_file) { Likeness::Alike } else { Likeness::Different }
}

/// The letters of a text in lower case and without marks, so that `Müller` and `muller` are one. Two letters
/// that stand for a marked one become it as well.
fn letters(text: &str) -> Vec<char> {
    let mut letters = Vec::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphabetic()) {
        match letter {
            'à'..='æ' | 'ā' | 'ă' | 'ą' => letters.push('a'),
            'ç' | 'ć' | 'č' => letters.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => letters.push('e'),
            'ì'..='ï' | 'ī' | 'ı' => letters.push('i'),
            'ñ' | 'ń' | 'ň' => letters.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => letters.push('o'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => letters.push('u'),
            'ý' | 'ÿ' => letters.push('y'),
            'š' | 'ś' | 'ş' | 'ș' => letters.push('s'),
            'ž' | 'ź' | 'ż' => letters.push('z'),
            'ł' => letters.push('l'),
            'ř' => letters.push('r'),
            'đ' | 'ď' => letters.push('d'),
            'ť' | 'ț' | 'ţ' => letters.push('t'),
            'ğ' => letters.push('g'),
            'ß' => letters.extend(['s', 's']),
            'e' if matches!(letters.last(), Some('a' | 'o' | 'u')) && text.is_ascii() => {}
            other => letters.push(other),
        }
    }
    letters
}

/// What is left of a name when its vowels are taken out and sounds that are mistaken for one another are one.
fn sound(letters: &[char]) -> String {
    let mut sound = String::new();
    for (place, &letter) in letters.iter().enumerate() {
        let class = match letter {
            'p' if letters.get(place + 1) == Some(&'h') => 'f',
            'b' | 'p' => 'p',
            'f' | 'v' | 'w' => 'f',
            'c' | 'g' | 'k' | 'q' | 'x' => 'k',
            'd' | 't' => 't',
            's' | 'z' => 's',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' if place > 0 => continue,
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' => 'a',
            other => other,
        };
        if !sound.ends_with(class) {
            sound.push(class);
        }
    }
    sound
}

/// How many letters have to be changed, put in, left out or swapped to make one text of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut rows = vec![0; (one.len() + 1) * width];
    for (at, place) in rows.iter_mut().take(width).enumerate() {
        *place = at;
    }
    for i in 1..=one.len() {
        rows[i * width] = i;
        for j in 1..width {
            let changed = usize::from(one[i - 1] != other[j - 1]);
            let mut least = rows[(i - 1) * width + j - 1] + changed;
            least = least.min(rows[(i - 1) * width + j] + 1).min(rows[i * width + j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[(i - 2) * width + j - 2] + 1);
            }
            rows[i * width + j] = least;
        }
    }
    rows.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_sound_alike_are_alike_and_others_are_not() {
        for (spoken, on_file) in [
            ("Meyer", "Maier"),
            ("Schmidt", "Schmitt"),
            ("Lovelace", "Lovelance"),
            ("Lovlace", "Lovelace"),
            ("Stephen", "Steven"),
            ("Ann", "Anne"),
        ] {
            assert_eq!(likeness(spoken, on_file), Likeness::Alike, "{spoken} {on_file}");
        }
        for (spoken, on_file) in [("Lovelace", "Babbage"), ("Li", "Lu Xun"), ("Meyer", "Miller"), ("", "x")] {
            assert_eq!(likeness(spoken, on_file), Likeness::Different, "{spoken} {on_file}");
        }
    }

    #[test]
    fn marks_and_case_make_no_difference() {
        for (spoken, on_file) in
            [("MULLER", "Müller"), ("Mueller", "Müller"), ("oneill", "O'Neill"), ("Strasse", "Straße")]
        {
            assert_eq!(likeness(spoken, on_file), Likeness::Same, "{spoken} {on_file}");
        }
    }

    proptest! {
        #[test]
        fn likeness_is_mutual_and_a_name_is_the_same_as_itself(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
            if one.chars().any(char::is_alphabetic) {
                prop_assert_eq!(likeness(&one, &one), Likeness::Same);
            }
        }
    }
}
