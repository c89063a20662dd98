//! Calls from ring to wrap-up.

mod corpus;
mod lookup;
