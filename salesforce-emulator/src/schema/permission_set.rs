//! The `PermissionSet` object and what belongs to it. The org keeps them; everybody may do everything anyway.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "`PermissionSet` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("PermissionSet", "Permission Set", "Permission Sets", *b"0PS")
        .field_of(Field::text("Name", 80).required().unique().with(Trait::Name))
        .field_of(Field::text("Label", 80).required().label("Permission Set Label"))
        .field_of(Field::text("Description", 255))
}

/// See Salesforce, "`FieldPermissions` (Object Reference)".
pub(super) fn field_permissions() -> ObjectType {
    ObjectType::new("FieldPermissions", "Field Permissions", "Field Permissions", *b"01k")
        .field_of(Field::lookup("ParentId", "PermissionSet").required().create_only().with(Trait::Cascade))
        .field_of(Field::text("SobjectType", 40).required().create_only())
        .field_of(Field::text("Field", 255).required().create_only())
        .field_of(Field::checkbox("PermissionsRead").label("Read Access"))
        .field_of(Field::checkbox("PermissionsEdit").label("Edit Access"))
}

/// See Salesforce, "`PermissionSetAssignment` (Object Reference)".
pub(super) fn assignment() -> ObjectType {
    let plural = "Permission Set Assignments";
    ObjectType::new("PermissionSetAssignment", "Permission Set Assignment", plural, *b"0Pa")
        .field_of(
            Field::lookup("PermissionSetId", "PermissionSet").required().create_only().with(Trait::Cascade),
        )
        .field_of(Field::lookup("AssigneeId", "User").required().create_only().with(Trait::Cascade))
}
