//! What Salesforce answers.

mod answers;
mod csv;
mod org;
