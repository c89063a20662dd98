//! Every sentence that the bridge itself speaks: short, plain, without internals.

use super::{Phrase, Wording};

macro_rules! sentences {
    ($($(#[doc = $doc:literal])+ $name:ident($($value:literal),*) $key:literal = $english:literal;)+) => {
        $($(#[doc = $doc])+
        pub const $name: Phrase<{ <[&str]>::len(&[$($value),*]) }> = Phrase::new($key, &[$($value),*], $english);)+

        /// All of them, for the books to be held against.
        pub(crate) const BUILT_IN: &[Wording] = &[$($name.wording()),+];
    };
}

sentences! {
    /// Our records cannot be reached, and nothing had to be saved.
    RECORDS_UNREACHABLE() "records_unreachable" =
        "I can't reach our records right now. Please try again in a moment, or I can take a message.";
    /// Something could not even be noted down.
    NOT_SAVED() "not_saved" =
        "I could not save that just now. Please try again, or call us back in a few minutes.";
    /// The CRM refused what was to be saved.
    REFUSED() "refused" =
        "Our system did not accept that. It is noted, and a colleague will have to look at it.";
    /// The same request came before, with other details.
    CONFLICT() "conflict" =
        "This request came before with other details, and those count. Please ask for it as a new request.";
    /// It took too long.
    TOO_LATE() "too_late" = "That is taking longer than it should. Please try again in a moment.";
    /// It took too long, but a write is on its way.
    STILL_WORKING() "still_working" = "That is being saved. It only takes a little longer.";
    /// More is asked at a time than can be done.
    BUSY() "busy" = "We are very busy at this moment. Please try again in a minute.";
    /// Something in the bridge broke.
    BROKEN() "broken" = "Something went wrong on my side. Please try again.";
    /// The caller is not known well enough.
    NOT_ALLOWED() "not_allowed" =
        "I can only do that when you call from the number that we have on file. I can take a message instead.";
    /// It cannot be done on this call, whoever calls.
    NOT_POSSIBLE() "not_possible" = "I am not able to do that on this call. I can take a message instead.";
    /// The caller has to prove who they are.
    NOT_VERIFIED() "not_verified" =
        "Before I can do that, I have to make sure that it is you. May I verify you?";
    /// Too many attempts to prove who is calling have failed.
    LOCKED() "locked" =
        "I could not verify you, so I cannot do that on this call. A colleague can help you further.";
    /// Asked behind what is read back before it is done.
    IS_THAT_RIGHT() "is_that_right" = "Is that right?";
    /// Something that cannot be taken back, and has no sentence of its own.
    CANNOT_BE_UNDONE() "cannot_be_undone" = "This cannot be taken back.";
    /// A confirmation came too late, or for something else.
    NOT_CONFIRMED() "not_confirmed" = "Let me read that back to you once more.";
    /// Nobody has the caller's number.
    CALLER_UNKNOWN() "caller_unknown" =
        "No customer record has the number you are calling from. Please give me your account number.";
    /// Several contacts have the caller's number.
    CALLER_AMBIGUOUS() "caller_ambiguous" =
        "Several customer records have the number you are calling from. Please give me your account number.";
    /// Who is calling.
    CALLER_IS("name") "caller_is" = "The caller is {name}.";
    /// Who is calling, and for which account.
    CALLER_IS_OF("name", "account") "caller_is_of" = "The caller is {name} of {account}.";
    /// The number of the account.
    ACCOUNT_NUMBER_IS("number") "account_number_is" = "The account number is {number}.";
    /// An account has the number that was given; nothing of it is told.
    ACCOUNT_EXISTS() "account_exists" = "There is an account with that number. Go on with it.";
    /// No account, or no single one, has the number that was given.
    ACCOUNT_UNKNOWN() "account_unknown" =
        "I could not find an account with that number. Please check it with the caller.";
    /// The case is not there, or not the caller's.
    CASE_UNKNOWN() "case_unknown" =
        "I could not find a case with that number for you. Please check the number.";
    /// Where a case stands.
    CASE_STATUS("number", "subject", "status") "case_status" =
        "Case {number}, {subject}, has the status {status}.";
    /// A case was created.
    CASE_CREATED("number") "case_created" = "Case {number} has been created.";
    /// A case was created, and its number is not known.
    CASE_CREATED_UNNUMBERED() "case_created_unnumbered" = "The case has been created.";
    /// No account has the number that was given with a case.
    CASE_ACCOUNT_NOT_FOUND() "case_account_not_found" =
        "No account has the number that was given, so a colleague will assign it.";
    /// Several accounts have the number that was given with a case.
    CASE_ACCOUNT_AMBIGUOUS() "case_account_ambiguous" =
        "More than one account has the number that was given, so a colleague will assign it.";
    /// A case is durable, but not yet in the CRM.
    CASE_BEING_SAVED("reference") "case_being_saved" =
        "Your case is being saved. The reference is {reference}.";
    /// Contact details were changed.
    CONTACT_CHANGED() "contact_changed" = "The contact details have been changed.";
    /// A change is durable, but not yet in the CRM.
    CHANGE_BEING_SAVED("reference") "change_being_saved" =
        "The change is being saved. The reference is {reference}.";
    /// No assistant is set up to take a call.
    NOBODY() "nobody" = "We cannot take your call right now. Please call again later.";
}
