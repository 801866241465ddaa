//! How far the work is, on the standard error of a terminal.
//!
//! Owns the line that is drawn over itself. Elsewhere than on a terminal nothing is written.

use std::io::{IsTerminal, Write};

/// Characters between the brackets.
const WIDTH: usize = 30;

/// One line that says what is being done, and how much of it.
#[derive(Debug)]
pub struct Bar {
    shown: bool,
    last: String,
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Bar {
    /// A line that is drawn only where somebody can see it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
            last: String::new(),
        }
    }

    /// A line that nobody sees.
    #[must_use]
    pub fn hidden() -> Self {
        Self {
            shown: false,
            last: String::new(),
        }
    }

    /// Says that `done` of `of` of the work called `what` is done; `of` is 0 where nobody knows. Written only when
    /// the line changes.
    pub fn draw(&mut self, what: &str, done: usize, of: usize) {
        if self.shown {
            let line = line(what, done, of);
            if line != self.last {
                self.write(&format!("\r\x1b[2K{line}"));
                self.last = line;
            }
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.shown && !self.last.is_empty() {
            self.write("\r\x1b[2K");
            self.last.clear();
        }
    }

    /// A terminal that went away is no reason to stop the work; nothing more is drawn then.
    fn write(&mut self, text: &str) {
        let mut out = std::io::stderr().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        self.shown = written.is_ok();
    }
}

/// The line; without a bar where nobody knows how much there is.
fn line(what: &str, done: usize, of: usize) -> String {
    if of == 0 {
        return what.to_owned();
    }
    let done = done.min(of);
    let (filled, percent) = (WIDTH * done / of, 100 * done / of);
    format!("[{:<WIDTH$}] {percent:>3} %  {what}", "#".repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_within_its_bounds() {
        let half = format!("[{:<30}]  50 %  reading", "#".repeat(15));
        assert_eq!(line("reading", 5, 10), half);
        assert!(line("reading", 11, 10).contains("100 %"));
        assert_eq!(line("reading", 0, 0), "reading");
    }
}
