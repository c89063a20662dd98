//! Numbers that are said digit by digit, in groups with a pause between them.

use crate::phone::PhoneNumber;

/// What nobody loses track of.
const GROUP: usize = 3;

/// A number of a record: its digits one by one in groups, letters one by one. What joins them becomes a pause.
pub(super) fn grouped(number: &str) -> String {
    let mut groups: Vec<String> = Vec::new();
    let mut run: Vec<char> = Vec::new();
    let mut end_run = |run: &mut Vec<char>| {
        if run.iter().all(char::is_ascii_digit) {
            groups.extend(sizes(run.len()).scan(0, |from, size| {
                let group = &run[*from..*from + size];
                *from += size;
                Some(spaced(group))
            }));
        } else {
            groups.push(spaced(run));
        }
        run.clear();
    };
    for character in number.chars() {
        let joins = !character.is_alphanumeric();
        let other_kind = run.last().is_some_and(|last| last.is_ascii_digit() != character.is_ascii_digit());
        if !run.is_empty() && (joins || other_kind) {
            end_run(&mut run);
        }
        if !joins {
            run.push(character);
        }
    }
    if !run.is_empty() {
        end_run(&mut run);
    }
    groups.join(", ")
}

/// A case number as people say it: without the zeros that a CRM fills it up with.
pub(super) fn case_number(number: &str) -> String {
    let number = number.trim();
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return grouped(number);
    }
    let bare = number.trim_start_matches('0');
    grouped(if bare.is_empty() { "0" } else { bare })
}

/// A telephone number in the groups in which its country writes it.
pub(super) fn telephone(number: &PhoneNumber) -> String {
    let groups: Vec<String> = number.groups().iter().map(|group| grouped(group)).collect();
    format!("+{}", groups.join(", "))
}

/// The sizes of the groups of so many digits: threes, and twos where one digit would be left.
fn sizes(mut length: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let size = match length {
            0 => return None,
            4 | 2 => 2,
            1 => 1,
            _ => GROUP,
        };
        length -= size;
        Some(size)
    })
}

fn spaced(characters: &[char]) -> String {
    let mut spaced = String::with_capacity(characters.len() * 2);
    for character in characters {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push(*character);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Region;

    #[test]
    fn digits_are_said_in_groups_of_which_none_is_a_single_digit() {
        for (number, said) in [
            ("7", "7"),
            ("42", "4 2"),
            ("1000", "1 0, 0 0"),
            ("12345", "1 2 3, 4 5"),
            ("482917305", "4 8 2, 9 1 7, 3 0 5"),
            ("1234567", "1 2 3, 4 5, 6 7"),
            ("ACC-1001", "A C C, 1 0, 0 1"),
            ("T1", "T, 1"),
            ("", ""),
        ] {
            assert_eq!(grouped(number), said, "{number}");
        }
    }

    #[test]
    fn the_zeros_in_front_of_a_case_number_are_not_said() {
        assert_eq!(case_number("00001000"), "1 0, 0 0");
        assert_eq!(case_number("00000000"), "0");
        assert_eq!(case_number("A007"), "A, 0 0 7", "of a number with letters they are a part");
    }

    #[test]
    fn a_telephone_number_is_said_in_the_groups_of_its_country() {
        let said = |text: &str| telephone(&PhoneNumber::parse(text, Region::US).unwrap());
        assert_eq!(said("+14155550142"), "+1, 4 1 5, 5 5 5, 0 1, 4 2");
        assert_eq!(said("+4930901820"), "+4 9, 3 0, 9 0 1, 8 2 0");
        assert_eq!(said("+33142685300"), "+3 3, 1, 4 2, 6 8, 5 3, 0 0");
    }
}
