//! What `conformance/run` compares with the vendor's own packages: without its folder nothing is done.

use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use twilio_client::signature::{Payload, SignedRequest, sign};
use twilio_client::stream::mulaw;
use twilio_client::twiml::{Element, Node};
use twilio_client::{AuthToken, WebhookVerifier};

const TOKEN: &str = "canary-webhook-secret-91be";

fn folder() -> Option<PathBuf> {
    std::env::var_os("TWILIO_ORACLE").map(PathBuf::from)
}

fn write(folder: &Path, name: &str, value: &Value) {
    std::fs::write(folder.join(name), value.to_string()).unwrap();
}

/// Trees that both packages can make: their attributes have names of the usual kind, and no line break that a
/// parser changes.
fn tree() -> impl Strategy<Value = Element> {
    let text = "[ -~\\né😀&<>\"']{1,24}";
    let name = "[A-Z][a-z]{1,8}";
    let value = "[ -~é😀&<>\"']{0,16}";
    let bare = (name, proptest::collection::vec(("[a-z]{1,4}[A-Z][a-z]{1,4}", value), 0..4));
    let bare = bare.prop_map(|(name, attributes)| {
        attributes
            .into_iter()
            .fold(Element::new(name), |element, (name, value)| element.attribute(name, value))
    });
    let leaf = (bare.clone(), proptest::option::of(text)).prop_map(|(element, text)| match text {
        Some(text) => element.text(text),
        None => element,
    });
    leaf.prop_recursive(4, 20, 4, move |inner| {
        let child = proptest::prop_oneof![3 => inner.prop_map(Ok), 1 => text.prop_map(Err)];
        (bare.clone(), proptest::collection::vec(child, 0..4)).prop_map(|(element, children)| {
            children.into_iter().fold(element, |element, child| match child {
                Ok(child) => element.child(child),
                Err(text) => element.text(text),
            })
        })
    })
}

fn description(element: &Element) -> Value {
    let children = element.children().iter().map(|child| match child {
        Node::Element(element) => description(element),
        Node::Text(text) => json!(text),
        _ => Value::Null,
    });
    json!({"name": element.name(), "attributes": element.attributes().collect::<Vec<_>>(), "children": children.collect::<Vec<_>>()})
}

#[test]
fn random_trees_are_given_to_the_packages() {
    let Some(folder) = folder() else { return };
    let mut runner = TestRunner::deterministic();
    let trees: Vec<_> = (0..1000)
        .map(|_| {
            let inner = tree().new_tree(&mut runner).unwrap().current();
            let response = Element::new("Response").child(inner);
            json!({"xml": response.to_xml().unwrap(), "tree": description(&response)})
        })
        .collect();
    write(&folder, "trees.json", &json!(trees));
}

#[test]
fn random_signatures_are_given_to_the_packages() {
    let Some(folder) = folder() else { return };
    let token = AuthToken::new(TOKEN).unwrap();
    let mut runner = TestRunner::deterministic();
    let case = (
        "https://[a-z]{1,8}\\.example\\.com(:8443)?/[a-z]{0,6}(\\?[a-z]=[a-z0-9]{0,4}(&b=%20x)?)?",
        proptest::collection::btree_map("[A-Z][A-Za-z]{0,8}", "[ -~é😀]{0,12}", 0..6),
    );
    let cases: Vec<_> = (0..1000)
        .map(|_| {
            let (url, params) = case.new_tree(&mut runner).unwrap().current();
            let pairs: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let signature = sign(&token, &url, Payload::Params(&pairs)).unwrap();
            json!({"url": url, "params": params, "signature": signature})
        })
        .collect();
    write(&folder, "signatures.json", &json!({"token": TOKEN, "cases": cases}));
}

#[test]
fn signatures_of_the_packages_are_accepted() {
    let Some(folder) = folder() else { return };
    let verifier = WebhookVerifier::new(&AuthToken::new(TOKEN).unwrap());
    for name in ["signatures-node.json", "signatures-python.json"] {
        let Ok(text) = std::fs::read_to_string(folder.join(name)) else { continue };
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(cases.len(), 1000);
        for case in cases {
            let params = case["params"].as_object().unwrap();
            let pairs: Vec<_> =
                params.iter().map(|(name, value)| (&**name, value.as_str().unwrap())).collect();
            let signature = case["signature"].as_str().unwrap().as_bytes();
            let url = case["url"].as_str().unwrap();
            let request = SignedRequest::new(url, Some(signature), Payload::Params(&pairs));
            assert!(verifier.verify(&request).is_ok(), "{name}: a genuine signature was refused");
        }
    }
}

#[test]
fn sound_is_given_to_another_codec() {
    let Some(folder) = folder() else { return };
    let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    std::fs::write(folder.join("encoded.ulaw"), mulaw::encode_all(&samples)).unwrap();
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let decoded: Vec<u8> = mulaw::decode_all(&bytes).into_iter().flat_map(i16::to_le_bytes).collect();
    std::fs::write(folder.join("decoded.pcm"), decoded).unwrap();
}
