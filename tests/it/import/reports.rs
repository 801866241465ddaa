//! What is said of files: good ones, doubtful ones, faulty ones.

use super::{Desk, findings};

const GOOD: &str = "\
stem,option_a,option_b,option_c,key,area,difficulty
What is a stakeholder?,Anyone affected,A shareholder,A manager,A,planning,easy
What does RACI name?,Roles,Risks,Rates,A,planning,medium
What is elicited?,Needs,Taxes,All of the above,A,elicitation,hard
";

#[test]
fn a_good_table_is_stored_and_the_same_again_changes_nothing() {
    let desk = Desk::new();
    let file = desk.file("exam.csv", GOOD);
    let report = desk.import(&[
        &file,
        "--certification",
        "ba",
        "--title",
        "Business analysis",
    ]);
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines[0], "Business analysis (ba): stored as a new version");
    assert_eq!(
        lines[1],
        "  3 questions, 2 areas, 1 with options in fixed order"
    );
    assert!(lines[2].starts_with("  version "), "{report}");
    let again = desk.import(&[&file, "--certification", "ba"]);
    assert!(
        again.starts_with("Business analysis (ba): unchanged: the store has"),
        "{again}"
    );
    let turned = GOOD
        .replace("stem,option_a", "Stem,OPTION_A")
        .replace('\n', "\r\n");
    let turned = desk.file("turned.csv", format!("\u{feff}{turned}"));
    let again = desk.import(&[&turned, "--certification", "ba"]);
    assert!(
        again.contains("unchanged"),
        "a spreadsheet's bytes are the same content: {again}"
    );
}

#[test]
fn what_is_doubtful_is_said_and_no_reason_to_refuse() {
    let desk = Desk::new();
    let rows = "What?,x,y,x,A,a,easy\nWhat is elicited?,Needs,Taxes,All of the above,A,b,hard\n";
    let file = desk.file("exam.csv", format!("{GOOD}{rows}"));
    let report = desk.import(&[&file]);
    assert_eq!(
        findings(&report),
        [
            "2 warnings:",
            "row 5, column option_c: expected each option once, got \"x\" as in option_a",
            "row 6: expected each question once, got the question of row 4 again: left out",
        ]
    );
    assert!(
        report.contains("4 questions, 3 areas, 5 read, 1 duplicate left out"),
        "{report}"
    );
}

#[test]
fn every_fault_of_a_table_is_named_with_its_row_and_column() {
    let desk = Desk::new();
    let file = desk.file(
        "exam.csv",
        "id,stem,option_a,option_b,option_c,key,difficulty,area,active\n\
         q 1,What?,x,y,z,A,easy,a,yes\n\
         q2,,x,y,z,D,very,a,maybe\n\
         q3,\"Two\nlines\",x,,z,B C A,hard,a,no\n\
         q4,What?,x,y\n\
         q5,Why?,x,y,z,\"A, B\",a=0 b=20 c=2,a,\n\
         q6,Why?,x,y,z,C,easy,a,\n",
    );
    let report = desk.import_refused(&[&file]);
    assert!(
        report.starts_with("Exam (exam): refused, nothing was stored"),
        "{report}"
    );
    assert_eq!(
        findings(&report),
        [
            "11 faults:",
            "row 2, column id: expected an id: 1 to 64 letters, digits and ._:-, got \"q 1\"",
            "row 3, column stem: expected a text, got \"\"",
            "row 3, column key: expected a letter from A to C, or several, got \"D\"",
            "row 3, column difficulty: expected easy, medium, hard or a=1.2 b=0.3 c=0.25, got \"very\"",
            "row 3, column active: expected yes or no, got \"maybe\"",
            "row 4, column option_b: expected a text, as later options have one, got \"\"",
            "row 5 (line 6): expected 9 columns, got 4",
            "row 6 (line 7), column discrimination: expected > 0 and at most 10, got 0",
            "row 6 (line 7), column difficulty: expected -10 to 10, got 20",
            "row 6 (line 7), column guessing: expected at least 0 and under 1, got 2",
            "row 7 (line 8): expected one key for one question, got the question of row 6 (line 7) again, with another key",
        ]
    );
}

