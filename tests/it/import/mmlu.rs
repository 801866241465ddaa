//! Real exam questions at their full size: all of `../shared/data/mmlu` in one command, sessions on them, out and in.

use std::path::{Path, PathBuf};

use learnr::import::{Format, Source, Table, Wish, read_json, read_tables, write};
use learnr::store::{CertificationVersionRow, record};
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, SessionKind};

use super::{Desk, text};
use crate::harness::{Server, not_run};

const QUESTIONS: usize = 14_079;
const DUPLICATES: usize = 129;
const SUBJECTS: usize = 57;

/// The folder of questions, where it is there.
fn questions(test: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mmlu");
    if !folder.is_dir() {
        not_run(test, "../shared/data/mmlu is not there");
        return None;
    }
    Some(folder)
}

fn import<'a>(folder: &'a str, title: &'a str) -> [&'a str; 7] {
    let layout = "question-options-key";
    [
        folder,
        "--layout",
        layout,
        "--certification",
        "mmlu",
        "--title",
        title,
    ]
}

#[test]
fn all_subjects_are_one_certification_that_comes_back_as_it_was() {
    let Some(folder) = questions("import::mmlu::all_subjects_are_one_certification") else {
        return;
    };
    let desk = Desk::new();
    let folder = text(&folder);
    let report = &desk.reports(&import(&folder, "MMLU"))[0];
    assert_eq!(report["outcome"], "stored");
    assert_eq!(report["read"], QUESTIONS);
    assert_eq!(report["questions"], QUESTIONS - DUPLICATES);
    assert_eq!(report["duplicates"], DUPLICATES);
    assert_eq!(report["areas"], SUBJECTS);
    assert_eq!(report["faults"]["total"], 0);
    // Each duplicate, and each question with an option twice.
    assert_eq!(report["warnings"]["total"], DUPLICATES + 9);
    let again = &desk.reports(&import(&folder, "MMLU"))[0];
    assert_eq!(again["outcome"], "unchanged");

    let json = desk.export("mmlu", "json");
    let second = read_json(&source(json.clone().into_bytes()));
    let row = second.row.expect("its own export");
    assert_eq!(report["version"], row.version);
    assert_eq!(written(&row, Format::Json), json.as_bytes());
    let csv = written(&row, Format::Csv);
    let (stored, _) = record::specs_from_row(&row).expect("its own row");
    let wish = Wish {
        id: stored.id.clone(),
        title: None,
        stored: Some(stored),
    };
    let table = Table {
        mapping: None,
        delimiter: b',',
    };
    let third = read_tables(&[source(csv)], &table, &wish);
    assert!(third.row.as_ref() == Some(&row), "{}", third.report);
}

fn source(bytes: Vec<u8>) -> Source {
    Source {
        name: "mmlu".to_owned(),
        bytes,
    }
}

fn written(row: &CertificationVersionRow, format: Format) -> Vec<u8> {
    let (certification, items) = record::specs_from_row(row).expect("its own row");
    let mut out = Vec::new();
    write(format, &certification, &items, &mut out).expect("memory takes everything");
    out
}

#[actix_rt::test]
async fn sessions_run_on_fourteen_thousand_questions() {
    let Some(folder) = questions("import::mmlu::sessions_run_on_fourteen_thousand_questions")
    else {
        return;
    };
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let data = text(server.data.path());
    let mut args = vec!["import", "--json"];
    let folder = text(&folder);
    args.extend(import(&folder, "MMLU"));
    // Into the database of a server that is running, beside it.
    args.extend(["--data", &data]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_learnr"))
        .args(&args)
        .output();
    let output = output.expect("the binary runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for kind in [SessionKind::Practice, SessionKind::Diagnostic] {
        let create = CreateSession {
            certification: "mmlu".to_owned(),
            kind,
            length: Some(12),
            areas: Vec::new(),
            concepts: Vec::new(),
            time_limit_minutes: None,
        };
        let mut client = server.client(&create, Encoding::MsgPack).await;
        let mut question = client.question();
        for position in 1..=12_u16 {
            assert_eq!(question.position, position);
            assert_eq!(question.options.len(), 4);
            match client.answer(&question).await.next {
                Some(next) => question = next,
                None => assert!(position >= 10, "{kind:?} ended at {position}"),
            }
            if position >= 10
                && client
                    .rest
                    .summary(&client.token, &client.session)
                    .await
                    .is_ok()
            {
                break;
            }
        }
    }
    server.stop().await;
}
