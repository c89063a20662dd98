//! What proves a webhook genuine, as the settings say it: a secret and a scheme, or a credential as Vapi holds it.

use serde_json::Value;
use vapi_types::webhook::{HmacPlan, Verifier};

/// Reads it from `WEBHOOK_SECRET` and `WEBHOOK_SCHEME`, or from `WEBHOOK_CREDENTIAL`; `WEBHOOK_OLD_SECRETS` are taken
/// as well, and `PUBLIC_ORIGIN` is what a signed URL begins with.
pub(crate) fn read(given: impl Fn(&str) -> Option<String>) -> Result<Verifier, String> {
    let origin = given("PUBLIC_ORIGIN");
    let (verifier, prefix) =
        match (given("WEBHOOK_CREDENTIAL"), given("WEBHOOK_SECRET"), given("WEBHOOK_SCHEME")) {
            (Some(credential), None, None) => of_credential(&credential, origin),
            (Some(_), ..) => Err(
                "WEBHOOK_CREDENTIAL says all that WEBHOOK_SECRET and WEBHOOK_SCHEME do; set it or these two"
                    .to_owned(),
            ),
            (None, None, _) => {
                Err("WEBHOOK_SECRET is not set; it is what proves a webhook genuine, the same as in Vapi's \
                                settings, unless WEBHOOK_CREDENTIAL has it"
                    .to_owned())
            }
            (None, Some(_), None) => Err(
                "WEBHOOK_SCHEME is not set; it is one of hmac, article, secret and bearer, as set up in Vapi"
                    .to_owned(),
            ),
            (None, Some(secret), Some(scheme)) => of_secret(&scheme, secret).map(|verifier| (verifier, "")),
        }?;
    let old = given("WEBHOOK_OLD_SECRETS").unwrap_or_default();
    old.split_whitespace().try_fold(verifier, |verifier, secret| {
        verifier
            .also_accept(format!("{prefix}{secret}"))
            .map_err(|error| format!("WEBHOOK_OLD_SECRETS: {error}"))
    })
}

/// The scheme is chosen here and never by a request.
pub(crate) fn of_secret(scheme: &str, secret: String) -> Result<Verifier, String> {
    let verifier = match scheme {
        "hmac" => Verifier::hmac(HmacPlan::new(secret)),
        "article" => Verifier::hmac(HmacPlan::body_only(secret)),
        "secret" => Verifier::secret(secret),
        "bearer" => Verifier::bearer(secret),
        _ => return Err("WEBHOOK_SCHEME must be one of hmac, article, secret and bearer".to_owned()),
    };
    verifier.map_err(|error| format!("WEBHOOK_SECRET: {error}"))
}

