//! The `VoiceCall` object of Service Cloud Voice.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`VoiceCall` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("VoiceCall", "Voice Call", "Voice Calls", *b"0LQ")
        .field_of(Field::lookup("ActivityId", "Task"))
        .field_of(Field::datetime("CallStartDateTime").without(Trait::Nillable))
        .field_of(Field::datetime("CallEndDateTime"))
        .field_of(Field::datetime("CallAcceptDateTime"))
        .field_of(Field::datetime("CallConnectDateTime"))
        .field_of(
            Field::restricted_picklist(
                "CallType",
                ["Inbound", "Outbound", "Internal", "Transfer", "Callback"],
            )
            .required(),
        )
        .field_of(Field::text("CallDisposition", 255))
        .field_of(Field::int("CallDurationInSeconds", 9))
        .field_of(Field::sized("FromPhoneNumber", Kind::Phone, 40).required().with(Trait::Indexed))
        .field_of(Field::sized("ToPhoneNumber", Kind::Phone, 40).required().with(Trait::Indexed))
        .field_of(Field::text("VendorCallKey", 100).with(Trait::Indexed))
        .field_of(
            Field::restricted_picklist("VendorType", ["ContactCenter", "Generic", "SalesforceDialer"])
                .required(),
        )
        .field_of(
            Field::lookup("RelatedRecordId", "Account")
                .targets(["Case", "Contact", "Lead"])
                .with(Trait::AnyTarget),
        )
        .field_of(Field::lookup("UserId", "User"))
}