#[test]
fn every_fault_of_json_is_named_with_its_line_and_field() {
    let desk = Desk::new();
    let file = desk.file(
        "exam.json",
        r#"{
  "certification": {
    "id": "b a", "pass_mark": "high", "exam": {"items": 3}, "colour": 1,
    "title": "T", "areas": [{"id": "a", "title": "A", "weight": 1}, 7]
  },
  "items": [
    {"id": "q1", "area": "b", "difficulty": "easy", "stem": "?",
     "options": [{"text": "a", "correct": true}, {"text": "b", "corect": true}]},
    {"id": "q2", "area": "a", "difficulty": "very", "stem": 7, "options": [{"text": "a"}]},
    12,
    {"id": "q3", "area": "a", "difficulty": {"a": 1, "b": 2}, "options": "none", "concepts": ["x y"]}
  ]
}"#,
    );
    let report = desk.import_refused(&[&file]);
    assert_eq!(
        findings(&report),
        [
            "13 faults:",
            "line 2, field certification.id: expected an id: 1 to 64 letters, digits and ._:-, got \"b a\"",
            "line 2, field certification.pass_mark: expected a number, got \"high\"",
            "line 2, field certification.exam.minutes: expected a whole number up to 65535, got nothing",
            "line 2, field certification.areas[1]: expected an object, got a number",
            "line 2, field certification.colour: expected no field of this name, got a number",
            "line 7, question q1, field options[1].corect: expected no field of this name, got a boolean",
            "line 9, question q2, field stem: expected a text, got 7",
            "line 9, question q2, field difficulty: expected \"easy\", \"medium\", \"hard\" or {\"a\": 1.2, \"b\": 0.3, \"c\": 0.25}, got \"very\"",
            "line 10: expected an object, got a number",
            "line 11, question q3, field stem: expected a text, got nothing",
            "line 11, question q3, field concepts: expected an id: 1 to 64 letters, digits and ._:-, got \"x y\"",
            "line 11, question q3, field difficulty: expected \"easy\", \"medium\", \"hard\" or {\"a\": 1.2, \"b\": 0.3, \"c\": 0.25}, got {\"a\":1,\"b\":2}",
            "line 11, question q3, field options: expected a list, got \"none\"",
        ]
    );
}

#[test]
fn rules_of_the_whole_are_said_where_the_question_stands() {
    let desk = Desk::new();
    let file = desk.file(
        "exam.json",
        r#"{"certification": {"id": "x", "title": "", "pass_mark": 2, "exam": {"items": 3, "minutes": 9},
  "areas": [{"id": "a", "title": "A", "weight": 1}],
  "concepts": [{"id": "k", "title": "K", "prerequisites": ["l"]}, {"id": "l", "title": "L", "prerequisites": ["k"]}]},
 "items": [
  {"id": "q1", "area": "b", "difficulty": "easy", "stem": "?", "concepts": ["m"], "enemies": ["q9"],
   "options": [{"text": "a", "correct": true}, {"text": "b", "correct": true}]}]}"#,
    );
    let report = desk.import_refused(&[&file]);
    assert_eq!(
        findings(&report),
        [
            "9 faults:",
            "field certification, title: expected not to be empty, got \"\"",
            "field certification, pass mark: expected between 0 and 1, got 2",
            "field area a, number of active items: expected at least 1, got 0",
            "field concept k, prerequisites: expected not to lead back to the concept by way of others, got l",
            "field concept l, prerequisites: expected not to lead back to the concept by way of others, got k",
            "line 5, question q1, field area: expected one of the certification's, got b",
            "line 5, question q1, field number of correct options: expected fewer than its 2 options, got 2",
            "line 5, question q1, field concept: expected one of the certification's, got m",
            "line 5, question q1, field enemy: expected an item of the bank, got q9",
        ]
    );
}

#[test]
fn enemies_of_a_duplicate_become_enemies_of_the_first_and_nobody_its_own() {
    let desk = Desk::new();
    let table = "id,stem,option_a,option_b,key,enemies\n\
        q1,What?,x,y,A,q2\nq2,What?,x,y,A,\nq3,Why?,x,y,B,q2\n";
    let report = desk.import(&[&desk.file("exam.csv", table)]);
    assert!(report.contains("1 duplicate left out"), "{report}");
    let csv = desk.export("exam", "csv");
    let enemies: Vec<&str> = csv
        .lines()
        .map(|line| line.split(',').nth(12).unwrap_or(""))
        .collect();
    assert_eq!(enemies, ["enemies", "", "q1"], "{csv}");
}

#[test]
fn a_report_as_json_has_every_finding_and_its_place() {
    let desk = Desk::new();
    let mut rows = String::from("stem,option_a,option_b,key\n");
    for row in 0..60 {
        rows.push_str(&format!("Question {row}?,x,y,Z\n"));
    }
    let bad = desk.file("bad.csv", rows);
    let good = desk.file("good.csv", GOOD);
    let reports = desk.reports(&[&bad, &good]);
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0]["outcome"], "refused");
    assert_eq!(reports[0]["faults"]["total"], 60);
    assert_eq!(
        reports[0]["faults"]["found"][59],
        serde_json::json!({
            "row": 61, "line": 61, "item": reports[0]["faults"]["found"][59]["item"],
            "column": "key", "expected": "a letter from A to B, or several", "value": "\"Z\"",
        })
    );
    assert_eq!(
        reports[1]["outcome"], "stored",
        "one file's faults are not another's"
    );
    assert_eq!(reports[1]["questions"], 3);
    let report = desk.learnr(&["import", &bad]).stdout;
    assert!(
        report.contains("and 40 more; --json shows them"),
        "{report}"
    );
}

#[test]
fn a_dry_run_says_the_same_and_stores_nothing() {
    let desk = Desk::new();
    let file = desk.file("exam.csv", GOOD);
    let report = desk.import(&[&file, "--dry-run"]);
    assert!(
        report.starts_with("Exam (exam): sound; not stored (--dry-run)"),
        "{report}"
    );
    assert!(!desk.data().exists(), "not even a database is made");
    desk.import(&[&file]);
    let other = desk.file("other.csv", GOOD);
    desk.import(&[&other, "--dry-run"]);
    assert!(!desk.stored().contains("other"));
}
