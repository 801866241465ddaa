//! The `learnr` binary: see `learnr --help`.

/// Thousands of small, short-lived buffers from several threads: mimalloc keeps them fast and compact where
/// the system's allocator fragments. Figures in docs/performance.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    learnr::cli::run()
}
