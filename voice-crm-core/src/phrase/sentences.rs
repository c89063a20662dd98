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
        "I already have that request with other details and kept the first. Shall I file this as a new one?";
    /// It took too long.
    TOO_LATE() "too_late" = "That is taking longer than it should. Please try again in a moment.";
    /// It took too long, but a write is on its way.
    STILL_WORKING() "still_working" = "That is being saved. It only takes a little longer.";
    /// More is asked at a time than can be done.
    BUSY() "busy" = "We are very busy at this moment. Please try again in a minute.";
    /// The call has made as many records as one call may.
    TOO_MANY_ON_CALL() "too_many_on_call" =
        "I cannot save any more on one call, so this was not saved. Everything before it is kept. A colleague can help you further.";
    /// The number has made as many records as it may for now.
    TOO_MANY_FROM_NUMBER() "too_many_from_number" =
        "I cannot save any more from this number for now, so this was not saved. Everything before it is kept. Please call again in an hour, or a colleague can help you further.";
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
        "I could not verify you on this call. Please call again later, or I can take a message for a colleague.";
    /// Asked behind what is read back before it is done.
    IS_THAT_RIGHT() "is_that_right" = "Is that right?";
    /// Something that cannot be taken back, and has no sentence of its own.
    CANNOT_BE_UNDONE() "cannot_be_undone" = "This cannot be undone.";
    /// A confirmation came too late, or for something else.
    NOT_CONFIRMED() "not_confirmed" = "Let me read that back to you once more.";
    /// A confirmation came after the same was changed once more.
    CONFIRMATION_SPENT() "confirmation_spent" =
        "That was changed again in the meantime, so I have left it as it is now. Shall I change it once more?";
    /// Nobody has the caller's number.
    CALLER_UNKNOWN() "caller_unknown" =
        "I don't find an account under the number you are calling from. What is your account number?";
    /// Several contacts have the caller's number.
    CALLER_AMBIGUOUS() "caller_ambiguous" =
        "I find several accounts under the number you are calling from. What is your account number?";
    /// The caller keeps the number back.
    CALLER_WITHHELD() "caller_withheld" =
        "Your number is withheld, so I cannot see who is calling. What is your account number?";
    /// The caller speaks from a browser or an app.
    CALLER_ONLINE() "caller_online" =
        "You are calling over the internet, so I see no phone number of yours. What is your account number?";
    /// The call came without a telephone number, from a SIP address or under a short code.
    CALLER_WITHOUT_NUMBER() "caller_without_number" =
        "Your call came without a phone number, so I cannot look you up by it. What is your account number?";
    /// Who is calling.
    CALLER_IS("name") "caller_is" = "I am speaking with {name}.";
    /// Who is calling, and for which account.
    CALLER_IS_OF("name", "account") "caller_is_of" = "I am speaking with {name} of {account}.";
    /// The number of the account.
    ACCOUNT_NUMBER_IS("number") "account_number_is" = "Your account number is {number}.";
    /// An account has the number that was given; nothing of it is told.
    ACCOUNT_EXISTS() "account_exists" = "I have found an account with that account number.";
    /// No account, or no single one, has the number that was given.
    ACCOUNT_UNKNOWN() "account_unknown" =
        "I could not find an account with that number. Could you tell me your account number once more?";
    /// The case is not there, or not the caller's.
    CASE_UNKNOWN() "case_unknown" =
        "I could not find a case with that number for you. Please check the number.";
    /// Where a case stands. The status is one of the next sentences, or what a book has for it.
    CASE_STATUS("number", "subject", "status") "case_status" = "Case {number}, {subject}, {status}.";
    /// Nobody has begun.
    STATUS_NEW() "status_new" = "is new";
    /// Somebody is at it.
    STATUS_WORKING() "status_working" = "is being worked on";
    /// It rests.
    STATUS_ON_HOLD() "status_on_hold" = "is on hold";
    /// Something is expected of the customer.
    STATUS_WAITING() "status_waiting" = "is waiting for your answer";
    /// It was passed on to somebody who can do more.
    STATUS_ESCALATED() "status_escalated" = "has been passed on to a specialist";
    /// It is over.
    STATUS_CLOSED() "status_closed" = "is closed";
    /// Any other, in the CRM's own word.
    STATUS_OTHER("status") "status_other" = "has the status {status}";
    /// A case was created.
    CASE_CREATED("number") "case_created" = "Case {number} has been created.";
    /// A case was created, and its number is not known.
    CASE_CREATED_UNNUMBERED() "case_created_unnumbered" = "The case has been created.";
    /// No account has the number that was given with a case.
    CASE_ACCOUNT_NOT_FOUND() "case_account_not_found" =
        "I could not find the account number you gave me, so a colleague will assign the case.";
    /// Several accounts have the number that was given with a case.
    CASE_ACCOUNT_AMBIGUOUS() "case_account_ambiguous" =
        "More than one account has the account number you gave me, so a colleague will assign the case.";
    /// A case is durable, but not yet in the CRM.
    CASE_BEING_SAVED("reference") "case_being_saved" =
        "Your case is being saved. The reference is {reference}.";
    /// Contact details were changed.
    CONTACT_CHANGED() "contact_changed" = "The contact details have been changed.";
    /// A change is durable, but not yet in the CRM.
    CHANGE_BEING_SAVED("reference") "change_being_saved" =
        "The change is being saved. The reference is {reference}.";
    /// One customer has that name, and nobody else. It is not told who.
    PERSON_FOUND() "person_found" = "I have found that customer.";
    /// Nobody has that name.
    PEOPLE_NONE() "people_none" = "I could not find a customer who fits that. I can take a message instead.";
    /// Nobody has that name, as it was heard.
    PEOPLE_ASK_SPELLING() "people_ask_spelling" =
        "I could not find that name. Please spell the family name for me.";
    /// Several people belong to what was said.
    PEOPLE_ASK_NAME() "people_ask_name" = "More than one person fits that. What is your full name, please?";
    /// Several customers have that name and live in different towns.
    PEOPLE_ASK_TOWN() "people_ask_town" =
        "Several customers have that name. Which town do you live in, please?";
    /// Several customers have that name and belong to different companies.
    PEOPLE_ASK_COMPANY() "people_ask_company" =
        "Several customers have that name. Which company are you calling for, please?";
    /// Several customers have that name and are told apart by their numbers.
    PEOPLE_ASK_DIGITS() "people_ask_digits" =
        "Several customers have that name. What are the last four digits of the phone number we have for you, please?";
    /// Too many customers have that name to tell them apart.
    PEOPLE_TOO_MANY() "people_too_many" =
        "Too many customer records fit that. Please give me your account number.";
    /// Nothing is open for the caller.
    OPEN_CASES_NONE() "open_cases_none" = "You have no open cases.";
    /// One case is open; it follows.
    OPEN_CASES_ONE() "open_cases_one" = "You have one open case.";
    /// How many cases are open, two or more; they follow.
    OPEN_CASES("count") "open_cases" = "You have {count} open cases.";
    /// How many cases are open, and how many of them follow.
    OPEN_CASES_SOME("count", "told") "open_cases_some" =
        "You have {count} open cases. Here are {told} of them.";
    /// More than one case is open.
    WHICH_CASE() "which_case" = "You have more than one open case. Which case number is it about, please?";
    /// A comment stands under a case.
    COMMENT_ADDED() "comment_added" = "I have added that to your case.";
    /// Somebody changed the record after the caller asked.
    CONTACT_CHANGED_MEANWHILE() "contact_changed_meanwhile" =
        "Somebody else has changed your details in the meantime, so a colleague will check your change.";
    /// A new telephone number is read back.
    READ_BACK_PHONE("phone") "read_back_phone" = "Your new phone number is {phone}.";
    /// A new e-mail address is read back.
    READ_BACK_EMAIL("email") "read_back_email" = "Your new e-mail address is {email}.";
    /// A new postal address is read back.
    READ_BACK_ADDRESS("address") "read_back_address" = "Your new address is {address}.";
    /// A message was taken.
    MESSAGE_TAKEN() "message_taken" = "Your message has been passed on.";
    /// A message is durable, but not yet in the CRM.
    MESSAGE_BEING_SAVED("reference") "message_being_saved" =
        "Your message is noted and will be passed on. The reference is {reference}.";
    /// A callback is booked.
    CALLBACK_BOOKED("when") "callback_booked" = "A colleague will call you back {when}.";
    /// A callback is durable, but not yet in the CRM.
    CALLBACK_BEING_SAVED("reference") "callback_being_saved" =
        "Your callback is noted. The reference is {reference}.";
    /// A callback is booked already.
    CALLBACK_EXISTS("when") "callback_exists" =
        "A callback is booked already. A colleague will call you {when}.";
    /// Nobody calls back at the time that was wished for.
    CALLBACK_CLOSED("hours") "callback_closed" = "We call back {hours}. When would suit you?";
    /// The time that was wished for has passed, or is about to.
    CALLBACK_TOO_SOON() "callback_too_soon" =
        "That time has passed or is only minutes away. Which later time would suit you?";
    /// The time that was wished for is further ahead than anybody plans.
    CALLBACK_TOO_FAR() "callback_too_far" =
        "I can only book a callback within the next month. Which earlier time would suit you?";
    /// The caller's number is not known, so there is nothing to call back.
    CALLBACK_WHICH_NUMBER() "callback_which_number" =
        "I do not see your phone number. Which number may we call you back on?";
    /// A callback to a number that costs extra is refused.
    CALLBACK_NUMBER_REFUSED() "callback_number_refused" =
        "We do not call numbers of this kind, because they cost extra. Please give me another number.";
    /// The caller is being connected.
    TRANSFERRING() "transferring" = "I am connecting you with a colleague.";
    /// A text message was sent.
    TEXT_SENT() "text_sent" = "I have sent you a text message.";
    /// A text message is durable, but not yet sent.
    TEXT_BEING_SENT("reference") "text_being_sent" =
        "The text message will be sent to you as soon as possible. The reference is {reference}.";
    /// Text messages cannot be sent at the moment.
    TEXT_UNAVAILABLE() "text_unavailable" = "I cannot send a text message right now.";
    /// A text message was refused.
    TEXT_REFUSED() "text_refused" = "I could not send a text message to your number.";
    /// There is no number to send a text message to.
    TEXT_NO_NUMBER() "text_no_number" =
        "I can only send a text message to the number you are calling from, and it is withheld.";
    /// The call came from no telephone, so there is no number to send a text message to.
    TEXT_NO_TELEPHONE() "text_no_telephone" =
        "I can only send a text message to a phone, and your call did not come from a phone number.";
    /// A text message to a number that costs extra is refused.
    TEXT_NUMBER_REFUSED() "text_number_refused" =
        "I do not send text messages to numbers of this kind, because they cost extra.";
    /// The text message about a case, to be read and not heard.
    TEXT_CASE("number") "text_case" = "Your case number is {number}. Thank you for calling.";
    /// The call ends.
    GOODBYE() "goodbye" = "Thank you for calling. Goodbye.";
    /// What the caller gave as proof is not right.
    VERIFY_WRONG() "verify_wrong" = "That is not what we have on file. Please try again.";
    /// What the caller said of themselves and gave as proof does not prove it, whatever of it is wrong.
    VERIFY_NOT_PROVEN() "verify_not_proven" = "I could not verify you with that.";
    /// What was heard cannot be what was asked for.
    VERIFY_SAY_AGAIN() "verify_say_again" =
        "I did not get that right. Please say it once more, one character at a time.";
    /// Too many wrong answers were given.
    PROOFS_USED_UP() "proofs_used_up" =
        "Too many wrong answers were given, so I cannot take another one now.";
    /// One of two answers is enough.
    VERIFY_ONE() "verify_one" =
        "Please tell me your postal code, or the last four characters of your account number.";
    /// Two answers are needed.
    VERIFY_MORE() "verify_more" =
        "Please tell me your postal code and the last four characters of your account number.";
    /// The account number was answered, and one more answer is needed.
    VERIFY_MORE_POSTAL_CODE() "verify_more_postal_code" = "Please tell me your postal code as well.";
    /// The postal code was answered, and one more answer is needed.
    VERIFY_MORE_ENDING() "verify_more_ending" =
        "Please tell me the last four characters of your account number as well.";
    /// Proofs cannot be judged at the moment.
    VERIFY_UNAVAILABLE() "verify_unavailable" =
        "I cannot verify you right now. Please try again in a moment, or I can take a message.";
    /// It is not known who is to be verified, and there is no number to go by.
    VERIFY_WHO_WITHOUT_NUMBER() "verify_who_without_number" =
        "Please give me your full name or your account number first.";
    /// It is not known who is to be verified.
    VERIFY_WHO() "verify_who" =
        "I do not know this number. Please give me your full name or your account number first.";
    /// Nothing is on file to ask for, but a code can be sent.
    VERIFY_BY_CODE() "verify_by_code" = "I can send a code to the phone number we have on file. Shall I?";
    /// Nothing is on file by which the caller could prove who they are.
    VERIFY_IMPOSSIBLE() "verify_impossible" =
        "We have nothing on file by which I could verify you. A colleague can help you further.";
    /// A code is on its way to the number on file.
    CODE_SENT() "code_sent" = "I have sent a code to the phone number we have on file. Please read it to me.";
    /// A code is on its way, if there is anybody to send it to. It is not told whether there is.
    CODE_REQUESTED() "code_requested" =
        "If that fits our records, you will get a code on the phone number we have on file. Please read it to me.";
    /// A code was said, and it proves nothing, whatever is wrong with it.
    CODE_NOT_CONFIRMED() "code_not_confirmed" =
        "I could not confirm that code. Please read it to me once more, or I can send a new one.";
    /// No code is out any more.
    CODE_EXPIRED() "code_expired" = "That code is no longer valid. I can send a new one.";
    /// Codes cannot be sent at the moment.
    CODE_UNAVAILABLE() "code_unavailable" = "I cannot send you a code right now.";
    /// A code cannot be sent to the number on file.
    CODE_REFUSED() "code_refused" = "I could not send a code to the phone number we have on file.";
    /// A code cannot be checked at the moment.
    CODE_UNCHECKED() "code_unchecked" =
        "I cannot check the code right now. Please tell me the code again in a moment.";
    /// Too many codes were sent or tried.
    CODE_LOCKED() "code_locked" =
        "Too many codes were sent or tried, so I cannot use a code now. A colleague can help you further.";
    /// A recording cannot be fetched at the moment.
    RECORDING_UNAVAILABLE() "recording_unavailable" = "I cannot get the recording right now.";
    /// The caller has proved who they are.
    VERIFIED() "verified" = "Thank you, that is right.";
    /// Nothing was promised under the reference.
    REFERENCE_UNKNOWN() "reference_unknown" =
        "I could not find anything under that. Please check the number or the reference.";
    /// What was promised under the reference is done.
    REFERENCE_DONE() "reference_done" = "That has been taken care of.";
    /// What was promised under the reference is on its way.
    STILL_BEING_SAVED() "still_being_saved" = "It is still being processed. Nothing is lost.";
    /// Said while something is looked up.
    LOOKING() "looking" = "One moment, I am looking that up.";
    /// Said while something is noted down.
    NOTING() "noting" = "One moment, I am noting that down.";
    /// Said when something takes long.
    STILL_AT_IT() "still_at_it" = "Thank you for waiting. It only takes a little longer.";
    /// No assistant is set up to take a call.
    NOBODY() "nobody" = "We cannot take your call right now. Please call again later.";
}
