//! What Twilio refuses of a document that is XML: a verb in the wrong place, without what it is about, or too long.
//!
//! Twilio says so in its console after the caller has heard that an application error has occurred; so it is said where
//! the document is made. Names that are not known here are not judged: Twilio adds nouns faster than libraries learn
//! them.

use super::element::InvalidTwiml;
use super::{Element, Node};

/// How long a document may be, in bytes.
const LONGEST_DOCUMENT: usize = 65_536;

/// The elements that stand in one kind of element alone, or in few.
const PLACES: &[(&[&str], &[&str])] = &[
    (
        &[
            "Connect", "Dial", "Echo", "Enqueue", "Gather", "Hangup", "Leave", "Pay", "Record", "Redirect",
            "Refer", "Reject", "Sms", "Start", "Stop", "Message",
        ],
        &["Response"],
    ),
    (&["Say", "Play", "Pause"], &["Response", "Gather", "Prompt"]),
    (&["Prompt"], &["Response", "Pay"]),
    (&["Number", "Client", "Conference", "Sim", "WhatsApp", "Application"], &["Dial"]),
    (&["Queue"], &["Dial", "Response"]),
    (&["Sip"], &["Dial", "Refer"]),
    (&["Identity"], &["Client"]),
    (&["ApplicationSid"], &["Application"]),
    (&["Task"], &["Enqueue"]),
    (&["Stream"], &["Connect", "Start", "Stop"]),
    (&["Siprec", "Transcription"], &["Start", "Stop"]),
    (&["Recording"], &["Start"]),
    (
        &["ConversationRelay", "ConversationRelaySession", "VirtualAgent", "AiSession", "Assistant", "Room"],
        &["Connect"],
    ),
    (&["Language"], &["ConversationRelay"]),
    (&["Body", "Media"], &["Message"]),
];

/// How many characters the text of an element may have.
const LONGEST_TEXTS: &[(&str, usize)] = &[("Say", 4096), ("Body", 1600), ("Sip", 255), ("Identity", 121)];

/// Whole numbers that an attribute may have.
const RANGES: &[(&str, &str, std::ops::RangeInclusive<u64>)] = &[
    ("Conference", "maxParticipants", 2..=250),
    ("Dial", "timeout", 1..=600),
    ("Gather", "numDigits", 1..=u64::MAX),
    ("Record", "maxLength", 1..=14_400),
];

/// Judges a whole document, written as it will be sent.
pub(super) fn check(root: &Element, xml: &str) -> Result<(), InvalidTwiml> {
    if xml.len() > LONGEST_DOCUMENT {
        return Err(InvalidTwiml::TooLong { element: "Response".into(), most: LONGEST_DOCUMENT });
    }
    check_inside(root)
}

fn check_inside(parent: &Element) -> Result<(), InvalidTwiml> {
    for child in elements(parent) {
        check_place(child, parent)?;
        check_needs(child, parent)?;
        check_values(child, parent)?;
        check_inside(child)?;
    }
    Ok(())
}

fn check_place(element: &Element, parent: &Element) -> Result<(), InvalidTwiml> {
    let known = PLACES.iter().find(|(names, _)| names.contains(&element.name()));
    // What stands in an element that is not known is for Twilio to judge.
    let is_known =
        parent.name() == "Response" || PLACES.iter().any(|(names, _)| names.contains(&parent.name()));
    match known {
        Some((_, parents)) if is_known && !parents.contains(&parent.name()) => Err(InvalidTwiml::Place {
            element: element.name().to_owned().into(),
            parent: parent.name().to_owned().into(),
        }),
        _ => Ok(()),
    }
}

