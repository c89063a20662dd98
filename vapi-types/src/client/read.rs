//! Reading answers as objects of this crate.

use super::{Response, Result};
use crate::wire::{Object, parse_object};

/// Reads the body as an object, and insists on what `complete` asks for.
pub(super) fn object<T: Object>(response: &Response, complete: impl Fn(&T) -> bool) -> Result<T> {
    let object = parse_object(response.text()?).map_err(|issue| response.unreadable(issue))?;
    if complete(&object) { Ok(object) } else { Err(response.unreadable(INCOMPLETE)) }
}

/// Why an answer that can be read is not enough.
pub(super) const INCOMPLETE: &str = "what has to be there is missing";
