//! Reading `TwiML`: what was written here, and what others wrote.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::{Element, MessagingResponse, VoiceResponse};

impl Element {
    /// Reads a document with one root, white space included. Comments and processing instructions are left out;
    /// a document type is refused, for it can hold entities that grow without end.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says where the text stops being such a document.
    pub fn parse(xml: &str) -> Result<Self, ParseError> {
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let at = position(&reader);
            let wrong = |kind| ParseError { kind, at };
            let event = reader.read_event().map_err(|_| wrong(ParseErrorKind::NotXml))?;
            match event {
                Event::Start(tag) if root.is_none() && open.len() < DEEPEST => {
                    open.push(element(&tag).map_err(wrong)?);
                }
                Event::Empty(tag) if root.is_none() => {
                    close(element(&tag).map_err(wrong)?, &mut open, &mut root);
                }
                Event::Start(_) if root.is_none() => return Err(wrong(ParseErrorKind::TooDeep)),
                Event::Start(_) | Event::Empty(_) => return Err(wrong(ParseErrorKind::NotOneRoot)),
                Event::End(_) => {
                    let element = open.pop().ok_or(wrong(ParseErrorKind::NotXml))?;
                    close(element, &mut open, &mut root);
                }
                Event::Text(text) => say(&text.xml10_content(), &mut open).map_err(wrong)?,
                Event::CData(text) => say(&text.xml10_content(), &mut open).map_err(wrong)?,
                Event::GeneralRef(name) => {
                    let c = name.resolve_char_ref().map_err(|_| wrong(ParseErrorKind::Character))?;
                    let text = match c {
                        Some(c) => c.to_string(),
                        None => {
                            resolve_predefined_entity(&name).ok_or(wrong(ParseErrorKind::Entity))?.to_owned()
                        }
                    };
                    say(&text, &mut open).map_err(wrong)?;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(wrong(ParseErrorKind::DocumentType)),
                Event::Eof => break,
            }
        }
        let at = position(&reader);
        match root {
            Some(root) if open.is_empty() => Ok(root),
            _ => Err(ParseError { kind: ParseErrorKind::NotOneRoot, at }),
        }
    }
}

impl VoiceResponse {
    /// Reads the answer to a voice webhook, ours or another's; indentation is left out. What is read is not
    /// checked against the types here: Twilio adds nouns faster than libraries learn them.
    ///
    /// ```
    /// use twilio_client::twiml::{Say, VoiceResponse};
    ///
    /// let response = VoiceResponse::new().with(Say::new("Hello & goodbye"));
    /// assert_eq!(VoiceResponse::parse(&response.to_xml()?)?, response);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is no XML, or its root is not `Response`.
    pub fn parse(xml: &str) -> Result<Self, ParseError> {
        response(xml).map(Self)
    }

    /// The response as an element.
    pub fn as_element(&self) -> &Element {
        &self.0
    }
}

impl MessagingResponse {
    /// Reads the answer to a messaging webhook, as [`VoiceResponse::parse`] does.
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is no XML, or its root is not `Response`.
    pub fn parse(xml: &str) -> Result<Self, ParseError> {
        response(xml).map(Self)
    }
}

fn response(xml: &str) -> Result<Element, ParseError> {
    let mut root = Element::parse(xml)?;
    if root.name() != "Response" {
        return Err(ParseError { kind: ParseErrorKind::NotAResponse, at: 0 });
    }
    root.drop_indentation();
    Ok(root)
}

fn position(reader: &Reader<&[u8]>) -> usize {
    reader.buffer_position().try_into().unwrap_or(usize::MAX)
}

fn element(tag: &BytesStart<'_>) -> Result<Element, ParseErrorKind> {
    let mut element = Element::new(tag.name().as_ref().to_owned());
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| ParseErrorKind::NotXml)?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0);
        let value = legal(&value.map_err(|_| ParseErrorKind::Entity)?)?.to_owned();
        element = element.attribute(attribute.key.as_ref().to_owned(), value);
    }
    Ok(element)
}

/// Puts a closed element where it belongs.
fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => *parent = std::mem::replace(parent, Element::new("")).child(element),
        None => *root = Some(element),
    }
}

/// Puts text where it belongs; outside the root only white space may stand.
fn say(text: &str, open: &mut [Element]) -> Result<(), ParseErrorKind> {
    let text = legal(text)?;
    match open.last_mut() {
        Some(parent) => *parent = std::mem::replace(parent, Element::new("")).text(text),
        None if text.trim().is_empty() => {}
        None => return Err(ParseErrorKind::NotOneRoot),
    }
    Ok(())
}

/// The parser lets pass what XML does not.
fn legal(text: &str) -> Result<&str, ParseErrorKind> {
    let illegal =
        |c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(illegal) { Err(ParseErrorKind::Character) } else { Ok(text) }
}

/// How deep elements may stand in each other; `TwiML` needs six.
const DEEPEST: usize = 64;

/// The text is no document that can be read as `TwiML`; nothing of it is repeated here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at byte {at}")]
pub struct ParseError {
    kind: ParseErrorKind,
    at: usize,
}

impl ParseError {
    /// What is wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// How many bytes were read before.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// Why a text cannot be read as `TwiML`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Tags do not match, or something is cut off.
    #[error("this is not XML")]
    NotXml,
    /// There is no element, more than one, or text around it.
    #[error("there is not exactly one root element")]
    NotOneRoot,
    /// The root is not `Response`.
    #[error("the root element is not Response")]
    NotAResponse,
    /// Elements stand deeper in each other than 64.
    #[error("the elements are nested too deep")]
    TooDeep,
    /// A character that XML does not allow, written or by its number.
    #[error("a character that XML cannot carry")]
    Character,
    /// An entity that XML itself does not define.
    #[error("an unknown entity")]
    Entity,
    /// A document type.
    #[error("a document type, which is not read")]
    DocumentType,
}
