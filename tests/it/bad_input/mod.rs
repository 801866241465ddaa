//! What a client, a network, a disk or an operator can do wrong. Each gets a clear error and leaves the
//! sessions intact.

mod answers;
#[cfg(feature = "faults")]
mod bring_up;
mod floods;
mod fragments;
mod frames;
mod hello;
mod origins;
mod processes;
mod requests;
mod rest;
mod rest_sessions;
mod silence;
#[cfg(feature = "faults")]
mod stalls;
#[cfg(feature = "faults")]
mod store_faults;
