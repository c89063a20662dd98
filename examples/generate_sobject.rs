//! Writes a Rust struct for an object of an org, from what the org says of it.
//!
//! ```sh
//! SF_LOGIN_URL=https://example.my.salesforce.com SF_CLIENT_ID=.. SF_CLIENT_SECRET=.. \
//!     cargo run --example generate_sobject -- Invoice__c > src/invoice.rs
//! cargo run --example generate_sobject -- --demo Case    # of the embedded org
//! ```

use std::fmt::Write;
use std::process::ExitCode;

use salesforce_client::{FieldDescription, ObjectDescription};
use salesforce_emulator::{Field, Org};

#[path = "shared/org_client.rs"]
mod org_client;

#[tokio::main]
async fn main() -> ExitCode {
    let (sentence, code) = match run().await {
        Ok(source) => (source, ExitCode::SUCCESS),
        Err(sentence) => (sentence, ExitCode::FAILURE),
    };
    say(&sentence);
    code
}

async fn run() -> Result<String, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (demo, object) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--demo", object] => (true, object),
        [object] => (false, object),
        _ => return Err("name one object, such as Case".to_owned()),
    };
    let org = Org::builder().client("client", "secret").field("Case", Field::external_id("Voice_Key__c"));
    let org = if demo { Some(org.start().await.map_err(|error| error.to_string())?) } else { None };
    let client = org_client::org_client(|name| match (&org, name) {
        (Some(org), "SF_LOGIN_URL") => Some(org.url().to_owned()),
        (Some(_), "SF_CLIENT_ID") => Some("client".to_owned()),
        (Some(_), "SF_CLIENT_SECRET") => Some("secret".to_owned()),
        _ => std::env::var(name).ok(),
    })?;
    let description = client.describe(object).await.map_err(|error| error.to_string())?;
    Ok(source(&description))
}

/// The struct as Rust writes it. Every field is optional: a query names those it wants.
fn source(object: &ObjectDescription) -> String {
    let name = type_name(&object.name);
    let mut source = format!(
        "//! `{0}`\n\nuse salesforce_client::RecordId;\nuse salesforce_client::sobject::SObject;\n\
         use serde::Deserialize;\n\n/// {1}.\n#[derive(Clone, Debug, Default, Deserialize)]\n#[serde(default)]\n\
         pub struct {name} {{\n",
        object.name, object.label
    );
    for field in object.fields.iter().filter(|field| rust_type(field).is_some()) {
        let _ = writeln!(source, "    /// {}.", field.label.replace(['\n', '\r'], " "));
        let _ = writeln!(source, "    #[serde(rename = \"{}\")]", field.name);
        let rust = rust_type(field).unwrap_or("String");
        let _ = writeln!(source, "    pub {}: Option<{rust}>,", field_name(&field.name));
    }
    let _ = write!(
        source,
        "}}\n\nimpl SObject for {name} {{\n    const NAME: &'static str = \"{}\";\n}}\n",
        object.name
    );
    source
}

/// `None` for what has no single value, such as an address.
fn rust_type(field: &FieldDescription) -> Option<&'static str> {
    Some(match field.kind.as_str() {
        "id" | "reference" => "RecordId",
        "boolean" => "bool",
        "double" | "currency" | "percent" | "int" | "long" => "f64",
        "date" => "jiff::civil::Date",
        "datetime" => "jiff::Timestamp",
        "address" | "location" | "complexvalue" | "anyType" => return None,
        _ => "String",
    })
}

fn type_name(name: &str) -> String {
    name.trim_end_matches("__c").split('_').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + characters.as_str())
        .unwrap_or_default()
}

/// `CaseNumber` becomes `case_number`, `Voice_Key__c` becomes `voice_key`.
fn field_name(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for character in name.trim_end_matches("__c").chars() {
        if character.is_ascii_uppercase() && before != '_' && !before.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
        before = character;
    }
    if ["type", "ref", "final", "abstract", "override", "priv", "do", "in", "as", "use"]
        .contains(&snake.as_str())
    {
        snake.insert_str(0, "r#");
    }
    snake
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn say(text: &str) {
    println!("{text}");
}
