//! Deployments of metadata: what a package must hold.

use reqwest::{Method, multipart};
use serde_json::{Value, json};

use crate::caller::{Caller, code, org, read};

/// A zip of files that are stored as they are.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // The checksum is left out: nobody here looks at it.
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &size, &length, &[0, 0]].concat();
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &at, name.as_bytes()].concat());
        bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), text.as_bytes()].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
    bytes.extend(directory);
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0, 0]];
    bytes.extend(end.concat());
    bytes
}

/// The result of a deployment.
async fn deploy(caller: &Caller, zip: Vec<u8>) -> Value {
    let options = multipart::Part::text(json!({ "deployOptions": { "checkOnly": true } }).to_string());
    let file = multipart::Part::bytes(zip).file_name("deploy.zip");
    let form = multipart::Form::new().part("json", options).part("file", file);
    let request = caller.request(Method::POST, "/metadata/deployRequest").multipart(form);
    let (status, begun) = read(request.send().await.unwrap()).await;
    assert_eq!((status, &begun["deployResult"]["status"]), (201, &json!("Pending")), "{begun}");
    let id = begun["id"].as_str().unwrap();
    let path = format!("/metadata/deployRequest/{id}");
    assert!(caller.get(&path).await.1["deployResult"].get("details").is_none());
    assert_eq!(caller.patch(&path, json!({ "deployResult": { "status": "Canceling" } })).await.0, 202);
    let (status, told) = caller.get(&format!("{path}?includeDetails=true")).await;
    assert_eq!((status, &told["deployOptions"]["checkOnly"]), (200, &json!(true)));
    told["deployResult"].clone()
}

const PACKAGE: &str = "<Package><types><members>Voice_Call__c</members><name>CustomObject</name></types>\
                       <types><members>Case.Voice_Key__c</members><name>CustomField</name></types>\
                       <version>66.0</version></Package>";

#[tokio::test]
async fn a_package_that_holds_what_it_names_succeeds() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let files = [
        ("package.xml", PACKAGE),
        ("objects/Voice_Call__c.object", "<CustomObject/>"),
        ("objects/Case.object", "<CustomObject/>"),
    ];
    let result = deploy(&caller, zip(&files)).await;
    assert_eq!((&result["status"], &result["success"]), (&json!("Succeeded"), &json!(true)), "{result}");
    assert_eq!(result["numberComponentsDeployed"], 2);
}

#[tokio::test]
async fn a_package_with_a_fault_fails_and_names_it() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let without = zip(&[("package.xml", PACKAGE), ("objects/Case.object", "<CustomObject/>")]);
    let no_manifest = zip(&[("objects/Case.object", "<CustomObject/>")]);
    for (package, named) in [
        (without, "'Voice_Call__c' of type CustomObject was named in package.xml"),
        (no_manifest, "No package.xml found"),
        (b"no zip at all, but long enough to be one".to_vec(), "cannot be read"),
    ] {
        let result = deploy(&caller, package).await;
        assert_eq!(result["status"], "Failed");
        let problem = result["details"]["componentFailures"][0]["problem"].as_str().unwrap();
        assert!(problem.contains(named), "{problem}");
    }
    assert_eq!(code(&caller.get("/metadata/deployRequest/0Af000000000009AAA").await), (404, "NOT_FOUND"));
}
