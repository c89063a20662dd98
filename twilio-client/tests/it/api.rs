//! What the shape of the public types promises.

use twilio_client::error::ErrorKind;
use twilio_client::{AuthToken, Client, Credentials, Error};

fn client() -> twilio_client::client::ClientBuilder {
    let token = AuthToken::new("canary-token-77aa").unwrap();
    Client::builder("AC00000000000000000000000000000001".parse().unwrap(), Credentials::auth_token(token))
}

#[test]
fn errors_and_clients_cross_threads_and_an_error_is_one_pointer_wide() {
    fn crosses<T: Send + Sync + 'static>() {}

    crosses::<Error>();
    crosses::<Client>();
    #[cfg(feature = "webhook")]
    crosses::<twilio_client::WebhookVerifier>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_setting_that_cannot_work_fails_before_anything_is_sent() {
    let plain = client().base_url("http://twilio.example.com".parse().unwrap());
    let logged_in = client().base_url("https://user@twilio.example.com".parse().unwrap());
    let queried = client().base_url("https://twilio.example.com/?a=1".parse().unwrap());
    for builder in
        [plain, logged_in, queried, client().region("ie1.evil.example", "dublin"), client().region("ie1", "")]
    {
        assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Configuration);
    }

    assert!(client().region("ie1", "dublin").build().is_ok());
}
