//! The rules of routing: read or refused with a sentence, and what is read routes everybody.

use voice_crm_core::{
    crm::CallerMatch,
    routing::{Profile, Rules},
};

use crate::{edit::check_seeded, seeds::ROUTING};

fn exercise(toml: &[u8]) {
    match String::from_utf8_lossy(toml).parse::<Rules>() {
        Ok(rules) => {
            let route = rules.route(&Profile::new(&CallerMatch::Nobody));
            assert!(!format!("{route:?} {rules:?}").is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[test]
fn any_rules_are_read_or_refused_with_a_sentence() {
    check_seeded!(ROUTING, exercise);
}
