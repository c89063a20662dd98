//! POST /metadata/deployRequest, GET and PATCH /metadata/deployRequest/{id}
//!
//! A deployment is checked, told of and not applied: its package must be whole.

use serde_json::{Map, Value, json};

use super::{Answer, Body, Request};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    id::RecordId,
    zip::Zip,
};

/// Takes a zip, and looks at once whether it would succeed.
///
/// See Salesforce, "Deploy Metadata with Apex Testing Using REST".
pub(super) fn deploy(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let Body::Form(form) = &request.body else {
        let message = "A deployment is a multipart body: deployOptions as JSON, and a zip as its file";
        return Err(ApiError::new(Code::InvalidMultipart, message));
    };
    let options = form.fields.get("deployOptions").cloned().unwrap_or_default();
    let [(_, blob)] = form.files.as_slice() else {
        return Err(ApiError::new(Code::InvalidMultipart, "A deployment has one file, the zip"));
    };
    let bytes =
        blob.to_bytes().map_err(|_| ApiError::new(Code::ServerUnavailable, "The zip cannot be read"))?;
    let failures = failures(&bytes);
    let serial = u32::try_from(engine.deployments.len() + 1).unwrap_or(u32::MAX);
    let id = RecordId::new(*b"0Af", serial).to_string();
    let components = Zip::read(&bytes).map_or(0, |zip| zip.names().filter(|name| is_component(name)).count());
    let succeeded = failures.is_empty();
    let result = json!({
        "id": id,
        "status": if succeeded { "Succeeded" } else { "Failed" },
        "success": succeeded,
        "done": true,
        "checkOnly": options["checkOnly"] == true,
        "rollbackOnError": options["rollbackOnError"] != false,
        "numberComponentsTotal": components,
        "numberComponentsDeployed": if succeeded { components } else { 0 },
        "numberComponentErrors": failures.len(),
        "numberTestsTotal": 0,
        "numberTestsCompleted": 0,
        "numberTestErrors": 0,
        "details": { "componentSuccesses": [], "componentFailures": failures, "runTestResult": { "failures": [] } },
    });
    engine.deployments.push(json!({ "id": id, "deployOptions": options, "deployResult": result }));
    let pending = json!({ "status": "Pending", "done": false, "success": false });
    Ok(Answer::json(201, json!({ "id": id, "deployOptions": options, "deployResult": pending })))
}

/// Tells of a deployment. It is over by then, so that it cannot be given up.
pub(super) fn deployment(engine: &Engine, request: &Request, id: &str) -> Result<Answer, ApiError> {
    request.only("GET,PATCH")?;
    let wanted = RecordId::parse(id).map(|id| id.to_string());
    let known = engine.deployments.iter().find(|known| known["id"].as_str() == wanted.as_deref());
    let mut known = known.cloned().ok_or_else(ApiError::missing_resource)?;
    if request.method == http::Method::PATCH {
        return Ok(Answer::json(202, known));
    }
    if !request.flag("includeDetails") {
        known["deployResult"].as_object_mut().map(|result: &mut Map<String, Value>| result.remove("details"));
    }
    Ok(Answer::json(200, known))
}

/// What is wrong with a package: each component that it names must be in it.
fn failures(bytes: &[u8]) -> Vec<Value> {
    let Some(zip) = Zip::read(bytes) else { return vec![failure("", "", "The zip file cannot be read")] };
    // A single package may lie in a folder of its own.
    let manifest = zip.names().find(|name| *name == MANIFEST || name.ends_with("/package.xml"));
    let Some((root, text)) = manifest.and_then(|name| Some((name.strip_suffix(MANIFEST)?, zip.text(name)?)))
    else {
        return vec![failure("", MANIFEST, "No package.xml found")];
    };
    if element(&text, "version").next().is_none() {
        return vec![failure("", MANIFEST, "package.xml names no version")];
    }
    let mut failures = Vec::new();
    for types in element(&text, "types") {
        let kind = element(types, "name").next().unwrap_or_default().trim();
        for member in element(types, "members").map(str::trim).filter(|member| *member != "*") {
            let path = path(kind, member).map(|path| format!("{root}{path}"));
            if path.is_some_and(|path| zip.names().all(|name| name != path)) {
                let problem = format!(
                    "An object '{member}' of type {kind} was named in package.xml, but was not found in zipped directory"
                );
                failures.push(failure(kind, member, &problem));
            }
        }
    }
    failures
}

fn failure(kind: &str, name: &str, problem: &str) -> Value {
    json!({
        "componentType": kind,
        "fullName": name,
        "fileName": MANIFEST,
        "problem": problem,
        "problemType": "Error",
        "success": false,
    })
}

/// Where a component lies, of the types whose place is known.
fn path(kind: &str, member: &str) -> Option<String> {
    Some(match kind {
        "CustomObject" => format!("objects/{member}.object"),
        "CustomField" => format!("objects/{}.object", member.split('.').next()?),
        "PermissionSet" => format!("permissionsets/{member}.permissionset"),
        "ApexClass" => format!("classes/{member}.cls"),
        "ApexTrigger" => format!("triggers/{member}.trigger"),
        "Flow" => format!("flows/{member}.flow"),
        "Layout" => format!("layouts/{member}.layout"),
        _ => return None,
    })
}

fn is_component(name: &str) -> bool {
    !name.ends_with('/') && !name.ends_with(MANIFEST) && !name.ends_with("-meta.xml")
}

/// The contents of all elements of a name, which hold none of the same name.
fn element<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let end = format!("</{name}>");
    text.split(format!("<{name}>").as_str())
        .skip(1)
        .filter_map(|rest| rest.find(&end).map(|at| &rest[..at]))
        .collect::<Vec<_>>()
        .into_iter()
}

const MANIFEST: &str = "package.xml";
