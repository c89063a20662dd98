//! What Salesforce answers.

mod answers;
mod bayeux;
mod csv;
mod org;
