//! `learnr import` and `learnr export`: files in and out of a database.
//!
//! Owns the arguments and which files make one certification.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use learnr_domain::CertificationId;

use super::{
    FILE_BYTES_MAX, Format, Mapping, Outcome, Reading, Report, Source, Table, Wish, id_of_file,
    read_json, read_tables, write,
};
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{Saved, Store, record};

/// The demonstration certification, in our own words.
const DEMONSTRATION: &[u8] = include_bytes!("../../content/business-analysis-foundations.json");
/// Files of one import: as many as a certification may have areas.
const FILES_MAX: usize = learnr_domain::ids::AREAS_MAX;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// Our JSON: a certification with its items; content/business-analysis-foundations.json is one.
    Json,
    /// CSV with our columns in a header: stem, option_a, option_b..., key, and others where wanted.
    Csv,
    /// CSV without a header: question, four options, the letter of the right one.
    QuestionOptionsKey,
}

/// What `learnr import` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr import certification.json
      our JSON: areas with weights, concepts, questions with explanations
  learnr import questions.csv --certification my-exam --title \"My exam\"
      CSV with a header: stem, option_a, option_b, ..., key; and, where wanted, id, area, concepts, difficulty,
      explanation_a, ..., stimulus, select, enemies, fixed_order, source, active
  learnr import quiz.csv --map stem=Question,option_a=Right,option_b=Wrong,key=Answer
      CSV of another tool, by the names in its header
  learnr import subjects/ --layout question-options-key --certification my-exam
      every table of a folder, each an area of one certification

A certification is stored as a whole or not at all, and becomes the version that new sessions use; sessions under way
keep theirs. The same content again changes nothing. Exit code 1 when anything was refused.")]
pub struct ImportArgs {
    /// Files, or folders of files.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How they are laid out; by default what the ending of the name says.
    #[arg(long, value_enum)]
    pub layout: Option<Layout>,
    /// What the columns of a table hold: stem=1,options=2-5,key=6 by number in a table without a header,
    /// stem=Question,option_a=First,... by name in one with.
    #[arg(long, value_name = "FIELD=COLUMN,...", conflicts_with = "layout")]
    pub map: Option<Mapping>,
    /// What stands between two columns of a table; a tab in files ending in .tsv.
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<char>,
    /// Id of the certification that tables make; by default each table is one, called as its file.
    #[arg(long, value_name = "ID")]
    pub certification: Option<CertificationId>,
    /// Title of the certification that tables make.
    #[arg(long)]
    pub title: Option<String>,
    /// Check and report; store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Report as JSON: a list with one report for each certification.
    #[arg(long)]
    pub json: bool,
}

/// What `learnr export` can be told.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Id of the certification.
    pub certification: CertificationId,
    /// json has everything; csv has the questions, for a spreadsheet.
    #[arg(long, value_enum, default_value = "json")]
    pub format: Format,
    /// File to write, whole or not at all; by default the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Carries out `learnr import` into a database.
///
/// # Errors
/// When anything was refused, after saying what; or why files or the store cannot be used.
pub async fn import(args: &ImportArgs, database: &Path) -> anyhow::Result<()> {
    let jobs = jobs(args)?;
    let exists = database.exists();
    // A check of files needs no database; what one has to say is heard if it is there.
    let store = match args.dry_run && !exists {
        true => None,
        false => Some(SqliteStore::open(database, SqliteOptions::default())?),
    };
    let mut reports = Vec::with_capacity(jobs.len());
    for job in jobs {
        let begun = Instant::now();
        let reading = job.read(store.as_ref()).await?;
        let store = store.as_ref().filter(|_| !args.dry_run);
        let mut report = carry_out(reading, store).await?;
        report.took(begun.elapsed());
        if !args.json {
            write!(std::io::stdout(), "{report}")?;
        }
        reports.push(report);
    }
    if let Some(store) = store {
        store.close().await;
    }
    if args.json {
        writeln!(
            std::io::stdout(),
            "{}",
            serde_json::to_string_pretty(&reports)?
        )?;
    }
    let refused = |report: &&Report| report.outcome == Outcome::Refused;
    match reports.iter().filter(refused).count() {
        0 => Ok(()),
        1 if reports.len() == 1 => bail!("nothing was imported"),
        refused => bail!("{refused} of {} certifications were refused", reports.len()),
    }
}

/// Carries out `learnr export` from a database.
///
/// # Errors
/// When there is no such certification, or the file cannot be written.
pub async fn export(args: &ExportArgs, database: &Path) -> anyhow::Result<()> {
    ensure!(
        database.exists(),
        "{}: there is no database",
        database.display()
    );
    let store = SqliteStore::open(database, SqliteOptions::default())?;
    let Some(row) = store
        .certification(args.certification.as_str(), None)
        .await?
    else {
        let known = store.certifications().await?;
        let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
        bail!(
            "there is no certification {}; there are: {}",
            args.certification,
            ids.join(", ")
        );
    };
    store.close().await;
    let (certification, items) = record::specs_from_row(&row)?;
    let Some(path) = &args.out else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        write(args.format, &certification, &items, &mut out)?;
        return Ok(out.flush()?);
    };
    let place = || format!("cannot write {}", path.display());
    // Beside the file and then in its place: who reads it meanwhile reads the old one or the new one.
    let staged = path.with_added_extension("part");
    let done = stage(&staged, |out| {
        write(args.format, &certification, &items, out)
    })
    .and_then(|()| std::fs::rename(&staged, path));
    if done.is_err() && staged.exists() {
        std::fs::remove_file(&staged).with_context(place)?;
    }
    done.with_context(place)?;
    eprintln!("{}: {} questions", path.display(), items.len());
    Ok(())
}

