//! The rules of [`Journal`].

use super::Rule;
use crate::journal::Journal;

mod after;
mod claims;
mod dead;
mod enqueue;
mod erase;
mod jobs;
mod leases;
mod memo;
mod notes;
mod operators;

/// Every rule of the contract.
pub fn rules() -> impl Iterator<Item = &'static Rule<dyn Journal>> {
    let all = [
        enqueue::RULES,
        leases::RULES,
        claims::RULES,
        after::RULES,
        memo::RULES,
        notes::RULES,
        dead::RULES,
        erase::RULES,
        operators::RULES,
    ];
    all.into_iter().flatten()
}
