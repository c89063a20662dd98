//! Zip files, as far as a deployment needs them: the names in them, and small texts.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// The files of an archive.
pub(crate) struct Zip<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    method: u16,
    packed: usize,
    /// Where its own header stands.
    at: usize,
}

impl<'a> Zip<'a> {
    /// Reads the directory at the end of an archive; nothing if there is none, or a broken one.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let last = bytes.len().checked_sub(END_LENGTH)?;
        let end =
            (last.saturating_sub(LONGEST_COMMENT)..=last).rev().find(|at| bytes[*at..].starts_with(&END))?;
        let mut at = long(bytes, end + 16)?;
        let mut entries = Vec::new();
        for _ in 0..short(bytes, end + 10)? {
            if !bytes.get(at..)?.starts_with(&DIRECTORY) {
                return None;
            }
            let name_length = usize::from(short(bytes, at + 28)?);
            let name = bytes.get(at + 46..at + 46 + name_length)?;
            entries.push(Entry {
                name: String::from_utf8_lossy(name).into_owned(),
                method: short(bytes, at + 10)?,
                packed: long(bytes, at + 20)?,
                at: long(bytes, at + 42)?,
            });
            at +=
                46 + name_length + usize::from(short(bytes, at + 30)?) + usize::from(short(bytes, at + 32)?);
        }
        Some(Self { bytes, entries })
    }

    /// The names of all files; those of folders end in a slash.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// A file as text; nothing if it is missing, broken, too large, or packed in a way not known.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let header = self.bytes.get(entry.at..)?;
        let begin = 30 + usize::from(short(header, 26)?) + usize::from(short(header, 28)?);
        let packed = header.get(begin..begin.checked_add(entry.packed)?)?;
        let bytes = match entry.method {
            STORED => packed.to_vec(),
            DEFLATED => decompress_to_vec_with_limit(packed, LARGEST_TEXT).ok()?,
            _ => return None,
        };
        String::from_utf8(bytes).ok()
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(number).ok()
}

/// See PKWARE, "APPNOTE.TXT - .ZIP File Format Specification".
const END: [u8; 4] = *b"PK\x05\x06";
const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
const END_LENGTH: usize = 22;
const LONGEST_COMMENT: usize = 65_535;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const LARGEST_TEXT: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use miniz_oxide::deflate::compress_to_vec;

    use super::Zip;

    /// An archive of one file.
    fn archive(name: &str, method: u16, packed: &[u8]) -> Vec<u8> {
        let length = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let common = [
            &[20, 0, 0, 0][..],
            &method.to_le_bytes(),
            &[0; 8],
            &length(packed.len()),
            &length(packed.len()),
            &length(name.len())[..2],
            &[0, 0],
        ]
        .concat();
        let mut bytes = [b"PK\x03\x04", &common[..], name.as_bytes(), packed].concat();
        let at = length(bytes.len());
        let directory = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], name.as_bytes()].concat();
        let size = length(directory.len());
        bytes.extend(directory);
        bytes.extend([b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &size[..], &at, &[0, 0]].concat());
        bytes
    }

    #[test]
    fn a_file_is_read_stored_or_deflated_and_no_other_way() {
        let text = "<Package/>".repeat(50);
        let deflated = compress_to_vec(text.as_bytes(), 6);
        for (method, packed, read) in [
            (0, text.as_bytes(), Some(&text)),
            (8, deflated.as_slice(), Some(&text)),
            (8, &deflated[..9], None),
            (12, text.as_bytes(), None),
        ] {
            let bytes = archive("package.xml", method, packed);
            let zip = Zip::read(&bytes).unwrap();
            assert_eq!(zip.names().collect::<Vec<_>>(), ["package.xml"]);
            assert_eq!(zip.text("package.xml").as_ref(), read, "{method}");
        }
        assert!(Zip::read(text.as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(mut bytes: Vec<u8>, tail in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Zip::read(&bytes);
            bytes.extend(b"PK\x01\x02");
            bytes.extend(&tail);
            bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0");
            if let Some(zip) = Zip::read(&bytes) {
                for name in zip.names() {
                    let _ = zip.text(name);
                }
            }
        }
    }
}
