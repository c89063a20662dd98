//! The types a field can have, and their names in describe results and messages.

/// The type of a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Id,
    Text,
    TextArea,
    Phone,
    Email,
    Url,
    Picklist,
    MultiPicklist,
    Combobox,
    Reference,
    Boolean,
    Int,
    Double,
    Currency,
    Date,
    DateTime,
    Base64,
    Address,
}

impl Kind {
    /// The `type` of a describe result.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "string",
            Self::TextArea => "textarea",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Url => "url",
            Self::Picklist => "picklist",
            Self::MultiPicklist => "multipicklist",
            Self::Combobox => "combobox",
            Self::Reference => "reference",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Double => "double",
            Self::Currency => "currency",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Base64 => "base64",
            Self::Address => "address",
        }
    }

    /// The `soapType` of a describe result.
    pub(crate) fn soap_type(self) -> &'static str {
        match self {
            Self::Id | Self::Reference => "tns:ID",
            Self::Boolean => "xsd:boolean",
            Self::Int => "xsd:int",
            Self::Double | Self::Currency => "xsd:double",
            Self::Date => "xsd:date",
            Self::DateTime => "xsd:dateTime",
            Self::Base64 => "xsd:base64Binary",
            Self::Address => "urn:address",
            _ => "xsd:string",
        }
    }

    /// Whether values are text that queries compare without regard to case.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::TextArea
                | Self::Phone
                | Self::Email
                | Self::Url
                | Self::Picklist
                | Self::MultiPicklist
                | Self::Combobox
        )
    }

    pub(crate) fn is_id(self) -> bool {
        matches!(self, Self::Id | Self::Reference)
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double | Self::Currency)
    }
}
