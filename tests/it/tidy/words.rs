//! What may not be written: words in names and text, calls in tests. Must not know about layers or lengths.

use super::source::{Source, is_rust, is_shipped_rust, names, sources};
use super::{catches, hold};

/// Words that say nothing about what a file owns.
const EMPTY_NAMES: [&str; 9] = [
    "manager",
    "managers",
    "helper",
    "helpers",
    "util",
    "utils",
    "common",
    "misc",
    "miscellaneous",
];

/// Marks of unfinished work; written in halves so that this file does not offend against itself.
const UNFINISHED: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

fn empty_name(source: &Source) -> Vec<String> {
    let parts = source
        .path
        .split(|letter: char| !letter.is_ascii_alphanumeric());
    let lower: Vec<String> = parts.flat_map(camel_words).collect();
    EMPTY_NAMES
        .iter()
        .filter(|word| lower.iter().any(|part| part == *word))
        .map(|word| {
            source.offence(
                1,
                &format!("\"{word}\" in a file name says nothing about what it owns"),
            )
        })
        .collect()
}

/// `ThingUtils` and `thingUtils` as `thing`, `utils`.
fn camel_words(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in part.chars() {
        if letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        words
            .last_mut()
            .expect("the list begins with one word")
            .push(letter.to_ascii_lowercase());
    }
    // An acronym, or a word in capitals, is one word as well.
    words.push(part.to_ascii_lowercase());
    words
}

fn missing_module_doc(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![source.offence(
        1,
        "begins without a `//!` line saying what the module owns and what it must not know",
    )]
}

/// Calls of `name` in the code; with `.` before it when `method`, with nothing between its brackets when `empty`.
fn calls(source: &Source, name: &str, method: bool, reason: &str) -> Vec<String> {
    let called = |at: usize| {
        let (before, after) = (
            source.code[..at].trim_end(),
            source.code[at + name.len()..].trim_start(),
        );
        after.starts_with('(') && !before.ends_with("fn") && (!method || before.ends_with('.'))
    };
    let found = source
        .names()
        .into_iter()
        .filter(|(at, word)| *word == name && called(*at));
    found
        .map(|(at, _)| source.offence(source.line_at(at), reason))
        .collect()
}

fn unwrap(source: &Source) -> Vec<String> {
    calls(
        source,
        "unwrap",
        true,
        "unwrap() outside tests/: handle the case, or expect(\"why it cannot fail\")",
    )
}

fn sleep(source: &Source) -> Vec<String> {
    calls(
        source,
        "sleep",
        false,
        "a sleep in a test: advance the clock or await a message",
    )
}

fn unfinished(source: &Source) -> Vec<String> {
    let found = names(&source.text)
        .into_iter()
        .filter(|(_, word)| UNFINISHED.contains(word));
    found
        .map(|(at, word)| {
            source.offence(
                source.line_at(at),
                &format!("{word}: finish it, or file it as an issue"),
            )
        })
        .collect()
}

fn is_test(path: &str) -> bool {
    is_rust(path) && (path.starts_with("tests/") || path.contains("/tests/"))
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let named: Vec<Source> = super::source::paths()
        .iter()
        .map(|path| Source::new(path, ""))
        .collect();
    hold(empty_name, &named);
}

#[test]
fn a_file_name_that_says_nothing_is_caught() {
    catches(empty_name, "src/store/lease_manager.rs", "", &[1]);
    catches(empty_name, "web/src/utils/text.ts", "", &[1]);
    catches(empty_name, "web/src/timeUtils.ts", "", &[1]);
    catches(empty_name, "COMMON.md", "", &[1]);
    catches(empty_name, "src/store/management.rs", "", &[]);
}

#[test]
fn every_module_begins_with_what_it_owns() {
    hold(missing_module_doc, &sources(is_shipped_rust));
}

#[test]
fn a_module_without_its_doc_is_caught() {
    catches(
        missing_module_doc,
        "src/clock.rs",
        "use std::time::Instant;\n",
        &[1],
    );
    catches(missing_module_doc, "src/clock.rs", "\n//! Late.\n", &[1]);
    catches(missing_module_doc, "src/clock.rs", "//! The clock.\n", &[]);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    hold(unwrap, &sources(is_shipped_rust));
}

#[test]
fn an_unwrap_is_caught() {
    catches(
        unwrap,
        "src/app.rs",
        "fn f() {\n    g()\n        .unwrap();\n}\n",
        &[3],
    );
    catches(
        unwrap,
        "src/app.rs",
        "// never .unwrap()\nfn unwrap() { g(\".unwrap()\").unwrap_or(0); }\n",
        &[],
    );
}

#[test]
fn no_test_sleeps() {
    hold(sleep, &sources(is_test));
}

#[test]
fn a_sleep_in_a_test_is_caught() {
    catches(
        sleep,
        "tests/it/live.rs",
        "fn f() {\n    tokio::time::sleep(second).await;\n}\n",
        &[2],
    );
    catches(
        sleep,
        "tests/it/live.rs",
        "// no sleep(1) here\nfn a_client_may_sleep() {}\n",
        &[],
    );
}

#[test]
fn nothing_is_left_for_later_without_an_issue() {
    let ends = [
        ".rs", ".ts", ".tsx", ".css", ".js", ".mjs", ".sh", ".sql", ".toml", ".yml", ".html",
    ];
    let plain = ["Makefile", "Dockerfile", ".ci/run"];
    hold(
        unfinished,
        &sources(|path| ends.iter().any(|end| path.ends_with(end)) || plain.contains(&path)),
    );
}

#[test]
fn a_mark_of_unfinished_work_is_caught() {
    let marked = |mark: &str| format!("fn f() {{\n    // {mark}: later\n}}\n");
    for mark in UNFINISHED {
        catches(unfinished, "src/app.rs", &marked(mark), &[2]);
    }
    catches(unfinished, "src/app.rs", &marked("METHODO"), &[]);
}
