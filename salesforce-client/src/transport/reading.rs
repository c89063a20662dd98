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

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};
    use proptest::prelude::*;

    use super::*;
    use crate::error::{Error, Retry};

    /// What is read of a body in pieces of these lengths.
    fn read(pieces: &[Vec<u8>], announced: Option<u64>, most: usize) -> Result<Bytes, TransportError> {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        whole(stream::iter(pieces), announced, most).now_or_never().unwrap()
    }

    proptest! {
        #[test]
        fn a_body_is_the_same_in_whatever_pieces_it_comes(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8),
            is_announced in any::<bool>(),
        ) {
            let body = pieces.concat();
            let announced = is_announced.then_some(body.len() as u64);
            prop_assert_eq!(read(&pieces, announced, body.len()).unwrap(), body);
        }

        #[test]
        fn a_body_that_is_too_long_is_refused_announced_or_not(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..8),
            is_announced in any::<bool>(),
        ) {
            let length = pieces.concat().len();
            let announced = is_announced.then_some(length as u64);
            let error = Error::from(read(&pieces, announced, length - 1).unwrap_err());
            prop_assert_eq!(error.retry(), Retry::Never);
        }
    }
}
