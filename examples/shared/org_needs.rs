//! What the bridge needs of an org, and whether it is there.

use salesforce_client::{Client, Error};

/// The field that makes a write harmless to repeat.
pub(crate) const KEY_FIELD: &str = "Voice_Key__c";

/// An object that carries the key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    /// Where the bridge writes it.
    pub(crate) object: &'static str,
    /// Where the org keeps its custom fields: those of Task belong to Activity.
    pub(crate) table: &'static str,
}

/// All of them.
pub(crate) const NEEDS: [Need; 3] = [
    Need { object: "Case", table: "Case" },
    Need { object: "Task", table: "Activity" },
    Need { object: "ContentVersion", table: "ContentVersion" },
];

/// How one need is met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Met {
    /// As it should be.
    Fine,
    /// The integration user does not see the field, or there is none.
    Missing,
    /// It is there and of no use.
    Wrong(&'static str),
}

/// Looks at the object as the integration user sees it.
pub(crate) async fn look(client: &Client, need: Need) -> Result<Met, Error> {
    let object = client.describe(need.object).await?;
    let Some(field) = object.field(KEY_FIELD) else { return Ok(Met::Missing) };
    Ok(if !field.external_id {
        Met::Wrong("it is not an external id")
    } else if !field.unique {
        Met::Wrong("it is not unique, so a repeated write could make a second record")
    } else if !field.createable {
        Met::Wrong("the integration user may not write it")
    } else {
        Met::Fine
    })
}
