//! Plain text on its way to CommonMark, and options that speak of each other.

/// Plain text as CommonMark that shows the same characters.
pub(super) fn escape(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    // To CommonMark a lone carriage return ends a line as well.
    let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in plain.trim().lines().enumerate() {
        if number > 0 {
            out.push_str("\\\n");
        }
        escape_line(line.trim_end(), &mut out);
    }
    out
}

fn escape_line(line: &str, out: &mut String) {
    // Four leading spaces would be code.
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in line.char_indices() {
        let special = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '!'
        );
        let starts_block = at == 0 && matches!(c, '#' | '-' | '+' | '=');
        let starts_list = digits > 0 && at == digits && matches!(c, '.' | ')');
        if special || starts_block || starts_list {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Whether an option speaks of the others, so that shuffling them would make nonsense of it.
pub(super) fn speaks_of_others(option: &str) -> bool {
    let text = option.trim().trim_end_matches('.').to_lowercase();
    let of_all = ["all", "none", "both", "neither", "any", "either"]
        .iter()
        .any(|word| {
            text.strip_prefix(word).is_some_and(|rest| {
                let rest = rest.trim_start();
                [
                    "of the above",
                    "of these",
                    "of those",
                    "of them",
                    "the above",
                    "are correct",
                    "of the other",
                ]
                .iter()
                .any(|phrase| rest.starts_with(phrase))
            })
        });
    of_all || names_letters(&text)
}

/// "A and D", "both B & C", "a, b and c only", "neither a nor b".
fn names_letters(lower: &str) -> bool {
    let fillers = [
        "and", "or", "nor", "&", "only", "both", "neither", "either", "options", "answers", "are",
        "correct", "true",
    ];
    let words = lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/'))
        .filter(|word| !word.is_empty());
    let (mut letters, mut joins) = (0, 0);
    for word in words {
        match word {
            "a" | "b" | "c" | "d" | "e" => letters += 1,
            "and" | "or" | "nor" | "&" => joins += 1,
            other if fillers.contains(&other) => {}
            _ => return false,
        }
    }
    letters >= 2 && joins >= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_shows_as_it_was() {
        for (plain, expected) in [
            ("costs $98,000 at 5%", "costs $98,000 at 5%"),
            ("a ____ b", r"a \_\_\_\_ b"),
            ("1. first\n# second", "1\\. first\\\n\\# second"),
            ("    x < y & z", r"x \< y \& z"),
            ("2*3*4 [1]", r"2\*3\*4 \[1\]"),
            ("a\r# b\r\nc", "a\\\n\\# b\\\nc"),
        ] {
            assert_eq!(escape(plain), expected, "{plain:?}");
        }
    }

    #[test]
    fn options_that_speak_of_others_are_recognised() {
        for (option, expected) in [
            ("All of the above", true),
            ("None of these.", true),
            ("Both A and D", true),
            ("a, b and c only", true),
            ("Neither B nor C", true),
            ("A and B are correct", true),
            ("Allocation of costs", false),
            ("None", false),
            ("Both parties must sign", false),
            ("A", false),
            ("Vitamin A and D", false),
        ] {
            assert_eq!(speaks_of_others(option), expected, "{option:?}");
        }
    }
}
