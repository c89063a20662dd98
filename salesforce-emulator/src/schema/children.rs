//! The names by which a parent's children are queried and described.

use super::{Field, ObjectType};

/// The child relationship that a reference field makes on its target, if it has a name.
pub(crate) fn name(child: &ObjectType, field: &Field) -> Option<String> {
    if field.targets.is_empty() || is_nameless(&child.name, &field.name) {
        return None;
    }
    if field.is_custom() {
        let plural: String = child.plural.replace(' ', "_");
        return Some(format!("{plural}__r"));
    }
    Some(match (child.name.as_str(), field.name.as_str()) {
        ("Account", "ParentId") => "ChildAccounts".to_owned(),
        ("FeedItem", _) => "Feeds".to_owned(),
        (name, _) if child.is_custom() => format!("{}s__r", name.trim_end_matches("__c")),
        ("CaseComment" | "ContentVersion" | "ContentDocumentLink" | "VoiceCall", _) => {
            format!("{}s", child.name)
        }
        _ => child.plural.replace(' ', ""),
    })
}

/// Users do not list what they made, and a task hangs on its account by name only through `What` and `Who`.
fn is_nameless(child: &str, field: &str) -> bool {
    matches!(
        field,
        "CreatedById" | "LastModifiedById" | "OwnerId" | "FirstPublishLocationId" | "UserId" | "RecordTypeId"
    ) || matches!(
        (child, field),
        ("Task" | "Event", "AccountId")
            | ("Contact", "ReportsToId")
            | ("ContentDocument", "LatestPublishedVersionId")
            | ("Lead", _)
    )
}
