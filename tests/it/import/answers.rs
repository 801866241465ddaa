//! Answers in and out by the command line: a session a line, lossless, and what is said of files that are not sound.

use std::fs;

use serde_json::{Value, json};

use crate::calibrate::school::{CERTIFICATION, Cohort, School};
use crate::harness::{Desk, Ran, text};

const LEARNERS: usize = 5;

/// A school with a few sessions, and its answers.
async fn taught() -> (School, String) {
    let school = School::new().await;
    let cohort = Cohort {
        learners: LEARNERS,
        questions: 12,
        ..Cohort::KNOWN
    };
    school.teach(cohort).await;
    let ran = school.learnr(&["export", CERTIFICATION, "--answers"]);
    assert!(ran.success, "{}", ran.stderr);
    (school, ran.stdout)
}

/// A desk with the school's certification and no answers.
fn empty(school: &School) -> Desk {
    let desk = Desk::new();
    let ran = school.learnr(&["export", CERTIFICATION]);
    assert!(ran.success, "{}", ran.stderr);
    let file = desk.file("certification.json", ran.stdout);
    let ran = desk.learnr(&["import", &file]);
    assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
    desk
}

impl Desk {
    fn answers(&self, content: &str, more: &[&str]) -> (Ran, Value) {
        let file = self.file("answers.jsonl", content);
        let ran = self.learnr(&[&["import", "--answers", &file, "--json"], more].concat());
        let said: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
        (ran, said[0].clone())
    }

    fn exported(&self) -> String {
        let ran = self.learnr(&["export", CERTIFICATION, "--answers"]);
        assert!(ran.success, "{}", ran.stderr);
        ran.stdout
    }
}

/// The lines of a file, as values.
fn lines(file: &str) -> Vec<Value> {
    let parsed = |line: &str| serde_json::from_str(line).expect("a line of JSON");
    file.lines().map(parsed).collect()
}

/// The file again, with one session changed.
fn changed(file: &str, line: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut lines = lines(file);
    change(&mut lines[line]);
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    lines.join("\n")
}

