//! A file line by line, with a bound on how long a line may be.
//!
//! Owns where a line begins and ends. Must not know what is in it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Bytes of a line: a session of 2,000 answers has about a megabyte.
pub(super) const LINE_BYTES_MAX: usize = 64 << 20;

const BUFFER_BYTES: usize = 1 << 20;

/// A file being read.
pub(super) struct Lines<R> {
    from: BufReader<R>,
    number: u64,
    /// Bytes read so far.
    pub(super) bytes: u64,
}

/// One line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its number, counted from 1, and itself.
    Whole(u64, Vec<u8>),
    /// The number of one that is longer than a line may be; the rest of it is passed over.
    TooLong(u64),
}

impl Lines<File> {
    /// The lines of a file, and its size in bytes.
    pub(super) fn of_file(path: &Path) -> io::Result<(Lines<File>, u64)> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok((Lines::of(file), size))
    }
}

impl<R: Read> Lines<R> {
    fn of(from: R) -> Lines<R> {
        Lines {
            from: BufReader::with_capacity(BUFFER_BYTES, from),
            number: 0,
            bytes: 0,
        }
    }

    /// The next line that is not empty; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.number += 1;
            let mut line = Vec::new();
            let limit = LINE_BYTES_MAX as u64 + 1;
            let read = (&mut self.from).take(limit).read_until(b'\n', &mut line)?;
            self.bytes += read as u64;
            if read == 0 {
                return Ok(None);
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            } else if line.len() > LINE_BYTES_MAX {
                self.skip()?;
                return Ok(Some(Line::TooLong(self.number)));
            }
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if !line.is_empty() {
                return Ok(Some(Line::Whole(self.number, line)));
            }
        }
    }

    /// Passes over the rest of a line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.from.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (passed, done) = match end {
                Some(place) => (place + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.from.consume(passed);
            self.bytes += passed as u64;
            if done {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_a_longer_one_is_passed_over() {
        let long = vec![b'x'; LINE_BYTES_MAX + 10];
        let file = [b"one\r\n\ntwo\n", long.as_slice(), b"\nlast"].concat();
        let mut lines = Lines::of(file.as_slice());
        let mut read = Vec::new();
        while let Some(line) = lines.next().expect("memory is read") {
            read.push(line);
        }
        let whole = |number, text: &str| Line::Whole(number, text.as_bytes().to_vec());
        let expected = [
            whole(1, "one"),
            whole(3, "two"),
            Line::TooLong(4),
            whole(5, "last"),
        ];
        assert_eq!(read, expected);
        assert_eq!(lines.bytes, file.len() as u64);
    }
}
