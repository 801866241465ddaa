//! How long a file and a function may be. Must not judge what is in them.

use super::source::{Source, is_rust, sources};
use super::{catches, hold};

/// Lines of a file: beyond it nobody keeps the whole of it in mind.
const FILE_LINES_MAX: usize = 500;

/// Lines from `fn` to its closing brace: about one screen.
const FUNCTION_LINES_MAX: usize = 70;

fn file_length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let generated = source
        .text
        .lines()
        .next()
        .is_some_and(|first| first.starts_with("// Generated "));
    if lines <= FILE_LINES_MAX || generated {
        return Vec::new();
    }
    vec![source.offence(
        FILE_LINES_MAX + 1,
        &format!("{lines} lines, at most {FILE_LINES_MAX} are allowed"),
    )]
}

fn function_length(source: &Source) -> Vec<String> {
    let names = source.names();
    let mut offences = Vec::new();
    for pair in names.windows(2) {
        let [(at, "fn"), (name_at, name)] = pair else {
            continue;
        };
        // `fn(u8)` is a type: no name follows the keyword directly.
        if !source.code[at + 2..*name_at].trim().is_empty() {
            continue;
        }
        let Some(end) = body_end(&source.code, *name_at) else {
            continue;
        };
        let (first, last) = (source.line_at(*at), source.line_at(end));
        let length = last - first + 1;
        if length > FUNCTION_LINES_MAX {
            offences.push(source.offence(
                first,
                &format!("fn {name} has {length} lines, at most {FUNCTION_LINES_MAX} are allowed"),
            ));
        }
    }
    offences
}

/// The offset of the brace that closes the body of the function whose signature begins at `from`; none without a body.
fn body_end(code: &str, from: usize) -> Option<usize> {
    let (mut brackets, mut braces) = (0_usize, 0_usize);
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets = brackets.saturating_sub(1),
            b';' if brackets == 0 && braces == 0 => return None,
            b'{' => braces += 1,
            b'}' if braces <= 1 => return (braces == 1).then_some(at),
            b'}' => braces -= 1,
            _ => {}
        }
    }
    None
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    hold(
        file_length,
        &sources(|path| {
            is_rust(path)
                || [".ts", ".tsx", ".css"]
                    .iter()
                    .any(|end| path.ends_with(end))
        }),
    );
}

#[test]
fn a_file_one_line_too_long_is_caught() {
    catches(
        file_length,
        "web/src/app.css",
        &"a {}\n".repeat(FILE_LINES_MAX),
        &[],
    );
    catches(
        file_length,
        "web/src/app.css",
        &"a {}\n".repeat(FILE_LINES_MAX + 1),
        &[501],
    );
    let generated = format!(
        "// Generated from the Rust types.\n{}",
        "type A = 1;\n".repeat(FILE_LINES_MAX)
    );
    catches(file_length, "protocol/ts/index.ts", &generated, &[]);
}

#[test]
fn no_function_is_longer_than_seventy_lines() {
    hold(function_length, &sources(is_rust));
}

#[test]
fn a_function_one_line_too_long_is_caught() {
    let function = |lines: usize| {
        format!(
            "\nfn f(a: [u8; 2]) {{\n{}}}\n",
            "    let b = \"}\"; // }\n".repeat(lines - 2)
        )
    };
    catches(
        function_length,
        "src/app.rs",
        &function(FUNCTION_LINES_MAX),
        &[],
    );
    catches(
        function_length,
        "src/app.rs",
        &function(FUNCTION_LINES_MAX + 1),
        &[2],
    );
}

#[test]
fn neither_a_function_type_nor_a_signature_without_body_is_measured() {
    let filler = "// a line\n".repeat(FUNCTION_LINES_MAX);
    catches(
        function_length,
        "src/app.rs",
        &format!("type F = fn(u8) -> u8;\nstruct S {{\n{filler}}}\n"),
        &[],
    );
    catches(
        function_length,
        "src/app.rs",
        &format!("trait T {{\n    fn f(&self);\n{filler}}}\n"),
        &[],
    );
}
