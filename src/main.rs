//! The `learnr` binary.
fn main() {}
