//! The forms in which an account number that was heard may be stored: an org compares whole texts, and takes capitals and
//! small letters alone for the same.

use voice_crm_core::crm::{number_parts, spelled_number, spoken_number};

/// How many forms there are at most.
const MOST_FORMS: usize = 12;

/// The forms in which a number may be stored, as it was said first. All of them have the letters and digits of one of the
/// two readings: as it was said, or with the words for letters and digits read as these.
pub(crate) fn stored_forms(said: &str) -> Vec<String> {
    let said = said.trim();
    let plain = spoken_number(said);
    let mut forms = vec![said.to_owned()];
    if plain.is_empty() {
        return forms;
    }
    // As it was said, in parts, and where letters and digits meet; single letters and digits are no parts.
    let said_parts: Vec<String> = number_parts(said).into_iter().map(str::to_uppercase).collect();
    let is_spelled = said_parts.iter().any(|part| part.chars().count() == 1);
    let runs = runs(&plain);
    forms.push(plain);
    for parts in [Some(runs), Some(said_parts).filter(|_| !is_spelled)].into_iter().flatten() {
        forms.extend(["-", " ", "/"].map(|between| parts.join(between)));
    }
    if let Some(spelled) = spelled_number(said) {
        let parts = self::runs(&spelled);
        forms.push(spelled);
        forms.extend(["-", " ", "/"].map(|between| parts.join(between)));
    }
    let mut known = Vec::with_capacity(MOST_FORMS);
    for form in forms {
        if !known.contains(&form) {
            known.push(form);
        }
    }
    known
}

/// The runs of letters and of digits in a text.
fn runs(plain: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut last = None;
    for sign in plain.chars() {
        let is_digit = sign.is_numeric();
        match runs.last_mut() {
            Some(run) if last == Some(is_digit) => run.push(sign),
            _ => runs.push(sign.to_string()),
        }
        last = Some(is_digit);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_is_found_in_the_usual_forms() {
        for said in ["ACC-1001", "acc 1001", "ACC1001", "A C C 1 0 0 1", "A-C-C dash 1001", "a.c.c./1001"] {
            let forms = stored_forms(said);
            for stored in ["ACC-1001", "ACC1001", "ACC 1001"] {
                assert!(forms.iter().any(|form| form.eq_ignore_ascii_case(stored)), "{said}: {forms:?}");
            }
            assert!(forms.len() <= MOST_FORMS, "{forms:?}");
        }
        assert!(stored_forms("12 345 678").contains(&"12-345-678".to_owned()));
        let spelled = stored_forms("alpha charlie charlie dash one null null one");
        for stored in ["ACC-1001", "ACC1001", "ACC 1001"] {
            assert!(spelled.contains(&stored.to_owned()), "{spelled:?}");
        }
        assert!(spelled.len() <= MOST_FORMS, "{spelled:?}");
        assert!(stored_forms("Alpha-100").contains(&"ALPHA-100".to_owned()), "it may be a name as well");
    }

    #[test]
    fn no_form_is_another_number_and_what_is_none_is_as_it_was_said() {
        for said in ["ACC-1001", "A 1 B 2", "12 34", "x' OR 'a'='a"] {
            for form in stored_forms(said) {
                assert_eq!(spoken_number(&form), spoken_number(said), "{said}: {form}");
            }
        }
        assert_eq!(stored_forms(" % "), ["%"]);
    }
}
