//! The resources of Twilio's API, one file each.

pub mod calls;
