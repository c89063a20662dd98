//! The words for letters and digits, in the languages in which callers are heard.

/// The alphabet of pilots, with both spellings of some.
const LETTERS: [(&str, char); 29] = [
    ("alpha", 'A'),
    ("alfa", 'A'),
    ("bravo", 'B'),
    ("charlie", 'C'),
    ("delta", 'D'),
    ("echo", 'E'),
    ("foxtrot", 'F'),
    ("golf", 'G'),
    ("hotel", 'H'),
    ("india", 'I'),
    ("juliett", 'J'),
    ("juliet", 'J'),
    ("kilo", 'K'),
    ("lima", 'L'),
    ("mike", 'M'),
    ("november", 'N'),
    ("oscar", 'O'),
    ("papa", 'P'),
    ("quebec", 'Q'),
    ("romeo", 'R'),
    ("sierra", 'S'),
    ("tango", 'T'),
    ("uniform", 'U'),
    ("victor", 'V'),
    ("whiskey", 'W'),
    ("whisky", 'W'),
    ("xray", 'X'),
    ("yankee", 'Y'),
    ("zulu", 'Z'),
];

/// The words for each digit, from zero, in English, German, French, Spanish, Portuguese, Russian and Japanese.
const DIGITS: [&[&str]; 10] = [
    &["zero", "null", "zéro", "cero", "ноль", "нуль", "ゼロ", "レイ", "れい"],
    &["one", "eins", "ein", "un", "uno", "um", "один", "イチ", "いち"],
    &["two", "zwei", "zwo", "deux", "dos", "dois", "два", "ニ", "に"],
    &["three", "drei", "trois", "tres", "três", "три", "サン", "さん"],
    &["four", "vier", "quatre", "cuatro", "quatro", "четыре", "ヨン", "よん"],
    &["five", "fünf", "cinq", "cinco", "пять", "ゴ", "ご"],
    &["six", "sechs", "seis", "meia", "шесть", "ロク", "ろく"],
    &["seven", "sieben", "sept", "siete", "sete", "семь", "ナナ", "なな"],
    &["eight", "acht", "huit", "ocho", "oito", "восемь", "ハチ", "はち"],
    &["nine", "niner", "neun", "neuf", "nueve", "nove", "девять", "キュウ", "きゅう"],
];

/// The signs for each digit, from zero, which are written without blanks: Chinese, also as it is said of numbers, Japanese
/// and Korean.
const SIGNS: [&str; 10] =
    ["零〇영공", "一幺일", "二两兩이", "三삼", "四사", "五오", "六육륙", "七칠", "八팔", "九구"];

/// The letter or the digits that a word in small letters stands for, if it does.
pub(super) fn signs(word: &str) -> Option<String> {
    let letter = LETTERS.iter().find(|(name, _)| *name == word).map(|(_, letter)| *letter);
    let digit = || DIGITS.iter().zip('0'..).find(|(names, _)| names.contains(&word)).map(|(_, digit)| digit);
    let of_sign =
        |sign: char| SIGNS.iter().zip('0'..).find(|(signs, _)| signs.contains(sign)).map(|(_, digit)| digit);
    letter.or_else(digit).map(String::from).or_else(|| word.chars().map(of_sign).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_word_stands_for_two_and_each_is_in_small_letters() {
        let words = || {
            LETTERS.iter().map(|(name, _)| *name).chain(DIGITS.iter().flat_map(|names| names.iter().copied()))
        };
        assert_eq!(words().collect::<BTreeSet<_>>().len(), words().count());
        assert!(words().all(|word| word == word.to_lowercase()));
        let letters: BTreeSet<char> = LETTERS.iter().map(|(_, letter)| *letter).collect();
        assert_eq!(letters, ('A'..='Z').collect());
    }
}
