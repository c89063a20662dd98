//! The parameters of webhooks: everything that came is there, whatever it is.

use twilio_client::callback::{Callback, ConnectionOverrides, Params};
use twilio_client::endpoint::Endpoint;
use twilio_client::origin::PublicOrigin;

use crate::bound::{check_bytes, check_values};
use crate::edit::check_seeded;
use crate::seeds::TWILIO;

#[test]
fn bytes_are_read_as_the_url_standard_reads_them() {
    check_bytes!(512, |input| {
        let ours: Vec<(String, String)> =
            Params::parse(input).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let standard: Vec<(String, String)> = url::form_urlencoded::parse(input).into_owned().collect();
        assert_eq!(ours, standard);
    });
}

/// Reads everything that a channel would read.
fn exercise(form: &[u8]) {
    let callback = Callback::of(Params::parse(form));
    let _ = format!("{callback:?}");
    match callback {
        Callback::Voice(it) => {
            let _ = (it.caller(), it.called(), it.stir(), it.forwarded_from(), it.error_code());
        }
        Callback::CallStatus(it) => {
            let _ = (it.call_status(), it.sequence_number(), it.duration(), it.answered_by());
        }
        Callback::Recording(it) => {
            let _ = (it.recording_sid(), it.recording_status());
        }
        Callback::Dial(it) => {
            let _ = (it.dial_call_status(), it.bridged(), it.duration());
        }
        Callback::Gather(it) => {
            let _ = (it.digits(), it.confidence());
        }
        Callback::Conference(it) => {
            let _ = (it.event(), it.call_sid(), it.label());
        }
        _ => {}
    }
}

#[test]
fn any_body_has_a_family_and_readers_that_answer() {
    check_seeded!(TWILIO, exercise);
}

#[test]
fn any_text_is_an_end_of_a_call_and_stays_what_it_is() {
    check_values!(String, |text| {
        let end = Endpoint::from(text.as_str());
        assert_eq!(end.as_str(), text);
        let _ = format!("{end:?}");
    });
}

#[test]
fn an_address_of_ours_takes_any_target_without_leaving_our_host() {
    let origin: PublicOrigin = "https://voice.example.com".parse().unwrap();
    check_values!(String, |target| {
        let url = origin.url(target);
        let rest = url.strip_prefix("https://voice.example.com").unwrap();
        assert!(rest.starts_with(['/', '?']) || rest.is_empty());
        let _ = (target.parse::<PublicOrigin>(), ConnectionOverrides::new().check_host(true).on(target));
    });
}
