//! LearnR: a realtime adaptive quiz engine. The modules are the architecture; ARCHITECTURE.md walks
//! through them.
//!
//! Owns nothing itself: `main` parses the command line and calls [`cli::run`].

pub mod app;
pub mod auth;
pub mod calibrate;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod connection;
pub mod fleet;
pub mod forget;
pub mod http;
pub mod import;
pub mod interrupt;
pub mod mail;
pub mod metrics;
pub mod preferences;
pub mod progress;
pub mod provider;
pub mod session;
pub mod simulate;
pub mod store;
pub mod telemetry;
pub mod transfer;
pub mod worker;