/// A credential of Vapi's, or the `authenticationPlan` in it. What cannot be read is not quoted: there is a secret in it.
///
/// The text is what stands before each secret in the header.
fn of_credential(json: &str, origin: Option<String>) -> Result<(Verifier, &'static str), String> {
    let unreadable = || {
        "WEBHOOK_CREDENTIAL is not the JSON of a credential of Vapi's or of its authenticationPlan, with its secretKey \
         or its token in it"
            .to_owned()
    };
    let document: Value = serde_json::from_str(json).map_err(|_| unreadable())?;
    let plan = document.get("authenticationPlan").unwrap_or(&document);
    let text = |name: &str| plan.get(name).and_then(Value::as_str);
    let mut prefix = "";
    let verifier = match text("type") {
        Some("hmac") => {
            let plan: HmacPlan = serde_json::from_value(plan.clone()).map_err(|_| unreadable())?;
            Verifier::hmac(match origin {
                Some(origin) => plan.public_origin(origin),
                None => plan,
            })
        }
        Some("bearer") => {
            let token = text("token").ok_or_else(unreadable)?;
            let has_prefix = plan.get("bearerPrefixEnabled").and_then(Value::as_bool).unwrap_or(true);
            match text("headerName").unwrap_or("authorization") {
                name if has_prefix && name.eq_ignore_ascii_case("authorization") => Verifier::bearer(token),
                name if has_prefix => {
                    prefix = "Bearer ";
                    Verifier::header(name, format!("{prefix}{token}"))
                }
                name => Verifier::header(name, token),
            }
        }
        Some("oauth2") => {
            return Err("WEBHOOK_CREDENTIAL: the tokens of an oauth2 plan are judged by who gives them out, which this \
                        server does not ask; choose hmac or bearer"
                .to_owned());
        }
        _ => return Err(unreadable()),
    };
    verifier.map(|verifier| (verifier, prefix)).map_err(|error| format!("WEBHOOK_CREDENTIAL: {error}"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use vapi_types::webhook::Parts;

    use super::*;

    const SECRET: &str = "canary-webhook-secret-91be";
    const OLD: &str = "canary-client-secret-5d1f";

    fn with(settings: &[(&str, &str)]) -> Result<Verifier, String> {
        read(|name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    /// Whether `judge` takes what `platform` signs for a server behind this origin.
    fn takes(judge: &Verifier, platform: &Verifier) -> bool {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let signed = platform.sign("POST", "https://voice.example.com/webhook/vapi", b"{}", now);
        let header = |name: &str| {
            signed
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_bytes())
        };
        judge
            .verify(&Parts { method: "POST", url: "/webhook/vapi", header: &header, body: b"{}" }, now)
            .is_ok()
    }

    #[test]
    fn a_credential_is_read_as_vapi_holds_it_with_its_url_and_older_secrets() {
        let plan = |secret: &str| {
            json!({ "provider": "custom-credential", "id": "1", "authenticationPlan": {
                "type": "hmac", "secretKey": secret, "algorithm": "sha512", "signatureHeader": "X-House",
                "signaturePrefix": "v1=", "signatureEncoding": "base64", "payloadFormat": "{url}.{timestamp}.{body}" } })
            .to_string()
        };
        let origin = ("PUBLIC_ORIGIN", "https://voice.example.com");
        let signer = |secret: &str| with(&[("WEBHOOK_CREDENTIAL", &plan(secret)), origin]).unwrap();
        let judge =
            with(&[("WEBHOOK_CREDENTIAL", &plan(SECRET)), origin, ("WEBHOOK_OLD_SECRETS", OLD)]).unwrap();
        assert!(takes(&judge, &signer(SECRET)) && takes(&judge, &signer(OLD)));
        assert!(!takes(&judge, &signer("canary-token-77aa-of-nobody")));
        assert!(with(&[("WEBHOOK_CREDENTIAL", &plan(SECRET))]).unwrap_err().contains("origin"));
    }

    #[test]
    fn a_token_is_looked_for_in_the_header_and_the_form_of_its_credential() {
        let of = |plan: Value| with(&[("WEBHOOK_CREDENTIAL", &plan.to_string())]).unwrap();
        let usual = of(json!({ "type": "bearer", "token": SECRET }));
        assert!(takes(&usual, &Verifier::bearer(SECRET).unwrap()));
        let bare = of(json!({ "type": "bearer", "token": SECRET, "headerName": "X-Vapi-Secret",
            "bearerPrefixEnabled": false }));
        assert!(takes(&bare, &Verifier::secret(SECRET).unwrap()));
        let prefixed = of(json!({ "type": "bearer", "token": SECRET, "headerName": "X-House" }));
        assert!(takes(&prefixed, &Verifier::header("x-house", format!("Bearer {SECRET}")).unwrap()));
        assert!(!takes(&prefixed, &Verifier::header("x-house", SECRET).unwrap()));
        let plan = json!({ "type": "bearer", "token": SECRET, "headerName": "X-House" }).to_string();
        let rotated = with(&[("WEBHOOK_CREDENTIAL", &plan), ("WEBHOOK_OLD_SECRETS", OLD)]).unwrap();
        assert!(takes(&rotated, &Verifier::header("x-house", format!("Bearer {OLD}")).unwrap()));
    }

    #[test]
    fn what_cannot_work_is_named_and_no_secret_is_quoted() {
        let plan = json!({ "type": "bearer", "token": SECRET }).to_string();
        for (settings, named) in [
            (vec![("WEBHOOK_CREDENTIAL", plan.as_str()), ("WEBHOOK_SECRET", SECRET)], "WEBHOOK_CREDENTIAL"),
            (vec![("WEBHOOK_CREDENTIAL", SECRET)], "WEBHOOK_CREDENTIAL"),
            (
                vec![(
                    "WEBHOOK_CREDENTIAL",
                    r#"{"type":"hmac","secretKey":"canary-webhook-secret-91be","algorithm":"canary-token-77aa"}"#,
                )],
                "WEBHOOK_CREDENTIAL",
            ),
            (vec![("WEBHOOK_CREDENTIAL", r#"{"type":"oauth2"}"#)], "oauth2"),
            (
                vec![("WEBHOOK_CREDENTIAL", plan.as_str()), ("WEBHOOK_OLD_SECRETS", "short")],
                "WEBHOOK_OLD_SECRETS",
            ),
        ] {
            let sentence = with(&settings).unwrap_err();
            assert!(sentence.contains(named) && !sentence.contains("canary"), "{named}");
        }
    }
}