/// What an element is about.
fn check_needs(element: &Element, parent: &Element) -> Result<(), InvalidTwiml> {
    let has = |name: &str| attribute(element, name).is_some_and(|value| !value.trim().is_empty());
    let has_text = || {
        element.children().iter().any(|child| match child {
            Node::Text(text) => !text.trim().is_empty(),
            Node::Element(_) => false,
        })
    };
    let nouns = || elements(element).count();
    let missing = match element.name() {
        "Say" | "Dial" | "Client" if !has_text() && nouns() == 0 => "a text or an element in it",
        "Number" | "Conference" | "Sim" | "WhatsApp" | "Identity" | "ApplicationSid" | "Room"
        | "Redirect" | "Body" | "Media" | "Task" | "Sip"
            if !has_text() && nouns() == 0 =>
        {
            "a text"
        }
        "Play" if !has_text() && !has("digits") => "an address or digits",
        "Enqueue" if !has_text() && !has("workflowSid") => "the name of a queue or a workflowSid",
        "Connect" | "Start" | "Stop" | "Message" if nouns() == 0 => "an element in it",
        "Message" if !elements(element).any(|part| matches!(part.name(), "Body" | "Media")) => {
            "a Body or a Media"
        }
        "Refer" if nouns() == 0 && !has_text() => "a Sip",
        "Stream" if parent.name() == "Stop" && !has("name") => "the name of the stream to stop",
        "Stream" if parent.name() != "Stop" && !has("url") && !has("connectorName") => "a url",
        "ConversationRelay" if !has("url") => "a url",
        "VirtualAgent" if !has("connectorName") => "a connectorName",
        "AiSession" if !has("aiConnector") => "an aiConnector",
        "ConversationRelaySession" if !has("connector") => "a connector",
        "Language" if !has("code") => "a code",
        "Parameter" | "Config" if !has("name") => "a name",
        _ => return Ok(()),
    };
    Err(InvalidTwiml::Missing { element: element.name().to_owned().into(), what: missing })
}

/// What an element may say, and how much.
fn check_values(element: &Element, parent: &Element) -> Result<(), InvalidTwiml> {
    let name = || element.name().to_owned().into();
    let longest = LONGEST_TEXTS.iter().find(|(known, _)| *known == element.name());
    if let Some((_, most)) = longest
        && length(element) > *most
    {
        return Err(InvalidTwiml::TooLong { element: name(), most: *most });
    }
    let value = |wanted| attribute(element, wanted);
    if element.name() == "Parameter" && parent.name() == "Stream" {
        let both = [value("name"), value("value")].into_iter().flatten().map(|text| text.chars().count());
        if both.sum::<usize>() > 500 {
            return Err(InvalidTwiml::TooLong { element: name(), most: 500 });
        }
    }
    let most = match element.name() {
        "Connect" => Some(1),
        "Dial" | "Message" => Some(if element.name() == "Dial" { 10 } else { 11 }),
        _ => None,
    };
    if let Some(most) = most
        && elements(element).count() > most
    {
        return Err(InvalidTwiml::TooMany { element: name(), most });
    }
    let refused = |attribute| Err(InvalidTwiml::Value { element: name(), attribute });
    for (_, attribute, range) in RANGES.iter().filter(|(known, ..)| *known == element.name()) {
        let outside = |text: &str| text.parse().map_or(true, |number| !range.contains(&number));
        if value(attribute).is_some_and(outside) {
            return refused(attribute);
        }
    }
    let tones = |text: &str| {
        text.bytes().all(|key| matches!(key, b'0'..=b'9' | b'*' | b'#' | b'w' | b'W' | b'A'..=b'D'))
    };
    match element.name() {
        "Play" if value("digits").is_some_and(|text| !tones(text)) => refused("digits"),
        "Reject" if value("reason").is_some_and(|text| !matches!(text, "rejected" | "busy")) => {
            refused("reason")
        }
        "Stream" | "ConversationRelay" if value("url").is_some_and(|url| !is_websocket(url)) => {
            refused("url")
        }
        _ => Ok(()),
    }
}

fn is_websocket(url: &str) -> bool {
    url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("wss://"))
}

fn attribute<'a>(element: &'a Element, wanted: &str) -> Option<&'a str> {
    element.attributes().find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

fn elements(parent: &Element) -> impl Iterator<Item = &Element> {
    parent.children().iter().filter_map(|child| match child {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

/// How many characters are said in an element, those in its marks included.
fn length(element: &Element) -> usize {
    let of = |child: &Node| match child {
        Node::Text(text) => text.chars().count(),
        Node::Element(inner) => length(inner),
    };
    element.children().iter().map(of).sum()
}
