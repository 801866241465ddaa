//! What holds of every input, one function for each place where bytes from outside come in.
//!
//! Owns the claims; libFuzzer, in `fuzz_targets/`, looks for the bytes that break one. A claim says more than "does not
//! crash" wherever there is something to compare with. `scripts/fuzz.sh` runs them.

#![forbid(unsafe_code)]

mod commonmark;
mod decode;
mod guard;
mod import;
mod session;

pub use commonmark::commonmark;
pub use decode::{decode_json, decode_msgpack};
pub use guard::guard;
pub use import::{import_csv, import_json};
pub use session::session;
