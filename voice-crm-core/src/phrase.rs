//! Every sentence that a caller may hear, in one place: short, plain, without internals.

use crate::crm::Reference;

/// Our records cannot be reached, and nothing had to be saved.
pub const RECORDS_UNREACHABLE: &str =
    "I can't reach our records right now. Please try again in a moment, or I can take a message.";
/// Something could not even be noted down.
pub const NOT_SAVED: &str =
    "I could not save that just now. Please try again, or call us back in a few minutes.";
/// The CRM refused what was to be saved.
pub const REFUSED: &str =
    "Our system did not accept that. It is noted, and a colleague will have to look at it.";
/// The same request came before, with other details.
pub const CONFLICT: &str =
    "This request came before with other details, and those count. Please ask for it as a new request.";
/// It took too long.
pub const TOO_LATE: &str = "That is taking longer than it should. Please try again in a moment.";
/// It took too long, but a write is on its way.
pub const STILL_WORKING: &str = "That is being saved. It only takes a little longer.";
/// Something in the bridge broke.
pub const BROKEN: &str = "Something went wrong on my side. Please try again.";
/// The caller is not known well enough.
pub const NOT_ALLOWED: &str =
    "I can only do that when you call from the number that we have on file. I can take a message instead.";
/// Nobody has the caller's number.
pub const CALLER_UNKNOWN: &str =
    "No customer record has the number you are calling from. Please give me your account number.";
/// Several contacts have the caller's number.
pub const CALLER_AMBIGUOUS: &str =
    "Several customer records have the number you are calling from. Please give me your account number.";
/// No account, or no single one, has the number that was given.
pub const ACCOUNT_UNKNOWN: &str =
    "I could not find an account with that number. Please check it with the caller.";
/// The case is not there, or not the caller's.
pub const CASE_UNKNOWN: &str = "I could not find a case with that number for you. Please check the number.";

/// No assistant is set up to take a call.
pub const NOBODY: &str = "We cannot take your call right now. Please call again later.";

/// It is durable, but not yet in the CRM.
pub fn being_saved(what: &str, reference: &Reference) -> String {
    format!("{what} is being saved. The reference is {}.", spelled(reference.as_str()))
}

/// Characters with spaces between them, so that a voice reads them one by one.
pub fn spelled(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len() * 2);
    for character in text.chars() {
        if !spelled.is_empty() {
            spelled.push(' ');
        }
        spelled.push(character);
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_spelled_digit_by_digit() {
        assert_eq!(spelled("00012"), "0 0 0 1 2");
        assert_eq!(spelled(""), "");
    }
}
