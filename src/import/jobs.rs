//! From the files of a command line to certifications: which files make one, and how each is read.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use learnr_domain::CertificationId;

use super::args::{ImportArgs, Layout};
use super::{
    FILE_BYTES_MAX, Mapping, Reading, Source, Table, Wish, id_of_file, read_json, read_tables,
};
use crate::store::{Store, record};

/// Files of one import: as many as a certification may have areas.
const FILES_MAX: usize = learnr_domain::ids::AREAS_MAX;

/// The files of one certification, and how to read them.
pub(super) enum Job {
    Json(Source),
    Tables {
        sources: Vec<Source>,
        table: Table,
        id: CertificationId,
        title: Option<String>,
    },
}

impl Job {
    pub(super) async fn read(self, store: Option<&dyn Store>) -> anyhow::Result<Reading> {
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
pub(super) fn jobs(args: &ImportArgs) -> anyhow::Result<Vec<Job>> {
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
