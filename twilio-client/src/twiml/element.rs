//! Any element, and how it is written.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::limits;

/// An XML element by name: the escape for verbs, nouns and children that have no type here.
///
/// `Debug` shows the names of elements and attributes, neither their values nor any text.
///
/// ```
/// use twilio_client::twiml::{Connect, Element, VoiceResponse};
///
/// let session = Element::new("AiSession").attribute("aiConnector", "desk");
/// let xml = VoiceResponse::new().with(Connect::new().with(session)).to_xml()?;
/// assert!(xml.contains(r#"<Connect><AiSession aiConnector="desk"/></Connect>"#));
/// # Ok::<(), twilio_client::twiml::InvalidTwiml>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Element {
    name: Cow<'static, str>,
    attributes: Vec<(Cow<'static, str>, String)>,
    children: Vec<Node>,
}

/// What stands in an element.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Node {
    /// Another element.
    Element(Element),
    /// Text, unescaped; two never stand side by side.
    Text(String),
}

impl Element {
    /// An element without attributes and children.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), attributes: Vec::new(), children: Vec::new() }
    }

    /// Gives the attribute this value, in place of the one it had.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.attributes.push((name, value)),
        }
        self
    }

    /// Adds an element after the others.
    #[must_use]
    pub fn child(mut self, child: impl Into<Self>) -> Self {
        self.children.push(Node::Element(child.into()));
        self
    }

    /// Adds text after the other children, joined to a text that ends them: XML has no border between two.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        match self.children.last_mut() {
            Some(Node::Text(known)) => known.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.children.push(Node::Text(text)),
        }
        self
    }

    /// The name of the element.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names and values of the attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// What stands in the element, in order.
    pub fn children(&self) -> &[Node] {
        &self.children
    }

    /// Drops text that is only white space and stands between elements.
    pub(super) fn drop_indentation(&mut self) {
        let elements = self.children.iter().any(|child| matches!(child, Node::Element(_)));
        let blank = |child: &Node| matches!(child, Node::Text(text) if text.trim().is_empty());
        if elements && !self.holds_speech() {
            self.children.retain(|child| !blank(child));
        }
        for child in &mut self.children {
            if let Node::Element(element) = child {
                element.drop_indentation();
            }
        }
    }

    /// In speech a space between two marks is a space between two words. Everywhere else it is indentation.
    fn holds_speech(&self) -> bool {
        self.name == "Say" || self.name.starts_with(|c: char| c.is_ascii_lowercase())
    }

    /// The element as XML, without a declaration. It is no whole answer, so it is not judged as one.
    ///
    /// # Errors
    ///
    /// [`InvalidTwiml`] when a name is no XML name, or a text or value has a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<String, InvalidTwiml> {
        let mut xml = String::new();
        self.write(&mut xml)?;
        Ok(xml)
    }

    /// The element as a whole document, which Twilio is to take.
    pub(super) fn to_document(&self) -> Result<String, InvalidTwiml> {
        let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
        self.write(&mut xml)?;
        limits::check(self, &xml)?;
        Ok(xml)
    }

    pub(super) fn write(&self, xml: &mut String) -> Result<(), InvalidTwiml> {
        let name = checked_name(&self.name)?;
        xml.push('<');
        xml.push_str(name);
        for (attribute, value) in &self.attributes {
            xml.push(' ');
            xml.push_str(checked_name(attribute)?);
            xml.push_str("=\"");
            escape(value, xml).ok_or_else(|| self.unspeakable())?;
            xml.push('"');
        }
        if self.children.is_empty() {
            xml.push_str("/>");
            return Ok(());
        }
        xml.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(xml)?,
                Node::Text(text) => escape(text, xml).ok_or_else(|| self.unspeakable())?,
            }
        }
        let _ = write!(xml, "</{name}>");
        Ok(())
    }

    fn unspeakable(&self) -> InvalidTwiml {
        InvalidTwiml::Character { element: self.name.clone() }
    }
}

/// Escapes everything that means something in text or in a quoted value, and the line breaks that a parser
/// would turn into others. None if there is a character that XML 1.0 has no way to write.
fn escape(text: &str, xml: &mut String) -> Option<()> {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' => xml.push_str("&#9;"),
            '\n' => xml.push_str("&#10;"),
            '\r' => xml.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return None,
            _ => xml.push(c),
        }
    }
    Some(())
}