/// Writes a file and waits until the disk has it.
fn stage(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    write(&mut out)?;
    out.into_inner()?.sync_all()
}

/// Stores the demonstration certification.
///
/// # Errors
/// Why the store does not take it.
pub async fn load_demonstration(store: &dyn Store) -> anyhow::Result<()> {
    let reading = read_json(&Source {
        name: "demonstration".to_owned(),
        bytes: DEMONSTRATION.to_vec(),
    });
    let row = reading.row.with_context(|| reading.report.to_string())?;
    store.save_certification(row).await?;
    Ok(())
}

async fn carry_out(reading: Reading, store: Option<&SqliteStore>) -> anyhow::Result<Report> {
    let Reading { row, mut report } = reading;
    report.outcome = match (row, store) {
        (None, _) => Outcome::Refused,
        (Some(_), None) => Outcome::Checked,
        (Some(row), Some(store)) => match store.save_certification(row).await? {
            Saved::New => Outcome::Stored,
            Saved::Unchanged => Outcome::Unchanged,
        },
    };
    Ok(report)
}

/// The files of one certification, and how to read them.
enum Job {
    Json(Source),
    Tables {
        sources: Vec<Source>,
        table: Table,
        id: CertificationId,
        title: Option<String>,
    },
}

impl Job {
    async fn read(self, store: Option<&SqliteStore>) -> anyhow::Result<Reading> {
        match self {
            Self::Json(source) => Ok(read_json(&source)),
            Self::Tables {
                sources,
                table,
                id,
                title,
            } => {
                let row = match store {
                    Some(store) => store.certification(id.as_str(), None).await?,
                    None => None,
                };
                let stored = row.map(|row| record::specs_from_row(&row)).transpose()?;
                let wish = Wish {
                    id,
                    title,
                    stored: stored.map(|(certification, _)| certification),
                };
                Ok(read_tables(&sources, &table, &wish))
            }
        }
    }
}

/// Which files make which certification.
fn jobs(args: &ImportArgs) -> anyhow::Result<Vec<Job>> {
    let mut jobs = Vec::new();
    // Tables of one certification are told apart by how they are read, which is the same but for the delimiter.
    let mut together: Vec<(Source, u8)> = Vec::new();
    for path in files(args)? {
        let source = source(&path)?;
        if args.map.is_none() && layout_of(args, &path) == Layout::Json {
            jobs.push(Job::Json(source));
            continue;
        }
        let delimiter = delimiter_of(args, &path)?;
        if args.certification.is_some() {
            together.push((source, delimiter));
            continue;
        }
        let id = id_of_file(&source.name)
            .with_context(|| format!("{}: name it with --certification", path.display()))?;
        jobs.push(Job::Tables {
            table: table(args, &path, delimiter),
            title: args.title.clone(),
            sources: vec![source],
            id,
        });
    }
    if let (Some(id), Some((_, delimiter))) = (&args.certification, together.first()) {
        let delimiter = *delimiter;
        ensure!(
            together.iter().all(|(_, other)| *other == delimiter),
            "tables of one certification must have the same delimiter: set --delimiter"
        );
        jobs.push(Job::Tables {
            sources: together.into_iter().map(|(source, _)| source).collect(),
            table: table(args, Path::new(""), delimiter),
            id: id.clone(),
            title: args.title.clone(),
        });
    }
    Ok(jobs)
}

/// The files named, those of a folder in order of name.
fn files(args: &ImportArgs) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in &args.files {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let place = || format!("cannot read {}", path.display());
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).with_context(place)? {
            let file = entry.with_context(place)?.path();
            let ending = file
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            if matches!(ending.as_str(), "csv" | "tsv" | "json") {
                inside.push(file);
            }
        }
        ensure!(
            !inside.is_empty(),
            "{}: no .csv, .tsv or .json file",
            path.display()
        );
        inside.sort();
        files.extend(inside);
    }
    ensure!(
        files.len() <= FILES_MAX,
        "{} files, at most {FILES_MAX} at once",
        files.len()
    );
    Ok(files)
}

fn layout_of(args: &ImportArgs, path: &Path) -> Layout {
    let json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let by_ending = if json { Layout::Json } else { Layout::Csv };
    args.layout.unwrap_or(by_ending)
}

fn table(args: &ImportArgs, path: &Path, delimiter: u8) -> Table {
    let mapping = match layout_of(args, path) {
        Layout::QuestionOptionsKey => Some(Mapping::question_options_key()),
        Layout::Csv | Layout::Json => args.map.clone(),
    };
    Table { mapping, delimiter }
}

fn delimiter_of(args: &ImportArgs, path: &Path) -> anyhow::Result<u8> {
    let tabs = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("tsv"));
    let delimiter = args.delimiter.unwrap_or(if tabs { '\t' } else { ',' });
    ensure!(
        delimiter.is_ascii() && !matches!(delimiter, '"' | '\n' | '\r'),
        "--delimiter {delimiter:?}: one ASCII character other than a quote or a line break"
    );
    Ok(delimiter as u8)
}

fn source(path: &Path) -> anyhow::Result<Source> {
    let place = || format!("cannot read {}", path.display());
    let length = std::fs::metadata(path).with_context(place)?.len();
    ensure!(
        length <= FILE_BYTES_MAX,
        "{}: {length} bytes, at most {FILE_BYTES_MAX} are taken",
        path.display()
    );
    let bytes = std::fs::read(path).with_context(place)?;
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok(Source { name, bytes })
}
