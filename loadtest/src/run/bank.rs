//! The certification that a server of our own is loaded with: large enough that long sessions find
//! something to ask, with texts as long as real ones. Owns its content; knows nothing of sessions.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// Items of the certification, over [`AREAS`] areas.
const ITEMS: usize = 1_000;
/// Areas, of equal weight.
const AREAS: usize = 6;
/// Options of an item.
const OPTIONS: usize = 4;

/// Writes the certification beside the data and imports it with `binary`.
///
/// # Errors
/// When the file cannot be written or the server's binary refuses it.
pub(super) fn load(binary: &Path, data: &Path) -> anyhow::Result<()> {
    let file = data.join("certification.json");
    fs::write(&file, certification().to_string())
        .with_context(|| format!("write {}", file.display()))?;
    let done = Command::new(binary)
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
    Ok(())
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
