//! The record: what is taken into it, and that the committed one is what the history gives.

use super::*;
use crate::report::specimen;

const DOCUMENT: &str = "# Performance\n\nBefore.\n\n<!-- generated: begin -->\nold\n<!-- generated: end -->\n\nAfter.\n";

fn fresh_dir(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!(
        "learnr-record-{name}-{}",
        uuid::Uuid::new_v4().simple()
    ));
    fs::create_dir_all(&dir).expect("the system's temporary directory can be written");
    fs::write(dir.join("performance.md"), DOCUMENT).expect("a fresh directory can be written");
    dir
}

#[test]
fn a_recorded_run_is_in_the_history_and_in_the_document_and_prose_stays() {
    let dir = fresh_dir("prose");
    let (history_dir, document) = (dir.join("performance"), dir.join("performance.md"));
    let mut reports = [
        specimen::report("human-1000", 1.0),
        specimen::report("bell", 1.0),
    ];
    let refused = record(&reports, "0123abc", &history_dir, &document);
    let words = refused.expect_err("one has faults").to_string();
    assert!(words.contains("went wrong"), "{words}");
    for report in &mut reports {
        report.faults.clear();
    }
    assert_eq!(
        record(&reports, "0123abc", &history_dir, &document).expect("clean reports"),
        2
    );
    let first = fs::read_to_string(&document).expect("it was written");
    assert!(first.starts_with("# Performance\n\nBefore.\n") && first.ends_with("\n\nAfter.\n"));
    assert!(!first.contains("old"));
    assert!(
        first.contains("| human-1000 | acknowledged, p99: at most 5 ms | 5.4 ms | **MISSED** |"),
        "{first}"
    );
    assert!(first.contains(
        "2 of 2 runs were held against the store: 12,600 answers acknowledged, 0 missing"
    ));
    assert_eq!(
        record(&reports, "0123abc", &history_dir, &document).expect("the same again"),
        2
    );
    assert_eq!(
        fs::read_to_string(&document).expect("it was written"),
        first
    );
    reports[0].machine.release = "0.2.0".to_owned();
    record(&reports[..1], "0123abc", &history_dir, &document).expect("another release");
    let releases: Vec<String> = history(&history_dir)
        .expect("own files")
        .into_iter()
        .map(|r| r.release)
        .collect();
    assert_eq!(releases, ["0.1.0", "0.2.0"]);
    fs::remove_dir_all(&dir).expect("it is this test's own");
}

#[test]
fn what_was_built_from_uncommitted_changes_is_not_recorded() {
    let dir = fresh_dir("changes");
    let mut report = specimen::report("human-1000", 1.0);
    report.machine.commit = "0123abc+".to_owned();
    let refusal = record(
        &[report],
        "0123abc",
        &dir.join("performance"),
        &dir.join("performance.md"),
    )
    .expect_err("nobody can build it again");
    assert!(
        refusal.to_string().contains("commit, build, and run"),
        "{refusal}"
    );
    assert!(!dir.join("performance").exists());
    fs::remove_dir_all(&dir).expect("it is this test's own");
}

#[test]
fn what_nobody_could_get_again_is_not_recorded() {
    type Spoil = fn(&mut Report);
    let spoilt: [(Spoil, &str); 3] = [
        (|report| report.interrupted = true, "run it to its end"),
        (|report| report.machine.cores = 0, "of which machine"),
        (
            |report| report.command += " /elsewhere/x.toml",
            "play it by its name",
        ),
    ];
    let dir = fresh_dir("spoilt");
    for (spoil, words) in spoilt {
        let mut report = specimen::report("human-1000", 1.0);
        spoil(&mut report);
        let refusal = record(
            &[report],
            "0123abc",
            &dir.join("performance"),
            &dir.join("performance.md"),
        )
        .expect_err("its figures tell nothing");
        assert!(refusal.to_string().contains(words), "{refusal}");
        assert!(!dir.join("performance").exists());
    }
    fs::remove_dir_all(&dir).expect("it is this test's own");
}

#[test]
fn releases_are_ordered_by_their_numbers() {
    assert!(order("0.10.0") > order("0.9.1"));
    assert!(order("1.0.0") > order("0.10.0"));
}

#[test]
fn a_document_without_its_markers_is_refused() {
    assert!(splice("no markers", "new").is_err());
    assert!(splice("<!-- generated: begin --> and no end", "new").is_err());
    assert!(splice(&DOCUMENT.repeat(2), "new").is_err());
}

/// Figures are measured, not written: whoever edits them by hand is stopped here.
#[test]
fn the_committed_record_is_what_the_committed_history_gives() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let document =
        fs::read_to_string(docs.join("performance.md")).expect("the record is in the repository");
    let history = history(&docs.join("performance")).expect("the history is readable");
    let expected = splice(&document, &generated(&history)).expect("the record has its markers");
    assert!(
        document == expected,
        "docs/performance.md is not what docs/performance/*.json gives: run `learnr-loadtest record`, edit no figure by hand"
    );
}

#[test]
fn a_cell_cannot_end_its_row_or_the_generated_part() {
    let mut report = specimen::report("human-1000", 1.0);
    report.command = "a | b\n<!-- generated: end -->".to_owned();
    let release = Release {
        version: HISTORY_VERSION,
        release: "0.1.0".to_owned(),
        entries: vec![Entry::of(&report)],
    };
    let text = generated(&[release]);
    assert!(text.contains("a \\| b &lt;!-- generated: end --"));
    assert!(splice(&splice(DOCUMENT, &text).expect("markers"), &text).is_ok());
}
