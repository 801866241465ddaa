//! Certifications from files: read, checked as a whole, stored as one version or not at all.
//!
//! Owns the file formats and what is said about their faults. Checking is the domain's, storing the store's.

mod json;
mod layout;
mod text;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use learnr_domain::Bank;
use learnr_domain::bank::{CertificationSpec, ItemSpec};
use sha2::{Digest, Sha256};

use crate::store::record;
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{Saved, Store};

/// Largest file taken, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Faults printed at most; all are counted.
const FAULTS_SHOWN_MAX: usize = 50;

/// The demonstration certification, in our own words.
const DEMONSTRATION: &str = include_str!("../../content/business-analysis-foundations.json");

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// Our JSON: a certification with its items; content/business-analysis-foundations.json is one.
    Json,
    /// CSV without a header: question, four options, the letter of the right one.
    QuestionOptionsKey,
}

/// What `learnr import` can be told.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// How it is laid out.
    #[arg(long, value_enum, default_value = "json")]
    pub layout: Layout,
    /// Id of the certification, where the file does not say; by default the file's name.
    #[arg(long, value_name = "ID")]
    pub certification: Option<String>,
    /// Title of the certification, where the file does not say.
    #[arg(long)]
    pub title: Option<String>,
    /// Check and report; store nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What a file holds, before the domain has checked it.
#[derive(Debug)]
pub struct Content {
    /// The certification.
    pub certification: CertificationSpec,
    /// Its items.
    pub items: Vec<ItemSpec>,
    /// Worth a look, but no reason to refuse.
    pub warnings: Vec<String>,
}

/// What the text of a file in our JSON holds.
///
/// # Errors
/// Every fault of its form; what it says is for [`Bank::build`] to check.
pub fn parse_json(text: &str) -> anyhow::Result<Content> {
    json::parse(text)
}

/// Carries out `learnr import` into a database.
///
/// # Errors
/// Every fault of the file, or why the store does not take it.
pub async fn run(args: &ImportArgs, database: &Path) -> anyhow::Result<()> {
    let content = read(args)?;
    for warning in content.warnings.iter().take(FAULTS_SHOWN_MAX) {
        eprintln!("warning: {warning}");
    }
    let (items, warnings) = (content.items.len(), content.warnings.len());
    let (id, title) = (
        content.certification.id.clone(),
        content.certification.title.clone(),
    );
    let row = checked(content).with_context(|| args.file.display().to_string())?;
    let outcome = if args.dry_run {
        "not stored (--dry-run)"
    } else {
        let store = SqliteStore::open(database, SqliteOptions::default())?;
        let saved = store.save_certification(row).await?;
        store.close().await;
        match saved {
            Saved::New => "stored as a new version",
            Saved::Unchanged => "unchanged",
        }
    };
    println!("{id}: {title}: {items} questions, {warnings} warnings, {outcome}");
    Ok(())
}

/// Stores the demonstration certification.
///
/// # Errors
/// Why the store does not take it.
pub async fn load_demonstration(store: &dyn Store) -> anyhow::Result<()> {
    let row = checked(json::parse(DEMONSTRATION)?)?;
    store.save_certification(row).await?;
    Ok(())
}

fn read(args: &ImportArgs) -> anyhow::Result<Content> {
    let path = &args.file;
    let place = || format!("cannot read {}", path.display());
    let bytes = std::fs::metadata(path).with_context(place)?.len();
    anyhow::ensure!(
        bytes <= FILE_BYTES_MAX,
        "{}: {bytes} bytes, at most {FILE_BYTES_MAX} are taken",
        path.display()
    );
    let text = std::fs::read_to_string(path).with_context(place)?;
    match args.layout {
        Layout::Json => json::parse(&text).with_context(|| path.display().to_string()),
        Layout::QuestionOptionsKey => {
            let named = args.certification.clone().unwrap_or_else(|| stem(path));
            let title = args.title.clone().unwrap_or_else(|| named.clone());
            layout::parse(&text, &named, &title).with_context(|| path.display().to_string())
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(
        || "certification".to_owned(),
        |stem| stem.to_string_lossy().replace('_', "-"),
    )
}

/// The row to store, if the domain finds nothing wrong.
fn checked(content: Content) -> anyhow::Result<crate::store::CertificationVersionRow> {
    let row = record::certification_row(&content.certification, &content.items);
    match Bank::build(content.certification, content.items) {
        Ok(_) => Ok(row),
        Err(faults) => {
            let shown = faults.iter().take(FAULTS_SHOWN_MAX);
            let shown: Vec<String> = shown.map(ToString::to_string).collect();
            anyhow::bail!(
                "{} faults, nothing was stored:\n  {}",
                faults.len(),
                shown.join("\n  ")
            )
        }
    }
}

/// Faults of a file, all of them, as one error.
fn refuse_all(faults: &[String]) -> anyhow::Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let shown = &faults[..faults.len().min(FAULTS_SHOWN_MAX)];
    anyhow::bail!(
        "{} faults, nothing was stored:\n  {}",
        faults.len(),
        shown.join("\n  ")
    )
}

/// A short name for content: hexadecimal digits of its SHA-256. It says nothing about the content, the
/// key least of all.
fn content_id(prefix: &str, parts: &[&str], digits: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    format!("{prefix}{}", &hex[..digits])
}

/// The id of an option without one: it differs between items, so that no letter gives the key away.
fn option_id(item: &str, place: usize, text: &str) -> String {
    content_id("o", &[item, &place.to_string(), text], 10)
}