/// Names are ASCII here, as all of Twilio's are; one colon may divide them, as in `xml:lang`.
fn checked_name(name: &str) -> Result<&str, InvalidTwiml> {
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on_well =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'));
    if begins_well && goes_on_well { Ok(name) } else { Err(InvalidTwiml::Name) }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.attributes.iter().map(|(name, _)| name).collect();
        f.debug_struct(&self.name).field("attributes", &names).field("children", &self.children).finish()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(element) => element.fmt(f),
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
        }
    }
}

/// The tree cannot be written as XML, or Twilio would refuse it; nothing of its text is repeated here.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTwiml {
    /// An element or an attribute has a name that is no XML name.
    #[error("an element or attribute has a name that is not valid in XML")]
    Name,
    /// A text or an attribute value has a control character that XML cannot carry, escaped or not.
    #[error("the text or a value of <{element}> has a character that XML cannot carry")]
    Character {
        /// The element.
        element: Cow<'static, str>,
    },
    /// An element stands where Twilio does not take it.
    #[error("<{element}> cannot stand in <{parent}>")]
    Place {
        /// The element.
        element: Cow<'static, str>,
        /// What it stands in.
        parent: Cow<'static, str>,
    },
    /// An element lacks what it is about.
    #[error("<{element}> needs {what}")]
    Missing {
        /// The element.
        element: Cow<'static, str>,
        /// What it lacks.
        what: &'static str,
    },
    /// A text, or the whole document, is longer than Twilio takes.
    #[error("<{element}> is longer than {most}")]
    TooLong {
        /// The element.
        element: Cow<'static, str>,
        /// How long it may be: in characters, and in bytes for the whole document.
        most: usize,
    },
    /// More elements stand in an element than Twilio takes.
    #[error("<{element}> has more than {most} elements in it")]
    TooMany {
        /// The element.
        element: Cow<'static, str>,
        /// How many it may have.
        most: usize,
    },
    /// An attribute has a value that Twilio does not take.
    #[error("the attribute {attribute} of <{element}> has a value that twilio does not take")]
    Value {
        /// The element.
        element: Cow<'static, str>,
        /// The attribute.
        attribute: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_xml_cannot_carry_is_refused_in_text_and_in_values() {
        for c in ['\0', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            let expected = Err(InvalidTwiml::Character { element: "Say".into() });

            assert_eq!(Element::new("Say").text(format!("a{c}b")).to_xml(), expected);
            assert_eq!(Element::new("Say").attribute("voice", c).to_xml(), expected);
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_place() {
        for name in ["", "1a", "a b", "a>", "a=\"\"", "é"] {
            assert_eq!(Element::new(name).to_xml(), Err(InvalidTwiml::Name), "{name}");
            assert_eq!(Element::new("Say").attribute(name, "").to_xml(), Err(InvalidTwiml::Name), "{name}");
        }
        assert!(Element::new("lang").attribute("xml:lang", "en").to_xml().is_ok());
    }

    #[test]
    fn line_breaks_survive_what_a_parser_does_to_them() {
        let xml = Element::new("Say").attribute("a", "\r\n\t").text("\r\n").to_xml().unwrap();

        assert_eq!(xml, "<Say a=\"&#13;&#10;&#9;\">&#13;&#10;</Say>");
    }

    #[test]
    fn a_later_value_takes_the_place_of_an_earlier() {
        let xml = Element::new("Say").attribute("loop", "1").attribute("loop", "2").to_xml().unwrap();

        assert_eq!(xml, "<Say loop=\"2\"/>");
    }

    #[test]
    fn debug_shows_names_only() {
        let element =
            Element::new("Dial").attribute("callerId", "+14155550142").text("canary-transcript-c0de");

        let debug = format!("{element:?}");
        assert!(!debug.contains("4155550142") && !debug.contains("canary") && debug.contains("callerId"));
    }

    proptest! {
        #[test]
        fn escaped_text_holds_no_markup_and_reads_back_as_it_was(text in "[ -~\\n\\r\\té😀&<>\"']{0,40}") {
            let mut xml = String::new();
            escape(&text, &mut xml).unwrap();

            prop_assert!(!xml.contains(['<', '>', '"', '\n', '\r', '\t']));
            let plain = xml.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            let plain = plain.replace("&#9;", "\t").replace("&#10;", "\n").replace("&#13;", "\r");
            prop_assert!(plain.replace("&amp;", "&") == text);
        }
    }
}
