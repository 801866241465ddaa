//! The habits of this repository, held by tests that read its own files.
//!
//! Owns the rules that a compiler cannot hold: which layer may name which, how long a file may grow, which words stay
//! out. Every rule is a function from a file to its offences, so each has two tests: the tree keeps it, and a
//! file made to break it is caught. Must not know anything the server does: it reads text and uses `std` alone.

mod borders;
mod checklist;
mod gates;
mod layers;
mod sizes;
mod source;
mod use_tree;
mod words;

use source::Source;

/// Applies one rule to many files and fails with every offence found, one `path:line: reason` a line.
fn hold(rule: impl Fn(&Source) -> Vec<String>, sources: &[Source]) {
    assert!(!sources.is_empty(), "the rule was given no file to look at");
    let offences: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(
        offences.is_empty(),
        "{} offences:\n{}",
        offences.len(),
        offences.join("\n")
    );
}

/// Fails unless the rule finds exactly the lines given in a file made up of this path and text.
fn catches(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str, lines: &[usize]) {
    let offences = rule(&Source::new(path, text));
    let expected: Vec<String> = lines
        .iter()
        .map(|line| format!("{path}:{line}: "))
        .collect();
    let matches = offences.len() == expected.len()
        && offences
            .iter()
            .zip(&expected)
            .all(|(o, e)| o.starts_with(e.as_str()));
    assert!(
        matches,
        "expected offences at {expected:?}, got {offences:#?} in:\n{text}"
    );
}
