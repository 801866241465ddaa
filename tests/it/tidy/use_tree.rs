//! The small parser of use trees and paths that the import rules share. Must not know any rule.

/// Every path of a use tree: `a::{b, c::d}` as `a b` and `a c d`. A path in an expression is a tree with one branch.
pub(super) fn expand(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    branch(code, &[], &mut paths);
    paths
}

/// Adds the paths that begin at the start of `code` below `prefix`; returns what is left of the code after them.
fn branch<'a>(code: &'a str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = prefix.to_vec();
    let mut rest = code.trim_start();
    loop {
        if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = inner.trim_start();
                if inner.is_empty() || inner.starts_with('}') {
                    return inner.get(1..).unwrap_or("");
                }
                let after = branch(inner, &path, paths);
                // Not a use tree after all: stop rather than turn in circles.
                if after.len() == inner.len() {
                    return after;
                }
                inner = after.trim_start().trim_start_matches(',');
            }
        }
        let name_end = rest
            .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        let length = if rest.starts_with('*') { 1 } else { name_end };
        path.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
        if let Some(renamed) = rest.strip_prefix("as ") {
            rest = renamed
                .trim_start()
                .trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_');
        }
        match rest.strip_prefix("::") {
            Some(next) if length > 0 => rest = next.trim_start(),
            _ => {
                paths.push(path);
                return rest;
            }
        }
    }
}

#[test]
fn a_use_tree_is_every_path_it_names() {
    let paths = |code: &str| {
        expand(code)
            .iter()
            .map(|path| path.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(paths("a::b::c(d)"), ["a b c"]);
    assert_eq!(
        paths("a::{b, c::{d as e, self}, f::*};"),
        ["a b", "a c d", "a c self", "a f *"]
    );
    assert_eq!(paths("a :: {\n b,\n};\nx::y"), ["a b"]);
    assert_eq!(paths("a::b { c: d }"), ["a b"]);
}

#[test]
fn a_use_tree_that_never_closes_ends_all_the_same() {
    assert!(expand("a::{b, (").len() <= 2);
    assert!(expand("a::{{{{").is_empty());
}
