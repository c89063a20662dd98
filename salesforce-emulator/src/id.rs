//! Record ids: 15 case-sensitive characters, or 18 with a checksum that survives case folding.

use std::fmt;

/// The three characters that tell an id's object: `500` is a Case.
pub(crate) type KeyPrefix = [u8; 3];

/// A record id of this org, without its checksum.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct RecordId([u8; 15]);

impl RecordId {
    /// Makes the id of the `serial`th record of an object.
    pub(crate) fn new(prefix: KeyPrefix, serial: u32) -> Self {
        let mut bytes = [b'0'; 15];
        bytes[..3].copy_from_slice(&prefix);
        bytes[3..5].copy_from_slice(&INSTANCE);
        let mut rest = serial;
        for place in bytes[5..].iter_mut().rev() {
            *place = DIGITS[(rest % 62) as usize];
            rest /= 62;
        }
        Self(bytes)
    }

    /// Reads an id of 15 or 18 characters; a wrong checksum is no id.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let head: [u8; 15] = bytes.get(..15)?.try_into().ok()?;
        if !head.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let id = Self(head);
        match bytes.len() {
            15 => Some(id),
            18 if id.checksum().eq_ignore_ascii_case(&bytes[15..]) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn prefix(self) -> KeyPrefix {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// The record's number within its object, or nothing for an id of another org.
    pub(crate) fn serial(self) -> Option<u32> {
        if self.0[3..5] != INSTANCE {
            return None;
        }
        self.0[5..].iter().try_fold(0_u32, |sum, byte| {
            let digit = DIGITS.iter().position(|known| known == byte)?;
            sum.checked_mul(62)?.checked_add(u32::try_from(digit).ok()?)
        })
    }

    /// The 15-character form, which some messages of the org use.
    pub(crate) fn short(self) -> String {
        self.0.iter().map(|byte| char::from(*byte)).collect()
    }

    fn checksum(self) -> [u8; 3] {
        let mut suffix = [0; 3];
        for (place, chunk) in suffix.iter_mut().zip(self.0.chunks(5)) {
            let bits = chunk
                .iter()
                .enumerate()
                .fold(0_usize, |bits, (at, byte)| bits | (usize::from(byte.is_ascii_uppercase()) << at));
            *place = CHECKSUM_DIGITS[bits];
        }
        suffix
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.iter().chain(&self.checksum()) {
            write!(f, "{}", char::from(*byte))?;
        }
        Ok(())
    }
}

const INSTANCE: [u8; 2] = *b"Ev";
const DIGITS: [u8; 62] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM_DIGITS: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::RecordId;

    #[test]
    fn the_checksum_is_the_vendors() {
        let id = RecordId::parse("001D000000IRt53").unwrap();
        assert_eq!(id.to_string(), "001D000000IRt53IAD");
    }

    #[test]
    fn a_wrong_checksum_is_no_id() {
        assert!(RecordId::parse("001D000000IRt53IAE").is_none());
    }

    #[test]
    fn an_id_of_another_org_has_no_serial() {
        assert_eq!(RecordId::parse("001D000000IRt53IAD").unwrap().serial(), None);
    }

    proptest! {
        #[test]
        fn every_serial_reads_back_from_both_lengths(serial in any::<u32>()) {
            let id = RecordId::new(*b"500", serial);
            assert_eq!(RecordId::parse(&id.to_string()), Some(id));
            assert_eq!(RecordId::parse(&id.short()), Some(id));
            assert_eq!(id.serial(), Some(serial));
        }

        #[test]
        fn any_text_is_an_id_or_refused(text in any::<String>()) {
            let _ = RecordId::parse(&text);
        }
    }
}
