//! The checklist of docs/security.md: every requirement is there once, and every line names tests that there are or says why it has none.
//!
//! Owns the form of a line. Must not judge whether a test proves what it is named for.

use super::source::{Source, sources};
use super::{catches, hold};

/// Requirements of levels 1 and 2 in OWASP ASVS 5.0.0.
const REQUIREMENTS: usize = 253;

/// How a line begins that names no test, or whose tests do not prove all of it.
const REASONS: [&str; 5] = [
    "does not apply: ",
    "falls short: ",
    "operator: ",
    "made so: ",
    "written: ",
];

/// Files that tests are in.
fn tests() -> Vec<Source> {
    sources(|path| {
        let rust = path.ends_with(".rs") && !path.starts_with("fuzz/");
        let page = path.starts_with("web/test/") || path.starts_with("web/e2e/");
        rust || page && path.ends_with(".ts")
    })
}

/// The cells of a line of a table; none of any other line.
fn cells(line: &str) -> Vec<&str> {
    let inner = line
        .strip_prefix('|')
        .and_then(|line| line.strip_suffix('|'));
    inner.map_or_else(Vec::new, |inner| inner.split('|').map(str::trim).collect())
}

/// The requirements that the first cell names; none where it is about something else.
fn requirements(cell: &str) -> Vec<&str> {
    let parts: Vec<&str> = cell.split(',').map(str::trim).collect();
    let number = |part: &&str| {
        part.split('.').count() == 3
            && part.split('.').all(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
    };
    match parts.iter().all(number) {
        true => parts,
        false => Vec::new(),
    }
}

/// The tests that a text names: `file::name`, the file from tests/it or from the root.
fn named(text: &str) -> Vec<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|quoted| quoted.split_once("::"))
        .collect()
}

fn is_there(tests: &[Source], file: &str, name: &str) -> bool {
    let from_root = file.starts_with("src/") || file.starts_with("web/");
    let path = match from_root {
        true => file.to_owned(),
        false => format!("tests/it/{file}"),
    };
    let source = tests.iter().find(|source| source.path == path);
    source.is_some_and(|source| match path.ends_with(".rs") {
        true => source.code.contains(&format!("fn {name}(")),
        false => source.text.contains(&format!("\"{name}\"")),
    })
}

fn checklist(source: &Source, tests: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for (file, name) in named(line) {
            if !is_there(tests, file, name) {
                offences.push(source.offence(index + 1, &format!("there is no {file}::{name}")));
            }
        }
        let cells = cells(line);
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
            continue;
        };
        let proven = !named(last).is_empty();
        let reasoned = REASONS.iter().any(|reason| last.starts_with(reason));
        if !requirements(first).is_empty() && !proven && !reasoned {
            let wanted = REASONS.map(str::trim).join(" ");
            offences.push(source.offence(
                index + 1,
                &format!("a line names a test, or begins with one of {wanted}"),
            ));
        }
    }
    offences
}

#[test]
fn every_line_of_the_checklist_names_tests_that_there_are_or_says_why_not() {
    let tests = tests();
    let pages = sources(|path| path == "docs/security.md");
    hold(|source| checklist(source, &tests), &pages);
}

#[test]
fn every_requirement_is_in_the_checklist_once() {
    let pages = sources(|path| path == "docs/security.md");
    let lines = pages.iter().flat_map(|page| page.text.lines());
    let mut found: Vec<&str> = lines
        .filter_map(|line| cells(line).first().copied())
        .flat_map(requirements)
        .collect();
    let all = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!((found.len(), all), (REQUIREMENTS, REQUIREMENTS));
}

#[test]
fn a_test_that_is_not_there_and_a_line_without_a_reason_are_caught() {
    let tests = [Source::new(
        "tests/it/accounts/roles.rs",
        "fn this_holds() {}\n// fn this_held() {}\n",
    )];
    let text = "| 1.1.1 | words | `accounts/roles.rs::this_holds` |\n\
                | 1.1.2 | words | `accounts/roles.rs::this_held` |\n\
                | 1.1.3, 1.1.4 | words | surely |\n\
                | 1.1.5 | words | falls short: of this |\n\
                | a heading | words | surely |\n";
    let rule = |source: &Source| checklist(source, &tests);
    catches(rule, "docs/security.md", text, &[2, 3]);
}
