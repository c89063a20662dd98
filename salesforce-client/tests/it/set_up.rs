//! What is refused when a client is built, before any request.

use salesforce_client::{ApiVersion, Client, ErrorKind, LoginHost, SecretString};

use crate::canary;
use crate::scripted::{Scripted, builder, host};

#[test]
fn a_shared_login_host_is_refused_before_any_request() {
    for shared in ["https://login.salesforce.com", "https://test.salesforce.com"] {
        let transport = Scripted::new([]);
        let error = Client::builder(LoginHost::parse(shared).unwrap())
            .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
            .transport(transport.clone())
            .build()
            .unwrap_err();

        assert_eq!((error.kind(), transport.count()), (ErrorKind::Configuration, 0));
        assert!(error.to_string().contains("my.salesforce.com"));
    }
}

#[test]
fn a_wrong_set_up_is_named_when_the_client_is_built() {
    let transport = Scripted::new([]);
    let retired = builder(&transport).api_version(ApiVersion::new(30)).build().unwrap_err();
    let nothing_runs = builder(&transport).max_concurrent(0).build().unwrap_err();
    let no_login = Client::builder(host()).build().unwrap_err();

    assert!(retired.to_string().contains("retired"));
    assert!([retired, nothing_runs, no_login].iter().all(|error| error.kind() == ErrorKind::Configuration));
    assert!(builder(&transport).api_version(ApiVersion::new(31)).build().is_ok());
}
