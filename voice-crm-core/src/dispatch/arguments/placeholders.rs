//! Words that models write where they have nothing to write.

/// Longer texts say something.
const LONGEST: usize = 48;

/// Of what people write for nothing where they write no word.
const MARKS: &str = "-–—_.…?/*()[]<>";

/// In small letters and without what stands around them, in order. Words that are somebody's name are not among them.
const NOTHING: &[&str] = &[
    "aucun",
    "aucune",
    "desconhecida",
    "desconhecido",
    "desconocida",
    "desconocido",
    "empty",
    "entfällt",
    "inconnu",
    "inconnue",
    "k. a",
    "k.a",
    "keine",
    "keine angabe",
    "keine angaben",
    "leer",
    "n. a",
    "n.a",
    "n/a",
    "nenhum",
    "nenhuma",
    "nicht angegeben",
    "nicht bekannt",
    "nicht genannt",
    "nicht vorhanden",
    "nil",
    "ninguna",
    "ninguno",
    "no disponible",
    "no especificado",
    "no proporcionado",
    "no value",
    "non communiqué",
    "non disponible",
    "non fourni",
    "non précisé",
    "non renseigné",
    "none",
    "none given",
    "none provided",
    "not applicable",
    "not available",
    "not given",
    "not known",
    "not mentioned",
    "not provided",
    "not specified",
    "not stated",
    "null",
    "não disponível",
    "não especificado",
    "não fornecido",
    "não informado",
    "s.o",
    "sans objet",
    "sem dados",
    "sin datos",
    "unbekannt",
    "undefined",
    "unknown",
    "unspecified",
    "не известно",
    "не предоставлено",
    "не указан",
    "не указана",
    "не указано",
    "неизвестно",
    "нет",
    "нет данных",
    "отсутствует",
    "なし",
    "わからない",
    "不明",
    "不知道",
    "不详",
    "指定なし",
    "无",
    "暂无",
    "未指定",
    "未提供",
    "未知",
    "没有",
    "無し",
    "該当なし",
    "모름",
    "미상",
    "미제공",
    "알 수 없음",
    "없음",
    "제공되지 않음",
    "해당 없음",
];

/// Whether a text stands for nothing: it is empty, or such marks alone, or a word that says that there is nothing.
pub(super) fn is_placeholder(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let word = text.trim_matches(|sign: char| !sign.is_alphanumeric());
    if word.is_empty() {
        return text.chars().all(|sign| sign.is_whitespace() || MARKS.contains(sign));
    }
    // Nothing is copied for the texts of most arguments.
    if word.is_ascii() {
        let mut small = [0; LONGEST];
        let small = &mut small[..word.len()];
        small.copy_from_slice(word.as_bytes());
        small.make_ascii_lowercase();
        return NOTHING.binary_search_by(|nothing| nothing.as_bytes().cmp(small)).is_ok();
    }
    let small = word.to_lowercase();
    NOTHING.binary_search(&small.as_str()).is_ok()
}

/// Whether one of the texts in some JSON may stand for nothing. It is quick, and says yes too often: also for a name of
/// a field, and for a piece of a text.
pub(super) fn may_hold_one(json: &str) -> bool {
    let mut pieces = json.split('"');
    // Before the first text, and between two of them, stand signs alone.
    pieces.next();
    let mut is_text = true;
    for piece in pieces {
        if is_text && is_placeholder(piece) {
            return true;
        }
        // A quotation mark behind an odd number of backslashes is a part of the text.
        let backslashes = piece.bytes().rev().take_while(|byte| *byte == b'\\').count();
        is_text = !is_text || backslashes % 2 == 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order_and_in_their_form() {
        assert!(NOTHING.is_sorted());
        for word in NOTHING {
            assert!(is_placeholder(word), "{word}");
            for other in [r#"x \" y"#, r"x\\", r#"\\\""#] {
                assert!(may_hold_one(&format!(r#"{{"a":"{other}","b":"{word}"}}"#)), "{other} {word}");
            }
        }
    }

    #[test]
    fn marks_and_capitals_around_them_change_nothing_and_what_says_something_is_none() {
        for nothing in [
            "",
            " ",
            "-",
            "--",
            "?",
            "...",
            "None",
            " N/A ",
            "(unknown)",
            "<NOT PROVIDED>",
            "n.a.",
            "Нет",
            "无。",
        ] {
            assert!(is_placeholder(nothing), "{nothing}");
        }
        for something in
            ["Na", "0", "No", "None of them works", "Noone", "unknown caller wants a call", "A-1", "%", "\\"]
        {
            assert!(!is_placeholder(something), "{something}");
        }
        assert!(!may_hold_one(r#"{"description":"It smokes \" at all.","priority":"high"}"#));
    }
}
