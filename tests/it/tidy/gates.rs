//! The ways in: the Makefile's targets and what continuous integration may call. Must not know any source rule.

use super::source::{Source, sources};
use super::{catches, hold};

/// Every target there may ever be; more would need a page of their own to explain them.
const TARGETS: [&str; 12] = [
    "run",
    "test",
    "check",
    "bench",
    "load",
    "chaos",
    "cluster",
    "conformance",
    "schema",
    "fmt",
    "doc",
    "help",
];

/// Targets of a Makefile with their lines and whether the line above is a comment; special ones (`.PHONY`) left out.
fn targets(source: &Source) -> Vec<(usize, &str, bool)> {
    let mut found = Vec::new();
    let mut above = "";
    for (index, line) in source.text.lines().enumerate() {
        let rule = line.split_once(':').filter(|(left, right)| {
            !line.starts_with(['\t', ' ', '#', '.'])
                && !left.contains('=')
                && !left.ends_with(['?', '+'])
                && !right.starts_with('=')
        });
        if let Some((left, _)) = rule {
            found.extend(
                left.split_whitespace()
                    .map(|target| (index + 1, target, above.starts_with("# "))),
            );
        }
        above = line;
    }
    found
}

fn makefile(source: &Source) -> Vec<String> {
    let targets = targets(source);
    let mut offences = Vec::new();
    for (position, (line, target, explained)) in targets.iter().enumerate() {
        if position >= TARGETS.len() {
            offences.push(source.offence(
                *line,
                &format!(
                    "target {target} is number {}, at most {} are allowed",
                    position + 1,
                    TARGETS.len()
                ),
            ));
        } else if !TARGETS.contains(target) {
            offences.push(source.offence(
                *line,
                &format!("target {target} is not one of {}", TARGETS.join(" ")),
            ));
        } else if !explained {
            offences.push(source.offence(
                *line,
                &format!("target {target} has no comment on the line above it"),
            ));
        }
    }
    offences
}

/// A workflow may run `.ci/run` and make targets, nothing else: what it checks can then be run anywhere.
fn workflow(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    let mut block: Option<usize> = None;
    for (index, line) in source.text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if line.trim().is_empty() {
            continue;
        }
        let command = match block {
            Some(outer) if indent > outer => Some(line.trim()),
            _ => {
                block = None;
                line.trim_start_matches([' ', '-'])
                    .strip_prefix("run:")
                    .map(str::trim)
            }
        };
        match command {
            Some("|" | ">" | "|-" | ">-") => block = Some(indent),
            Some(command) if !is_gate(command) => {
                offences.push(source.offence(
                    index + 1,
                    &format!("`{command}` is neither .ci/run nor one make target"),
                ));
            }
            _ => {}
        }
    }
    offences
}

fn is_gate(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["bash", ".ci/run"] | ["./.ci/run" | ".ci/run"] => true,
        ["make", target] => TARGETS.contains(target),
        _ => false,
    }
}

#[test]
fn the_makefile_has_at_most_twelve_known_and_explained_targets() {
    let makefiles = sources(|path| path == "Makefile");
    hold(makefile, &makefiles);
    assert!(
        makefiles.iter().any(|source| targets(source)
            .iter()
            .any(|(_, target, _)| *target == "test")),
        "no target test was seen"
    );
}

#[test]
fn a_stray_an_unexplained_and_a_thirteenth_target_are_caught() {
    catches(
        makefile,
        "Makefile",
        "PORT ?= 8000\nX := a:b\n.PHONY: run deploy\n# Runs.\nrun:\n\techo a: b\n# Ships.\ndeploy: run\n",
        &[8],
    );
    catches(makefile, "Makefile", "run:\n\tcargo run\n", &[1]);
    let many: String = TARGETS
        .iter()
        .chain(["run"].iter())
        .map(|target| format!("# Why.\n{target}:\n"))
        .collect();
    catches(makefile, "Makefile", &many, &[26]);
}

#[test]
fn continuous_integration_calls_only_the_gates() {
    hold(
        workflow,
        &sources(|path| path.starts_with(".github/workflows/")),
    );
}

#[test]
fn a_workflow_with_a_command_of_its_own_is_caught() {
    let steps = "    steps:\n      - run: bash .ci/run\n      - run: make test\n";
    catches(workflow, ".github/workflows/ci.yml", steps, &[]);
    catches(
        workflow,
        ".github/workflows/ci.yml",
        &format!("{steps}      - run: cargo test\n"),
        &[4],
    );
    catches(
        workflow,
        ".github/workflows/ci.yml",
        &format!("{steps}      - run: make test && echo\n"),
        &[4],
    );
    catches(
        workflow,
        ".github/workflows/ci.yml",
        &format!(
            "{steps}      - run: |\n          make check\n          npm test\n      - uses: a/b@v1\n"
        ),
        &[6],
    );
}
