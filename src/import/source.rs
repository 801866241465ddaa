//! From bytes to text: size, encoding, and what a spreadsheet may have put in front.
//!
//! Owns what is said of files that are not text.

use super::report::{Notes, Place};

/// Largest file taken, in bytes.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// What people call it.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The bytes without a byte order mark; `None` and a fault when they are clearly no text in UTF-8.
pub(super) fn text_of<'a>(bytes: &'a [u8], place: &Place, notes: &mut Notes) -> Option<&'a [u8]> {
    let expected = "a text file in UTF-8 (in a spreadsheet: save as CSV UTF-8)";
    let found = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "a file in UTF-16",
        [b'P', b'K', 3, 4, ..] => "a spreadsheet or an archive",
        [0x1f, 0x8b, ..] => "a compressed file",
        _ if bytes.contains(&0) => "a file with null bytes",
        _ if bytes.trim_ascii().is_empty() => "an empty file",
        [0xef, 0xbb, 0xbf, text @ ..] => return Some(text),
        _ => return Some(bytes),
    };
    notes.fault_plain(place.clone(), expected, found);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_text_is_named() {
        for (bytes, expected) in [
            (&b"\xff\xfea\0"[..], "a file in UTF-16"),
            (b"PK\x03\x04...", "a spreadsheet or an archive"),
            (b"\x1f\x8b...", "a compressed file"),
            (b"a\0b", "a file with null bytes"),
            (b" \n", "an empty file"),
            (b"", "an empty file"),
        ] {
            let mut notes = Notes::default();
            assert_eq!(text_of(bytes, &Place::default(), &mut notes), None);
            assert_eq!(notes.faults.found[0].value, expected);
        }
        let mut notes = Notes::default();
        let read = text_of(b"\xef\xbb\xbfstem", &Place::default(), &mut notes);
        assert_eq!(read, Some(&b"stem"[..]));
    }
}
