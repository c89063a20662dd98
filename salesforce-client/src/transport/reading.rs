//! Reading the body of an answer as a whole, as far as it may go.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;

use super::{Reached, TransportError};

/// An answer larger than this is not read to its end, unless set otherwise.
pub(super) const MAX_RESPONSE_BYTES: usize = 16 << 20;

/// The whole body, which is of the `announced` length if any was, and at most `most` bytes long.
pub(super) async fn whole(
    mut pieces: impl Stream<Item = io::Result<Bytes>> + Unpin,
    announced: Option<u64>,
    most: usize,
) -> Result<Bytes, TransportError> {
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    // Most answers come in one piece, which is then not copied.
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            TransportError::new(Reached::Maybe, "the connection was cut inside the answer").with_source(error)
        })?;
        if first.len().max(body.len()) + piece.len() > most {
            return Err(too_large());
        }
        if first.is_empty() {
            first = piece;
            continue;
        }
        if body.is_empty() {
            body.reserve(announced.unwrap_or(first.len() + piece.len()));
            body.extend_from_slice(&first);
        }
        body.extend_from_slice(&piece);
    }
    Ok(if body.is_empty() { first } else { body.freeze() })
}

fn too_large() -> TransportError {
    let hint = "the answer is larger than the client reads: ask for fewer fields or rows";
    TransportError::new(Reached::Maybe, hint).permanent()
}
