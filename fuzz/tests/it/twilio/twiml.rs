//! TwiML: what can be read can be written and is then read as the same.

use twilio_client::twiml::{Element, InvalidTwiml, MessagingResponse, VoiceResponse};

use crate::{bound::check_values, edit::check_seeded, seeds::TWIML};

fn exercise(xml: &[u8]) {
    let xml = String::from_utf8_lossy(xml);
    let Ok(element) = Element::parse(&xml) else {
        assert!(VoiceResponse::parse(&xml).is_err());
        return;
    };
    let _ = format!("{element:?}");
    match element.to_xml() {
        Ok(written) => assert!(Element::parse(&written).unwrap() == element),
        // Twilio's names are ASCII, XML's need not be.
        Err(error) => assert_eq!(error, InvalidTwiml::Name),
    }
    if let (Ok(response), Ok(_)) = (VoiceResponse::parse(&xml), MessagingResponse::parse(&xml)) {
        if let Ok(written) = response.to_xml() {
            assert!(VoiceResponse::parse(&written).unwrap() == response);
        }
    } else {
        assert_ne!(element.name(), "Response");
    }
}

#[test]
fn a_document_that_can_be_read_is_the_same_after_it_was_written_and_read() {
    check_seeded!(TWIML, exercise);
}

#[test]
fn whatever_is_put_into_a_tree_is_refused_or_reads_back_as_it_was() {
    check_values!((String, String, String, String), |(name, attribute, value, text)| {
        for name in [name.as_str(), "Say"] {
            for attribute in [attribute.as_str(), "voice"] {
                let said = Element::new(name.to_owned()).attribute(attribute.to_owned(), value.as_str());
                let tree = Element::new("Response").child(said.text(text.as_str()));
                if let Ok(xml) = tree.to_xml() {
                    assert!(Element::parse(&xml).unwrap() == tree);
                }
            }
        }
    });
}
