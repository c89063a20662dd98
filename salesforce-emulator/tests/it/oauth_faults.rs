//! What the token endpoint answers instead of a token, when a test asks for it.

use salesforce_emulator::{Fault, FaultPlan, OAuthError, Org};
use serde_json::{Value, json};

use crate::caller::{Caller, org, read, token_request};

async fn asked(org: &Org, caller: &Caller) -> (u16, Value) {
    read(token_request(&caller.http, org.url()).send().await.unwrap()).await
}

#[tokio::test]
async fn the_token_endpoint_answers_each_oauth_error_that_is_asked_for_once() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for (error, word, sentence) in [
        (OAuthError::AlreadyProcessed, "invalid_grant", "token request is already being processed"),
        (OAuthError::ExpiredToken, "invalid_grant", "expired access/refresh token"),
        (OAuthError::AuthenticationFailure, "invalid_grant", "authentication failure"),
        (OAuthError::InactiveUser, "invalid_grant", "inactive user"),
        (OAuthError::InactiveOrganization, "invalid_grant", "inactive organization"),
        (OAuthError::IpRestricted, "invalid_grant", "ip restricted"),
        (OAuthError::NotApproved, "invalid_grant", "user hasn't approved this consumer"),
        (OAuthError::LoginRateExceeded, "rate_limit_exceeded", "login rate exceeded"),
        (OAuthError::InvalidClient, "invalid_client", "invalid client credentials"),
        (OAuthError::InvalidClientId, "invalid_client_id", "client identifier invalid"),
        (OAuthError::UnauthorizedClient, "unauthorized_client", "client is not authorized for this grant"),
        (OAuthError::AppAccessDenied, "invalid_app_access", "user is not admin approved to access this app"),
        (OAuthError::AppNotInstalled, "app_not_found", "External client app is not installed in this org"),
    ] {
        org.faults().next_token(1, Fault::OAuth(error.clone()));
        let expected = json!({ "error": word, "error_description": sentence });
        assert_eq!(asked(&org, &caller).await, (400, expected), "{error:?}");
        assert_eq!(asked(&org, &caller).await.0, 200, "{error:?} was asked for once");
        let logged: Vec<_> = org.requests().iter().filter_map(|request| request.fault.clone()).collect();
        assert_eq!(logged.last(), Some(&Fault::OAuth(error)));
    }
    assert_eq!(asked(&org, &caller).await.1["token_type"], "Bearer");
}

#[tokio::test]
async fn an_oauth_error_has_any_status_and_may_have_no_sentence() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let silent = OAuthError::Other { status: 401, error: "invalid_grant".into(), description: None };
    org.faults().next_token(1, Fault::OAuth(silent));
    assert_eq!(asked(&org, &caller).await, (401, json!({ "error": "invalid_grant" })));
    org.faults().next_token(1, Fault::OAuth(OAuthError::ServerError));
    assert_eq!(asked(&org, &caller).await.0, 500);
}

#[tokio::test]
async fn oauth_errors_come_n_times_by_chance_or_until_they_are_released() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let busy = || Fault::OAuth(OAuthError::AlreadyProcessed);

    org.faults().next_token(3, busy());
    for expected in [400, 400, 400, 200] {
        assert_eq!(asked(&org, &caller).await.0, expected);
    }
    org.faults().set_token(FaultPlan::seeded(1).chance(1.0, busy()));
    assert_eq!(asked(&org, &caller).await.0, 400);
    org.faults().set_token(FaultPlan::default());

    let held = org.faults().hold_token(Fault::OAuth(OAuthError::InactiveUser));
    org.faults().next_token(1, busy());
    for _ in 0..20 {
        assert_eq!(asked(&org, &caller).await.1["error_description"], "inactive user");
    }
    assert_eq!(caller.get("/limits").await.0, 200, "tokens given before are good");
    assert!(org.faults().release(held) && !org.faults().release(held));
    assert_eq!(asked(&org, &caller).await.0, 400, "what was asked for was not used up");
    assert_eq!(asked(&org, &caller).await.0, 200);
}
