//! What a signature covers: a text with placeholders, taken apart once.

use super::ConfigError;

/// One part of the signed payload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Piece {
    Literal(String),
    Body,
    Timestamp,
    Method,
    Url,
    MessageId,
}

/// The pieces of a payload format in order.
#[derive(Clone, Debug)]
pub(super) struct PayloadFormat(Vec<Piece>);

impl PayloadFormat {
    pub(super) fn parse(format: &str) -> Result<Self, ConfigError> {
        let mut pieces = Vec::new();
        let mut rest = format;
        while let Some((literal, tail)) = rest.split_once('{') {
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            let unknown = |name: &str| ConfigError::UnknownPlaceholder(name.to_owned());
            let (name, after) = tail.split_once('}').ok_or_else(|| unknown(tail))?;
            pieces.push(match name {
                "body" => Piece::Body,
                "timestamp" => Piece::Timestamp,
                "method" => Piece::Method,
                "url" => Piece::Url,
                "svix-id" => Piece::MessageId,
                _ => return Err(unknown(name)),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        let format = Self(pieces);
        if format.names(&Piece::Body) { Ok(format) } else { Err(ConfigError::BodyNotSigned) }
    }

    pub(super) fn names(&self, piece: &Piece) -> bool {
        self.0.contains(piece)
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, PayloadFormat, Piece};

    #[test]
    fn placeholders_and_literals_keep_their_order() {
        let format = PayloadFormat::parse("v1:{svix-id}.{timestamp}.{body}!").unwrap();

        let expected = [
            Piece::Literal("v1:".to_owned()),
            Piece::MessageId,
            Piece::Literal(".".to_owned()),
            Piece::Timestamp,
            Piece::Literal(".".to_owned()),
            Piece::Body,
            Piece::Literal("!".to_owned()),
        ];
        assert!(format.pieces().eq(expected.iter()));
    }

    #[test]
    fn a_format_that_cannot_work_is_refused() {
        let refused = |format| PayloadFormat::parse(format).unwrap_err();

        assert_eq!(refused("{timestamp}."), ConfigError::BodyNotSigned);
        assert_eq!(refused("{body}{nonce}"), ConfigError::UnknownPlaceholder("nonce".to_owned()));
        assert_eq!(refused("{body}{timestamp"), ConfigError::UnknownPlaceholder("timestamp".to_owned()));
    }
}