#[tokio::test]
async fn answers_come_back_as_they_were_and_the_same_file_again_changes_nothing() {
    let (school, file) = taught().await;
    let all = lines(&file);
    assert_eq!(
        all[0],
        json!({"format": "learnr.answers", "version": 1, "certification": CERTIFICATION})
    );
    assert_eq!(all.len(), LEARNERS + 2);
    assert!(!file.contains(Cohort::KNOWN.issuer), "nobody is named");
    let desk = empty(&school);
    let (ran, said) = desk.answers(&file, &["--dry-run"]);
    assert!(ran.success && said["outcome"] == "checked", "{said}");
    let (ran, said) = desk.answers(&file, &[]);
    assert!(ran.success, "{said}");
    assert_eq!(said["outcome"], "stored");
    assert_eq!(said["answers"], LEARNERS * 12);
    assert_eq!(desk.exported(), file, "byte for byte");
    let (ran, said) = desk.answers(&file, &[]);
    assert!(ran.success, "{said}");
    assert_eq!(
        (&said["outcome"], &said["unchanged"]),
        (&json!("unchanged"), &json!(LEARNERS))
    );
    let own = text(&desk.path("answers.jsonl"));
    let ran = school.learnr(&["import", "--answers", &own]);
    assert!(
        ran.success && ran.stdout.contains("unchanged"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[tokio::test]
async fn a_table_has_an_answer_a_row_and_a_file_is_there_whole_or_not() {
    let (school, _) = taught().await;
    let desk = Desk::new();
    let out = desk.path("answers.csv");
    let args = [
        "export",
        CERTIFICATION,
        "--answers",
        "--format",
        "csv",
        "--out",
        &text(&out),
    ];
    let ran = school.learnr(&args);
    assert!(ran.success, "{}", ran.stderr);
    let table = fs::read_to_string(&out).expect("written");
    let mut rows = table.lines();
    assert!(
        rows.next()
            .is_some_and(|head| head.starts_with("session,learner,version,kind,seq,"))
    );
    assert_eq!(rows.clone().count(), LEARNERS * 12);
    assert!(rows.all(|row| row.split(',').count() == 15));
    assert!(!desk.path("answers.csv.part").exists());
    let inside = format!("{}/x", text(&out));
    let ran = school.learnr(&["export", CERTIFICATION, "--answers", "--out", &inside]);
    assert!(
        !ran.success && ran.stderr.contains("cannot write"),
        "{}",
        ran.stderr
    );
    let ran = school.learnr(&["export", "nothing", "--answers"]);
    assert!(
        !ran.success && ran.stderr.contains("there are: cert"),
        "{}",
        ran.stderr
    );
}

/// A field of the second session, what it is changed to, and what is said of it.
fn faults() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/events/3/seq", json!(9), "event 9 where 4"),
        ("/events/3/seq", json!(2), "event 2 where 4"),
        ("/events/3/item", json!("gone"), "item \"gone\""),
        ("/events/3/kind", json!("transmigrated"), "transmigrated"),
        ("/events/3/payload", json!("AAAA"), "event payload"),
        ("/events/3/choice", json!("a\0b"), "NUL"),
        ("/events/3/later", json!(1), "unknown field"),
        ("/events/0/kind", json!("paused"), "no start"),
        ("/learner", json!("Ann O'Nym"), "a name"),
        ("/status", json!("begun"), "completed or faulted"),
        ("/version", json!("v9"), "this store has not"),
        ("/session", json!(uuid::Uuid::nil()), "UUIDv7"),
        ("/settings", json!("?"), "Invalid symbol"),
        ("", json!(["no", "session"]), "a session"),
    ]
}

#[tokio::test]
async fn of_faulty_lines_each_is_told_and_the_others_are_stored() {
    let (school, file) = taught().await;
    let desk = empty(&school);
    for (field, value, words) in faults() {
        let faulty = changed(&file, 2, |line| match field.rsplit_once('/') {
            Some((object, name)) => {
                line.pointer_mut(object).expect("an object")[name] = value;
            }
            None => *line = value,
        });
        let (ran, said) = desk.answers(&faulty, &[]);
        assert!(!ran.success && said["outcome"] == "partly", "{said}");
        let taken = [&said["stored"], &said["unchanged"]].map(|count| count.as_u64());
        assert_eq!(
            taken.into_iter().flatten().sum::<u64>(),
            LEARNERS as u64 - 1
        );
        let faults = said["faults"]["found"].as_array().expect("a list");
        let told = faults.iter().find(|fault| fault["line"] == 3);
        let told = told.unwrap_or_else(|| panic!("{words}: {said}"));
        let told = told.to_string().replace("\\\"", "\"");
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn a_session_of_another_learner_is_refused() {
    let (school, file) = taught().await;
    let desk = empty(&school);
    assert!(desk.answers(&file, &[]).0.success);
    let stolen = changed(&file, 1, |line| line["learner"] = json!("eve"));
    let (ran, said) = desk.answers(&stolen, &[]);
    assert!(!ran.success && said["unchanged"] == LEARNERS - 1, "{said}");
    assert!(said.to_string().contains("another learner's"), "{said}");
    assert_eq!(desk.exported(), file);
}

#[tokio::test]
async fn a_file_cut_short_another_file_or_no_certification_is_told() {
    let (school, file) = taught().await;
    let desk = empty(&school);
    let short: String = file
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    let (ran, said) = desk.answers(&short, &[]);
    assert!(!ran.success && said["stored"] == 2, "{said}");
    assert!(said.to_string().contains("cut short"), "{said}");
    let (ran, said) = desk.answers(&file[..file.len() / 2], &[]);
    assert!(
        !ran.success && said.to_string().contains("cut short"),
        "{said}"
    );
    for (wrong, words) in [
        (
            file.replacen("\"version\":1", "\"version\":2", 1),
            "version 2",
        ),
        (file.replacen("learnr.answers", "other", 1), "a header"),
        (String::new(), "an empty file"),
        ("\0\0\0\n".to_owned(), "a header"),
    ] {
        let (ran, said) = desk.answers(&wrong, &[]);
        assert!(!ran.success && said["outcome"] == "refused", "{said}");
        assert!(said.to_string().contains(words), "{words}: {said}");
    }
    let other = Desk::new();
    assert!(other.learnr(&["migrate"]).success);
    let path = other.file("answers.jsonl", &file);
    let ran = other.learnr(&["import", "--answers", &path]);
    assert!(
        ran.stderr.contains("this store has not: import it first"),
        "{}",
        ran.stderr
    );
    let (ran, said) = desk.answers(&file, &[]);
    assert!(
        ran.success && said["outcome"] == "stored",
        "what was cut short goes on: {said}"
    );
}
