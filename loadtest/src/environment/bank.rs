//! The certification that a server of our own is loaded with: large enough that long sessions find
//! something to ask, with texts as long as real ones. Owns its content; knows nothing of sessions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::server::{Variable, vary};

/// Items of the certification, over [`AREAS`] areas.
const ITEMS: usize = 1_000;
/// Areas, of equal weight.
const AREAS: usize = 6;
/// Options of an item.
const OPTIONS: usize = 4;

/// Makes the data directory, writes the certification into it and imports it with `binary`; the file's path.
///
/// # Errors
/// When the binary is not there or refuses it, or the file cannot be written.
pub(super) fn load(binary: &Path, data: &Path, variables: &[Variable]) -> anyhow::Result<PathBuf> {
    ensure!(
        binary.is_file(),
        "{} is not there: build the server first (cargo build --release -p learnr), or name it with --server",
        binary.display()
    );
    fs::create_dir_all(data).with_context(|| format!("create {}", data.display()))?;
    let file = data.join("certification.json");
    fs::write(&file, certification().to_string())
        .with_context(|| format!("write {}", file.display()))?;
    let mut command = Command::new(binary);
    vary(&mut command, variables);
    let done = command
        .arg("import")
        .arg(&file)
        .arg("--data")
        .arg(data)
        .output()
        .with_context(|| format!("start {}", binary.display()))?;
    ensure!(
        done.status.success(),
        "the certification was not imported: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(file)
}

fn certification() -> Value {
    let areas: Vec<Value> = (0..AREAS)
        .map(|n| json!({"id": format!("area-{n}"), "title": format!("Area {n}"), "weight": 1.0}))
        .collect();
    json!({
        "certification": {
            "id": "load", "title": "Load", "pass_mark": 0.65, "areas": areas,
            "exam": {"items": 30, "minutes": 45},
        },
        "items": (0..ITEMS).map(item).collect::<Vec<_>>(),
    })
}

fn item(n: usize) -> Value {
    let options: Vec<Value> = (0..OPTIONS)
        .map(|place| {
            json!({
                "id": format!("o{place}"),
                "text": format!("Option {place} of question {n}, about as long as most options are"),
                "correct": place == n % OPTIONS,
                "explanation": format!(
                    "Why option {place} of question {n} is what it is, in a sentence or two that name \
                     the misconception behind it and where to read more."
                ),
            })
        })
        .collect();
    let difficulty = ["easy", "medium", "hard"][n / AREAS % 3];
    json!({
        "id": format!("load-{n:04}"),
        "area": format!("area-{}", n % AREAS),
        "difficulty": difficulty,
        "stem": format!(
            "Question {n}: a stem of the usual length, which sets a scene in a sentence, gives the facts that \
             matter and one that does not, and then asks what the analyst should do first?"
        ),
        "options": options,
    })
}
