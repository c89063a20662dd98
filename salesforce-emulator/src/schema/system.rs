//! The fields every record has, in the columns every record keeps them in.

use super::field::{Field, Trait};
use super::kind::Kind;

/// The columns of the system fields, the same in every object.
pub(crate) mod column {
    pub(crate) const ID: usize = 0;
    pub(crate) const IS_DELETED: usize = 1;
    pub(crate) const CREATED_DATE: usize = 2;
    pub(crate) const CREATED_BY: usize = 3;
    pub(crate) const LAST_MODIFIED_DATE: usize = 4;
    pub(crate) const LAST_MODIFIED_BY: usize = 5;
    pub(crate) const SYSTEM_MODSTAMP: usize = 6;
}

/// The system fields in the order of [`column`].
pub(super) fn fields(object_label: &str) -> Vec<Field> {
    let stamp = |name: &str| Field::plain(name, Kind::DateTime).without(Trait::Nillable).read_only();
    let by =
        |name: &str| Field::lookup(name, "User").without(Trait::Nillable).without(Trait::Indexed).read_only();
    vec![
        Field::sized("Id", Kind::Id, 18)
            .label(format!("{object_label} ID"))
            .without(Trait::Nillable)
            .with(Trait::IdLookup)
            .read_only(),
        Field::checkbox("IsDeleted").label("Deleted").read_only(),
        stamp("CreatedDate"),
        by("CreatedById"),
        stamp("LastModifiedDate"),
        by("LastModifiedById"),
        stamp("SystemModstamp"),
    ]
}

/// The owner of a record that can wait in a queue.
pub(super) fn owner_or_queue() -> Field {
    Field::lookup("OwnerId", "Group").targets(["User"]).without(Trait::Indexed)
}

/// The owner of a record; the org fills it in. A record cannot be left without one.
pub(super) fn owner() -> Field {
    Field::lookup("OwnerId", "User").without(Trait::Indexed)
}
