//! The `learnr` binary: see `learnr --help`.

fn main() -> anyhow::Result<()> {
    learnr::cli::run()
}
