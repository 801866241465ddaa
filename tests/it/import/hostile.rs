//! Files that are not what they should be: named, refused, and nothing else happens.

use std::fs::File;

use super::{Desk, findings, text};

/// The one fault that these bytes are refused for.
fn only_fault(name: &str, bytes: &[u8]) -> String {
    let desk = Desk::new();
    desk.import(&[&desk.file("sound.csv", "stem,option_a,option_b,key\nWhat?,x,y,A\n")]);
    let report = desk.import_refused(&[&desk.file(name, bytes)]);
    let found = findings(&report);
    assert_eq!(found[0], "1 fault:", "{report}");
    found[1].to_owned()
}

#[test]
fn what_is_no_text_is_named() {
    let expected = "expected a text file in UTF-8 (in a spreadsheet: save as CSV UTF-8), got ";
    for (bytes, what) in [
        (&b"\xff\xfes\0t\0e\0m\0"[..], "a file in UTF-16"),
        (b"PK\x03\x04 a workbook", "a spreadsheet or an archive"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"stem,option_a\0", "a file with null bytes"),
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
    ] {
        for name in ["x.csv", "x.json"] {
            assert_eq!(only_fault(name, bytes), format!("{expected}{what}"));
        }
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_found_in_their_row() {
    let table = b"stem,option_a,option_b,key\nWhat?,x,y,A\nCaf\xe9?,x,y,A\n";
    let expected = "row 3, column number 1: expected text in UTF-8, got \"Caf\u{fffd}?\"";
    assert_eq!(only_fault("x.csv", table), expected);
    let json = b"{\n\"certification\": \"\xe9\"}";
    assert_eq!(
        only_fault("x.json", json),
        "line 2: expected text in UTF-8, got other bytes"
    );
}

#[test]
fn json_that_is_none_or_nests_without_end_is_refused_at_its_place() {
    let words = "expected JSON with a certification and items, got ";
    let broken = only_fault("x.json", b"{\"certification\": {},\n\"items\": [}");
    assert!(
        broken.starts_with(&format!("line 2, field character 11: {words}")),
        "{broken}"
    );
    let endless = format!("{{\"certification\": {}", "[".repeat(1_000_000));
    assert!(only_fault("x.json", endless.as_bytes()).contains("EOF while parsing"));
    let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
    let deep = format!("{{\"items\": [], \"certification\": {open}{close}}}");
    assert!(only_fault("x.json", deep.as_bytes()).contains("recursion limit exceeded"));
    let missing = only_fault("x.json", b"{\"certification\": {}}");
    assert!(missing.contains("missing field `items`"), "{missing}");
    let more = only_fault(
        "x.json",
        b"{\"certification\": {}, \"items\": [], \"colour\": 1}",
    );
    assert!(more.contains("unknown field `colour`"), "{more}");
}

#[test]
fn a_quote_that_never_ends_is_one_row_of_the_wrong_width() {
    let table = "stem,option_a,option_b,key\n\"What?,x,y,A\nWhy?,x,y,B\n";
    assert_eq!(
        only_fault("x.csv", table.as_bytes()),
        "row 2: expected 4 columns, got 1"
    );
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let desk = Desk::new();
    let path = desk.path("huge.csv");
    let file = File::create(&path).expect("the folder takes files");
    file.set_len(256 * 1024 * 1024 + 1).expect("a sparse file");
    let ran = desk.learnr(&["import", &text(&path)]);
    assert!(!ran.success);
    assert!(
        ran.stderr
            .contains("268435457 bytes, at most 268435456 are taken"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_path() {
    let desk = Desk::new();
    let missing = text(&desk.path("missing.csv"));
    let ran = desk.learnr(&["import", &missing]);
    assert!(!ran.success && ran.stderr.contains("cannot read") && ran.stderr.contains(&missing));
    std::fs::create_dir(desk.path("empty")).expect("a new folder");
    let ran = desk.learnr(&["import", &text(&desk.path("empty"))]);
    assert!(
        ran.stderr.contains("no .csv, .tsv or .json file"),
        "{}",
        ran.stderr
    );
    let ran = desk.learnr(&["export", "x"]);
    assert!(
        !ran.success && ran.stderr.contains("there is no database"),
        "{}",
        ran.stderr
    );
    let ran = desk.learnr(&["import", "x.csv", "--map", "stem=1"]);
    assert!(ran.stderr.contains("key is missing"), "{}", ran.stderr);
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let fault = only_fault(
        "x.csv",
        b"stem,option_a,option_b,key\nWhat?,x,y,\x1b[2J\x07\n",
    );
    assert!(fault.ends_with(r#"got "\u{1b}[2J\u{7}""#), "{fault}");
}

#[test]
fn faults_beyond_the_bound_are_counted_and_the_first_are_kept() {
    let desk = Desk::new();
    let mut table = String::from("stem,option_a,option_b,key\n");
    table.push_str(&"What?,x,y,Z\n".repeat(20_000));
    let reports = desk.reports(&[&desk.file("x.csv", table)]);
    assert_eq!(reports[0]["faults"]["total"], 20_000);
    assert_eq!(
        reports[0]["faults"]["found"].as_array().map(Vec::len),
        Some(10_000)
    );
}
