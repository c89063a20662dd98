#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

mod account_number;
mod after_call;
mod budget;
mod call_reads;
mod crm;
mod exchange;
mod failure;
mod org_words;
mod reads;
mod user;
mod writes;

pub use after_call::{AfterCall, CallField, CallObject, LeftMessage, UnknownCaller};
pub use budget::Budget;
pub use call_reads::{CallReads, OrgOfCall};
pub use crm::SalesforceCrm;
pub use reads::LookupReach;
