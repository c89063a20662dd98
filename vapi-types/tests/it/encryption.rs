//! Encrypted arguments, with keys made here, and with what pyca/cryptography encrypts where `VAPI_ORACLE` names a
//! folder that `tests/encrypt.py` has filled.

use std::{env, fs, path::PathBuf};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeySize, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PrivateDecryptingKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::SecretString;
use serde_json::{Value, json};
use vapi_types::{
    ServerMessage,
    encryption::{DecryptError, Decryptor, KeyError},
    message::{Arguments, ToolCalls},
};

fn arguments(value: &Value) -> Arguments {
    Arguments::from(value.as_object().unwrap().clone())
}

fn pem(label: &str, der: &[u8]) -> SecretString {
    let base64 = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into()
}

struct Pair(PrivateDecryptingKey);

impl Pair {
    fn new() -> Self {
        Self(PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap())
    }

    fn pkcs8(&self) -> Vec<u8> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().unwrap();
        der.as_ref().to_vec()
    }

    fn decryptor(&self) -> Decryptor {
        Decryptor::new(&pem("PRIVATE KEY", &self.pkcs8())).unwrap()
    }

    fn encrypt(&self, text: &[u8]) -> String {
        let key = OaepPublicEncryptingKey::new(self.0.public_key()).unwrap();
        let mut room = vec![0; key.ciphertext_size()];
        BASE64_STANDARD.encode(key.encrypt(&OAEP_SHA256_MGF1SHA256, text, &mut room, None).unwrap())
    }
}

#[test]
fn arguments_at_the_paths_are_decrypted_and_the_others_stay() {
    let pair = Pair::new();
    let sent = json!({
        "name": "Ada", "ssn": pair.encrypt("078-05-1120 ü\"".as_bytes()), "absent": null,
        "payment": {"cards": [{"number": "no"}, {"number": pair.encrypt(b"4111")}], "amount": 12.5},
    });
    let decryptor =
        pair.decryptor().path("ssn").path("payment.cards.1.number").path("absent").path("no.such");

    let decrypted: Value = decryptor.decrypt(&arguments(&sent)).unwrap().parse().unwrap();

    let mut expected = sent;
    expected["ssn"] = json!("078-05-1120 ü\"");
    expected["payment"]["cards"][1]["number"] = json!("4111");
    assert!(decrypted == expected);
}

#[test]
fn keys_of_both_forms_are_read_and_a_rotation_tries_both() {
    let (new, old) = (Pair::new(), Pair::new());
    // The key of PKCS #1 is the end of the envelope of PKCS #8.
    let pkcs1 = pem("RSA PRIVATE KEY", &old.pkcs8()[26..]);
    let decryptor = new.decryptor().also_try(&pkcs1).unwrap().path("a");

    for pair in [&new, &old] {
        let decrypted = decryptor.decrypt(&arguments(&json!({"a": pair.encrypt(b"x")}))).unwrap();
        assert_eq!(decrypted.as_str(), r#"{"a":"x"}"#);
    }
}

#[test]
fn what_is_in_the_clear_or_for_another_key_or_changed_is_refused() {
    let pair = Pair::new();
    let decryptor = pair.decryptor().path("a.b");
    let refused = |value: Value| decryptor.decrypt(&arguments(&json!({"a": {"b": value}}))).unwrap_err();
    let mut changed = BASE64_STANDARD.decode(pair.encrypt(b"x")).unwrap();
    changed[100] ^= 1;
    let path = || "a.b".to_owned();

    for clear in [json!("4111 1111"), json!(4111), json!(""), json!({"c": 1})] {
        assert_eq!(refused(clear), DecryptError::NotEncrypted(path()));
    }
    for wrong in [Pair::new().encrypt(b"x"), BASE64_STANDARD.encode(changed), "QUJD".to_owned()] {
        assert_eq!(refused(json!(wrong)), DecryptError::WrongKey(path()));
    }
    assert_eq!(refused(json!(pair.encrypt(b"\xff"))), DecryptError::NotText(path()));
    assert_eq!(decryptor.decrypt(&odd()).unwrap_err(), DecryptError::NotAnObject);
}

/// Arguments of a model that wrote no object.
fn odd() -> Arguments {
    let body = json!({"message": {"toolCallList": [{"id": "c", "name": "f", "arguments": "canary-transcript-c0de"}]}});
    let Ok(ServerMessage::ToolCalls(ToolCalls { calls, .. })) =
        ServerMessage::decode(body.to_string().as_bytes())
    else {
        panic!("another class")
    };
    calls[0].arguments.clone()
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let broken = pem("PRIVATE KEY", b"canary-client-secret-5d1f");
    let with_passphrase = pem("ENCRYPTED PRIVATE KEY", b"canary-client-secret-5d1f");
    let public = pem("PUBLIC KEY", b"canary-client-secret-5d1f");

    for (key, expected) in
        [(broken, KeyError::Unusable), (with_passphrase, KeyError::Passphrase), (public, KeyError::NotPem)]
    {
        assert_eq!(Decryptor::new(&key).unwrap_err(), expected);
    }
    assert_eq!(
        format!("{:?}", Pair::new().decryptor().path("a")),
        r#"Decryptor { keys: 1, paths: ["a"], .. }"#
    );
}

#[test]
fn what_pyca_encrypts_is_decrypted_here() {
    let Some(folder) =
        env::var_os("VAPI_ORACLE").map(PathBuf::from).filter(|folder| folder.join("sent.json").exists())
    else {
        return;
    };
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let value = |name: &str| serde_json::from_str::<Value>(&read(name)).unwrap();
    let sent = arguments(&value("sent.json"));

    for key in ["pkcs8.pem", "pkcs1.pem"] {
        let decryptor = Decryptor::new(&read(key).into()).unwrap().path("ssn").path("payment.cardNumber");

        assert!(decryptor.decrypt(&sent).unwrap().parse::<Value>().unwrap() == value("meant.json"));
    }
}
