//! A CRM by its own type, for functions that ask more of it than the traits say.

use std::{any::Any, sync::Arc};

use super::Crm;

/// The CRM as what it is, behind whatever pointers it was handed over.
pub(crate) fn typed<C: Crm>(crm: &dyn Crm) -> Option<&C> {
    let any: &dyn Any = crm;
    if let Some(found) = any.downcast_ref::<C>() {
        return Some(found);
    }
    if let Some(inner) = any.downcast_ref::<Arc<dyn Crm>>() {
        return typed(inner.as_ref());
    }
    if let Some(inner) = any.downcast_ref::<Box<dyn Crm>>() {
        return typed(inner.as_ref());
    }
    let shared = any.downcast_ref::<Arc<C>>().map(AsRef::as_ref);
    shared.or_else(|| any.downcast_ref::<Box<C>>().map(AsRef::as_ref))
}
