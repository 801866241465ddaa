//! What `learnr import` and `learnr export` can be told.

use std::path::PathBuf;

use clap::Args;
use learnr_domain::CertificationId;

use super::{Format, Mapping};

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
  learnr import --answers answers.jsonl
      sessions of another store, with every answer; the same file again changes nothing

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
    /// The files hold answers, as `learnr export --answers` writes them: sessions are stored beside those that are
    /// there, each whole or not at all. Their certification in its version has to be in the store.
    #[arg(long, conflicts_with_all = ["layout", "map", "delimiter", "certification", "title"])]
    pub answers: bool,
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
    /// Instead of the certification every session of it, with every answer: json has a session a line and is what
    /// `learnr import --answers` reads, csv an answer a line, for a spreadsheet. Learners are names that say nothing of who
    /// they are.
    #[arg(long)]
    pub answers: bool,
    /// json has everything; csv has the questions, for a spreadsheet.
    #[arg(long, value_enum, default_value = "json")]
    pub format: Format,
    /// File to write, whole or not at all; by default the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
