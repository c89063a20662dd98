//! The ways to log in other than with the client's own credentials.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::{Client, redirect::Policy};
use salesforce_emulator::{Org, OrgBuilder};
use serde_json::{Value, json};
use url::Url;

use crate::caller::{Caller, SECRET, org, read};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://127.0.0.1/back";
const GRACE: &str = "grace@example.com";
const PASSWORD: &str = "canary-token-77aa";

fn stage() -> OrgBuilder {
    org().user(GRACE, PASSWORD)
}

fn http() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

async fn token(org: &Org, fields: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("{}/services/oauth2/token", org.url());
    read(http().post(url).form(fields).send().await.unwrap()).await
}

async fn refresh(org: &Org, token: &str) -> (u16, Value) {
    let fields = [("grant_type", "refresh_token"), ("client_id", "client"), ("refresh_token", token)];
    self::token(org, &fields).await
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_default().to_owned()
}

/// The query of the address that the page sends the browser back to.
async fn allowed(org: &Org, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let url = format!("{}/services/oauth2/authorize", org.url());
    let answer = http().post(url).form(fields).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    back.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_code_with_its_verifier_gives_a_refresh_token() {
    let org = stage().start().await.unwrap();
    let asked = [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", BACK),
        ("state", "<&\">"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let page = http().get(format!("{}/services/oauth2/authorize", org.url())).query(&asked);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<form") && page.contains("&lt;&amp;&quot;&gt;") && !page.contains("<&\">"));
    let given = [&asked[..], &[("username", GRACE), ("password", PASSWORD)]].concat();
    let back = allowed(&org, &given).await;
    assert_eq!(back[1], ("state".to_owned(), "<&\">".to_owned()));

    let exchange = |verifier: &'static str, code: String| {
        let org = &org;
        async move {
            let fields = [
                ("grant_type", "authorization_code"),
                ("client_id", "client"),
                ("redirect_uri", BACK),
                ("code", &code),
                ("code_verifier", verifier),
            ];
            token(org, &fields).await
        }
    };
    let (status, body) = exchange(VERIFIER, back[0].1.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(refresh(&org, &text(&body, "refresh_token")).await.0, 200);
    // A code is good once, and a wrong verifier uses it up.
    assert_eq!(exchange(VERIFIER, back[0].1.clone()).await.1["error"], "invalid_grant");
    let second = allowed(&org, &given).await[0].1.clone();
    assert_eq!(exchange("wrong", second.clone()).await.0, 400);
    assert_eq!(exchange(VERIFIER, second).await.0, 400);
    let denied = allowed(&org, &[&asked[..], &[("answer", "deny")]].concat()).await;
    assert_eq!(denied[0].1, "access_denied");
}

#[tokio::test]
async fn a_replaced_refresh_token_ends_everything_that_came_of_it() {
    let org = stage().rotate_refresh_tokens(true).start().await.unwrap();
    let first = org.issue_refresh_token().unwrap();
    let (_, body) = refresh(&org, &first).await;
    let second = text(&body, "refresh_token");
    assert_ne!(first, second);
    let mut caller = Caller::new(&org).await;
    caller.token = text(&body, "access_token");
    assert_eq!(caller.get("/limits").await.0, 200);

    assert_eq!(refresh(&org, &first).await.1["error"], "invalid_grant");

    assert_eq!(caller.get("/limits").await.0, 401);
    assert_eq!(refresh(&org, &second).await.0, 400);
}

#[tokio::test]
async fn without_rotation_a_refresh_token_stays_until_it_is_revoked() {
    let org = stage().start().await.unwrap();
    let token = org.issue_refresh_token().unwrap();
    for _ in 0..2 {
        let (status, body) = refresh(&org, &token).await;
        assert_eq!((status, body.get("refresh_token")), (200, None));
    }
    let url = format!("{}/services/oauth2/revoke", org.url());
    assert_eq!(http().post(url).form(&[("token", &token)]).send().await.unwrap().status(), 200);
    assert_eq!(refresh(&org, &token).await.0, 400);
}

#[tokio::test]
async fn a_user_logs_in_with_a_password_and_owns_what_they_make() {
    let org = stage().start().await.unwrap();
    let fields = |password| {
        let client = [("grant_type", "password"), ("client_id", "client"), ("client_secret", SECRET)];
        [&client[..], &[("username", GRACE), ("password", password)]].concat()
    };
    assert_eq!(token(&org, &fields("wrong")).await.1["error_description"], "authentication failure");
    let (_, body) = token(&org, &fields(PASSWORD)).await;
    let mut caller = Caller::new(&org).await;
    caller.token = text(&body, "access_token");
    caller.create("Account", json!({ "Name": "Hers" })).await;
    let (_, found) = caller.query("SELECT Owner.Username, CreatedBy.Username FROM Account").await;
    assert_eq!(found["records"][0]["Owner"]["Username"], GRACE);
    let identity = caller.http.get(text(&body, "id")).query(&[("oauth_token", &caller.token)]);
    assert_eq!(read(identity.send().await.unwrap()).await.1["username"], GRACE);
    assert_eq!(caller.get("").await.1["identity"], body["id"]);
}

#[tokio::test]
async fn soap_logs_in_until_version_64() {
    let org = stage().start().await.unwrap();
    let login = |version: &'static str, password: &'static str| {
        let url = format!("{}/services/Soap/u/{version}", org.url());
        let body = format!(
            "<e:Body><u:login><u:username>{GRACE}</u:username><u:password>{password}</u:password></u:login></e:Body>"
        );
        async move {
            let answer = http().post(url).body(body).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    let (status, answer) = login("64.0", PASSWORD).await;
    let session = answer.split("<sessionId>").nth(1).unwrap().split('<').next().unwrap();
    let mut caller = Caller::new(&org).await;
    session.clone_into(&mut caller.token);
    assert_eq!((status, caller.get("/limits").await.0), (200, 200));
    assert!(login("64.0", "wrong").await.1.contains("INVALID_LOGIN"));
    assert!(login("65.0", PASSWORD).await.1.contains("UNSUPPORTED_API_VERSION"));
}

/// An assertion signed with a key, or with none.
fn assertion(key: Option<&RsaKeyPair>, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256" })), part(claims));
    let mut signature = vec![0; 256];
    if let Some(key) = key {
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn an_assertion_is_taken_only_if_everything_about_it_is_right() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let encoded = STANDARD.encode(key.public_key().as_ref());
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{encoded}\n-----END RSA PUBLIC KEY-----\n");
    let org = stage().jwt_public_key(pem).start().await.unwrap();
    let now = jiff::Timestamp::now().as_second();
    let claims =
        json!({ "iss": "client", "sub": GRACE, "aud": "https://login.salesforce.com", "exp": now + 120 });
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        assertion(Some(&key), &changed)
    };
    for (assertion, expected) in [
        (assertion(Some(&key), &claims), None),
        (with("exp", json!((now + 120).to_string())), None),
        (assertion(None, &claims), Some("invalid assertion")),
        (with("aud", json!("https://example.com")), Some("audience is invalid")),
        (with("sub", json!("nobody@example.com")), Some("user hasn't approved this consumer")),
        (with("exp", json!(now - 1)), Some("invalid assertion")),
        (with("exp", json!(now + 600)), Some("invalid assertion")),
        (with("iss", json!("other")), Some("client identifier invalid")),
        ("no assertion".to_owned(), Some("invalid assertion")),
    ] {
        let fields =
            [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
        let (status, body) = token(&org, &fields).await;
        assert_eq!(body["error_description"].as_str(), expected);
        assert_eq!(status == 200, expected.is_none());
    }
    assert!(stage().jwt_public_key("no key").start().await.is_err());
}
