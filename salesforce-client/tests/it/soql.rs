//! Any text survives as one literal, by the judgement of a lexer that shares no code with the crate.

use proptest::prelude::*;
use salesforce_client::{LikePattern, Soql};

/// Reads the quoted literal at the start; gives its value and what follows.
fn literal(text: &str, like: bool) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?.chars();
    let mut value = String::new();
    loop {
        match rest.next()? {
            '\'' => return Some((value, rest.as_str())),
            '\\' => match rest.next()? {
                'n' | 'N' => value.push('\n'),
                'r' | 'R' => value.push('\r'),
                't' | 'T' => value.push('\t'),
                'b' | 'B' => value.push('\u{8}'),
                'f' | 'F' => value.push('\u{c}'),
                same @ ('\'' | '\\' | '"') => value.push(same),
                same @ ('%' | '_') if like => value.push(same),
                _ => return None,
            },
            '%' | '_' if like => return None,
            plain => value.push(plain),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_survives_as_exactly_one_literal(value in any::<String>()) {
        let rendered = Soql::new("SELECT Id FROM Contact WHERE Name = :v AND Id != null")
            .bind("v", &value)
            .render()
            .unwrap();
        let at = rendered.find('\'').unwrap();
        let (read, rest) = literal(&rendered[at..], false).unwrap();
        prop_assert_eq!(read, value);
        prop_assert_eq!(rest, " AND Id != null");
    }

    #[test]
    fn quotes_and_backslashes_in_any_mix_stay_inside(value in r#"['"\\%_nrtb: ]{0,40}"#) {
        let rendered = Soql::new("WHERE A = :v AND B = :w").bind("v", &value).bind("w", &value).render().unwrap();
        let (first, rest) = literal(rendered.strip_prefix("WHERE A = ").unwrap(), false).unwrap();
        let (second, rest) = literal(rest.strip_prefix(" AND B = ").unwrap(), false).unwrap();
        prop_assert_eq!((first.as_str(), second.as_str(), rest), (value.as_str(), value.as_str(), ""));
    }

    #[test]
    fn a_like_pattern_has_no_wildcard_but_its_own(value in any::<String>()) {
        let rendered = Soql::new(":p").bind("p", LikePattern::contains(&value)).render().unwrap();
        let inner = rendered.strip_prefix("'%").and_then(|text| text.strip_suffix("%'")).unwrap();
        let quoted = format!("'{inner}'");
        let (read, rest) = literal(&quoted, true).unwrap();
        prop_assert_eq!((read.as_str(), rest), (value.as_str(), ""));
    }

    #[test]
    fn every_item_of_a_list_is_a_literal_of_its_own(values in proptest::collection::vec(any::<String>(), 1..6)) {
        let rendered = Soql::new(":list").bind("list", &values).render().unwrap();
        let mut rest = rendered.strip_prefix('(').unwrap();
        for value in &values {
            let (read, after) = literal(rest, false).unwrap();
            prop_assert_eq!(&read, value);
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        prop_assert_eq!(rest, ")");
    }
}
