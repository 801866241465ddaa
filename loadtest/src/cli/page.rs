//! `learnr-loadtest page`: reports as one HTML page.

use std::path::PathBuf;

use clap::Args;
use learnr_loadtest::report::{Report, page};

/// The flags of `page`.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Reports as `play` and `run` leave them; several are compared.
    #[arg(required = true, value_name = "JSON")]
    reports: Vec<PathBuf>,
    /// Where to write the page [default: beside the first report, its name with `.html`]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl PageArgs {
    /// Writes the page and says where it is.
    pub(crate) fn carry_out(&self) -> anyhow::Result<bool> {
        let reports: Vec<Report> = self
            .reports
            .iter()
            .map(|path| Report::load(path))
            .collect::<anyhow::Result<_>>()?;
        let beside = || self.reports.first().map(|path| path.with_extension("html"));
        if let Some(out) = self.out.clone().or_else(beside) {
            page::write(&reports, &out)?;
            println!("{}", out.display());
        }
        Ok(true)
    }
}
