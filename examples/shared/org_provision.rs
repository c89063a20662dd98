//! Creating what the bridge needs in an org, each thing only if it is not there.

use salesforce_client::{Client, Error, RecordId, Soql};
use serde::Deserialize;
use serde_json::{Value, json};

use super::org_needs::{KEY_FIELD, NEEDS, Need};

const PERMISSION_SET: &str = "Voice_CRM";

/// Long enough for any key of the bridge.
const KEY_LENGTH: u32 = 64;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    id: RecordId,
}

/// Creates what is missing and tells it in words; in a dry run it only tells.
pub(crate) async fn provision(client: &Client, dry_run: bool) -> Result<Vec<String>, Error> {
    let mut steps = Vec::new();
    for need in NEEDS {
        if !field_exists(client, need).await? {
            steps.push(format!("the field {}.{KEY_FIELD}", need.table));
            if !dry_run {
                client.tooling().create("CustomField", &field(need)).await?;
            }
        }
    }
    let set = permission_set(client, dry_run, &mut steps).await?;
    for need in NEEDS {
        permit(client, set, need, dry_run, &mut steps).await?;
    }
    assign(client, set, dry_run, &mut steps).await?;
    Ok(steps)
}

async fn field_exists(client: &Client, need: Need) -> Result<bool, Error> {
    let soql = Soql::new("SELECT Id FROM CustomField WHERE DeveloperName = :name AND TableEnumOrId = :table")
        .bind("name", KEY_FIELD.trim_end_matches("__c"))
        .bind("table", need.table);
    Ok(!client.tooling().query::<Value>(soql).await?.records.is_empty())
}

fn field(need: Need) -> Value {
    json!({
        "FullName": format!("{}.{KEY_FIELD}", need.table),
        "Metadata": {
            "label": "Voice Key",
            "description": "Makes what the voice bridge writes harmless to repeat.",
            "type": "Text",
            "length": KEY_LENGTH,
            "externalId": true,
            "unique": true,
            "caseSensitive": true,
        },
    })
}

/// The permission set; `None` in a dry run that would create it.
async fn permission_set(
    client: &Client,
    dry_run: bool,
    steps: &mut Vec<String>,
) -> Result<Option<RecordId>, Error> {
    let soql = Soql::new("SELECT Id FROM PermissionSet WHERE Name = :name").bind("name", PERMISSION_SET);
    if let Some(found) = client.query::<Found>(soql).await?.records.first() {
        return Ok(Some(found.id));
    }
    steps.push(format!("the permission set {PERMISSION_SET}"));
    if dry_run {
        return Ok(None);
    }
    let fields = json!({"Name": PERMISSION_SET, "Label": "Voice CRM"});
    client.records("PermissionSet").create(&fields).await.map(Some)
}

async fn permit(
    client: &Client,
    set: Option<RecordId>,
    need: Need,
    dry_run: bool,
    steps: &mut Vec<String>,
) -> Result<(), Error> {
    let name = format!("{}.{KEY_FIELD}", need.object);
    if let Some(set) = set {
        let soql = Soql::new("SELECT Id FROM FieldPermissions WHERE ParentId = :set AND Field = :field")
            .bind("set", set)
            .bind("field", &name);
        if !client.query::<Found>(soql).await?.records.is_empty() {
            return Ok(());
        }
    }
    steps.push(format!("the permission to read and write {name}"));
    let (Some(set), false) = (set, dry_run) else { return Ok(()) };
    let fields = json!({
        "ParentId": set, "SobjectType": need.object, "Field": name,
        "PermissionsRead": true, "PermissionsEdit": true,
    });
    client.records("FieldPermissions").create(&fields).await.map(drop)
}

async fn assign(
    client: &Client,
    set: Option<RecordId>,
    dry_run: bool,
    steps: &mut Vec<String>,
) -> Result<(), Error> {
    let user = client.user_info().await?.user_id;
    if let Some(set) = set {
        let soql = Soql::new(
            "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = :set AND AssigneeId = :user",
        )
        .bind("set", set)
        .bind("user", user);
        if !client.query::<Found>(soql).await?.records.is_empty() {
            return Ok(());
        }
    }
    steps.push("the assignment of the permission set to the integration user".to_owned());
    let (Some(set), false) = (set, dry_run) else { return Ok(()) };
    let fields = json!({"AssigneeId": user, "PermissionSetId": set});
    client.records("PermissionSetAssignment").create(&fields).await.map(drop)
}
