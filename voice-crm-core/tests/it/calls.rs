//! Calls from ring to wrap-up.

mod after_call;
mod corpus;
mod lookup;
mod order;
