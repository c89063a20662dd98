//! Names that come from configuration, kept for as long as the process.

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

static KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// The name for as long as the process lives. Figures and logs keep it that long anyway, and each name is kept once, so a
/// program that registers the same functions again keeps nothing more.
pub(crate) fn kept(name: Cow<'static, str>) -> &'static str {
    let name = match name {
        Cow::Borrowed(name) => return name,
        Cow::Owned(name) => name,
    };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_with(HashSet::new);
    if let Some(known) = kept.get(name.as_str()) {
        return known;
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    kept.insert(name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once() {
        let one = kept(Cow::Owned("from_settings".to_owned()));
        let again = kept(Cow::Owned("from_settings".to_owned()));
        assert_eq!((one, again), ("from_settings", "from_settings"));
        assert!(std::ptr::eq(one, again));
    }
}
