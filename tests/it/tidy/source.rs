//! The files of the repository as text, with line numbers, and with what is not code hidden.
//!
//! Owns the walk over the tree and the small scanner of Rust's comments and literals. Must not know any rule.

use std::fs;
use std::path::Path;

/// Files the walk may meet: far above the tree's size, so that a stray build folder is noticed, not read.
const FILES_MAX: usize = 5_000;

/// Folders that hold what was built or installed, not what was written.
const NOT_OURS: [&str; 6] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "test-results",
    "coverage",
];

/// One file: its path from the root with `/` between the parts, its text, and the text with comments and literals hidden.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
    /// `text` with every byte of a Rust comment, string or character literal replaced by a space; lines stay where they are.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") {
            code_only(text)
        } else {
            String::new()
        };
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
        }
    }

    /// An offence in this file, as every rule reports it: `path:line: reason`.
    pub(super) fn offence(&self, line: usize, reason: &str) -> String {
        format!("{}:{line}: {reason}", self.path)
    }

    /// The line, counted from 1, of a byte of `text` or `code`.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    }

    /// Every name and keyword of the code with its offset.
    pub(super) fn names(&self) -> Vec<(usize, &str)> {
        names(&self.code)
    }
}

/// Every file of the repository, as a path from its root, in order.
pub(super) fn paths() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository can be listed") {
            let path = entry
                .expect("an entry of the repository can be read")
                .path();
            let from_root = path
                .strip_prefix(root)
                .expect("the walk stays below the root")
                .to_string_lossy()
                .replace('\\', "/");
            let name = from_root.rsplit('/').next().unwrap_or(&from_root);
            if NOT_OURS.contains(&name) || from_root == "data" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(from_root);
            }
            assert!(
                found.len() <= FILES_MAX,
                "more than {FILES_MAX} files: is a build folder missing from NOT_OURS?"
            );
        }
    }
    found.sort();
    found
}

/// The files whose path the filter accepts, read as UTF-8.
pub(super) fn sources(accept: impl Fn(&str) -> bool) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let accepted = paths().into_iter().filter(|path| accept(path));
    accepted
        .map(|path| {
            let text = fs::read_to_string(root.join(&path))
                .unwrap_or_else(|error| panic!("{path} is not readable text: {error}"));
            Source::new(&path, &text)
        })
        .collect()
}

/// Whether a file holds Rust.
pub(super) fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// Whether a file holds Rust that ends up in a binary: the server, its two crates, or the load test.
pub(super) fn is_shipped_rust(path: &str) -> bool {
    is_rust(path)
        && ["src/", "domain/src/", "protocol/src/", "loadtest/src/"]
            .iter()
            .any(|folder| path.starts_with(folder))
}

/// Names and keywords of a text with their offsets.
pub(super) fn names(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, letter) in code.char_indices().chain([(code.len(), ' ')]) {
        match (letter.is_alphanumeric() || letter == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, &code[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Rust text with comments, strings and character literals turned into spaces.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = hidden_end(bytes, at);
        for byte in out[at..end].iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("comments and literals begin and end between characters")
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
fn hidden_end(bytes: &[u8], at: usize) -> usize {
    match &bytes[at..] {
        [b'/', b'/', ..] => find(bytes, at, b"\n"),
        [b'/', b'*', ..] => block_comment_end(bytes, at),
        [b'"', ..] => quoted_end(bytes, at + 1, b'"'),
        [b'r', b'"' | b'#', ..] if begins_a_prefix(bytes, at) => raw_string_end(bytes, at),
        [b'\'', b'\\', ..] => quoted_end(bytes, at + 1, b'\''),
        [b'\'', first, ..] => {
            // A lifetime has no closing quote right after its first character; a character literal has.
            let width = match first {
                0..0x80 => 1,
                0x80..0xE0 => 2,
                0xE0..0xF0 => 3,
                _ => 4,
            };
            if bytes.get(at + 1 + width) == Some(&b'\'') {
                at + width + 2
            } else {
                at
            }
        }
        _ => at,
    }
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> usize {
    bytes[from..]
        .windows(needle.len())
        .position(|window| window == needle)
        .map_or(bytes.len(), |found| from + found)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

fn quoted_end(bytes: &[u8], inside: usize, quote: u8) -> usize {
    let mut at = inside;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn raw_string_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    if bytes.get(at + 1 + hashes) != Some(&b'"') {
        return at; // A raw identifier, such as r#type.
    }
    let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    (find(bytes, at + 2 + hashes, &closing) + closing.len()).min(bytes.len())
}

/// Whether the `r` at `at` can be the prefix of a raw string: alone, or after the `b` or `c` of `br""` and `cr""`.
fn begins_a_prefix(bytes: &[u8], at: usize) -> bool {
    let in_name = |at: usize| bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_';
    at == 0
        || !in_name(at - 1)
        || (matches!(bytes[at - 1], b'b' | b'c') && (at == 1 || !in_name(at - 2)))
}

#[test]
fn comments_and_literals_are_hidden_and_code_is_not() {
    let hidden = |text: &str| {
        code_only(text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(hidden("a // b \" c\nd"), "a d");
    assert_eq!(hidden("a /* b /* c */ d */ e"), "a e");
    assert_eq!(hidden(r#"a("b \" // c") d"#), "a( ) d");
    assert_eq!(hidden("a(r#\"b \" c\"#) d(br\"\\\") e"), "a( ) d(b ) e");
    assert_eq!(hidden("f('\"', '\\'', '\\u{41}', 'é') g"), "f( , , , ) g");
    assert_eq!(
        hidden("fn f<'a>(x: &'a str) {} r#type"),
        "fn f<'a>(x: &'a str) {} r#type"
    );
}

#[test]
fn the_walk_sees_every_part_of_the_tree_and_nothing_that_was_built() {
    let paths = paths();
    for expected in [
        "Makefile",
        "src/lib.rs",
        "domain/src/lib.rs",
        "protocol/src/lib.rs",
        "loadtest/src/lib.rs",
        "tests/it/tidy/source.rs",
    ] {
        assert!(
            paths.iter().any(|path| path == expected),
            "{expected} was not seen"
        );
    }
    assert!(
        !paths
            .iter()
            .any(|path| path.contains("node_modules/") || path.starts_with("target/"))
    );
}
