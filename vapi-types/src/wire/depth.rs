//! A bound on nesting, judged before anything recurses.

/// True if the brackets of `json` nest deeper than `limit`.
///
/// A text with few opening brackets cannot nest deeply, and counting bytes is nearly free, so ordinary
/// messages never pay for the exact walk.
pub(crate) fn nests_deeper_than(limit: usize, json: &str) -> bool {
    opening_brackets(json) > limit && walk(limit, json)
}

/// Counts in chunks that a byte-wide counter can hold, so that the compiler counts many bytes at once.
fn opening_brackets(json: &str) -> usize {
    // The two brackets differ in this one bit.
    let is_opening = |byte: &u8| u8::from(byte | 0x20 == b'{');
    json.as_bytes().chunks(255).map(|chunk| usize::from(chunk.iter().map(is_opening).sum::<u8>())).sum()
}

fn walk(limit: usize, json: &str) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::nests_deeper_than;

    #[test]
    fn only_nesting_counts_not_the_number_of_brackets() {
        let flat = format!("[{}{{}}]", "{},".repeat(500));
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));

        assert!(!nests_deeper_than(2, &flat));
        assert!(nests_deeper_than(1, &flat));
        assert!(nests_deeper_than(499, &deep));
        assert!(!nests_deeper_than(500, &deep));
    }

    #[test]
    fn long_runs_are_counted_exactly() {
        assert_eq!(super::opening_brackets(&"[{a;".repeat(1000)), 2000);
    }

    #[test]
    fn brackets_inside_strings_do_not_count() {
        let text = format!("[\"{}\\\"{}\"]", "[".repeat(50), "{".repeat(50));

        assert!(!nests_deeper_than(1, &text));
    }
}
