//! Multipart forms, read as they arrive: a part is handed on piece by piece and never held whole.

use bytes::{Buf as _, BytesMut};

/// Splits a stream of bytes into parts.
pub(super) struct Splitter {
    /// A line end, two dashes and the boundary.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    /// Right after a delimiter.
    Delimited,
    Headers,
    Body,
    End,
}

/// What comes next in the stream.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// A part begins; its headers.
    Begin(String),
    Data(BytesMut),
    /// The part is complete.
    Done,
    /// The form is complete.
    End,
}

/// A stream that is no multipart form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Malformed;

impl Splitter {
    /// Reads the boundary out of a `Content-Type`; `None` if it is no multipart form.
    pub(super) fn new(content_type: &str) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
        })?;
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
            return None;
        }
        // The first delimiter may stand at the very beginning, without a line end before it.
        Some(Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            buffer: BytesMut::from(&b"\r\n"[..]),
            state: State::Preamble,
        })
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next piece, or `None` until more bytes are fed.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Malformed> {
        loop {
            match self.state {
                State::Preamble => match find(&self.buffer, &self.delimiter) {
                    Some(at) => {
                        self.buffer.advance(at + self.delimiter.len());
                        self.state = State::Delimited;
                    }
                    None if self.buffer.len() > MAX_HEADERS => return Err(Malformed),
                    None => return Ok(None),
                },
                State::Delimited => {
                    let Some(after) = self.buffer.get(..2) else { return Ok(None) };
                    self.state = match after {
                        b"--" => State::End,
                        b"\r\n" => State::Headers,
                        _ => return Err(Malformed),
                    };
                    // The line end stays: a part without headers has only one before its body.
                    if self.state == State::End {
                        return Ok(Some(Piece::End));
                    }
                }
                State::Headers => match find(&self.buffer, b"\r\n\r\n") {
                    Some(at) => {
                        let headers = String::from_utf8_lossy(&self.buffer[..at]).into_owned();
                        self.buffer.advance(at + 4);
                        self.state = State::Body;
                        // A body that is empty ends at once: its delimiter needs the line end just taken.
                        return Ok(Some(Piece::Begin(headers)));
                    }
                    None if self.buffer.len() > MAX_HEADERS => return Err(Malformed),
                    None => return Ok(None),
                },
                State::Body => return Ok(self.body()),
                State::End => return Ok(None),
            }
        }
    }

    fn body(&mut self) -> Option<Piece> {
        if let Some(at) = find(&self.buffer, &self.delimiter) {
            if at > 0 {
                return Some(Piece::Data(self.buffer.split_to(at)));
            }
            self.buffer.advance(self.delimiter.len());
            self.state = State::Delimited;
            return Some(Piece::Done);
        }
        // The end of what has arrived could be the beginning of a delimiter.
        let sure = self.buffer.len().saturating_sub(self.delimiter.len());
        (sure > 0).then(|| Piece::Data(self.buffer.split_to(sure)))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

const MAX_BOUNDARY: usize = 200;
const MAX_HEADERS: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{any, proptest},
    };

    use super::{Malformed, Piece, Splitter};

    /// The parts of a body that arrives in chunks of a size.
    fn parts(body: &[u8], chunk: usize) -> Result<Vec<(String, Vec<u8>)>, Malformed> {
        let mut splitter = Splitter::new("multipart/form-data; charset=x; boundary=\"b\"").unwrap();
        let (mut parts, mut done) = (Vec::new(), false);
        for bytes in body.chunks(chunk) {
            splitter.feed(bytes);
            while let Some(piece) = splitter.next()? {
                match piece {
                    Piece::Begin(headers) => parts.push((headers.trim().to_owned(), Vec::new())),
                    Piece::Data(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
                    Piece::Done => {}
                    Piece::End => {
                        done = true;
                        break;
                    }
                }
            }
        }
        if done { Ok(parts) } else { Err(Malformed) }
    }

    #[test]
    fn a_form_that_is_none_is_refused() {
        assert!(Splitter::new("multipart/form-data").is_none());
        assert!(Splitter::new("application/json; boundary=b").is_none());
        assert_eq!(parts(b"--b\r\nA: 1\r\n\r\nno end", 4), Err(Malformed));
        assert_eq!(parts(b"--bx", 4), Err(Malformed));
    }

    proptest! {
        #[test]
        fn every_body_survives_in_chunks_of_any_size(
            bodies in vec(vec(any::<u8>(), 0..200), 1..4),
            chunk in 1_usize..50,
        ) {
            let mut form = b"preamble".to_vec();
            for body in &bodies {
                form.extend_from_slice(b"\r\n--b\r\nName: x\r\n\r\n");
                form.extend_from_slice(body);
            }
            form.extend_from_slice(b"\r\n--b--\r\n");
            let read = parts(&form, chunk).unwrap();
            assert!(read.iter().map(|(_, body)| body).eq(bodies.iter()));
        }
    }
}
