//! A server in this process, on a free port, with a store of its own; and a client with one verb for each
//! thing a client can do.

pub(crate) mod background;
mod bare;
pub(crate) mod binary;
mod client;
mod desk;
pub(crate) mod fleet;
pub(crate) mod mailbox;
mod not_run;
mod port;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod redis;
mod server;

pub(crate) use bare::{Bare, Heard};
pub(crate) use client::{
    Client, answer, answer_with, closed, finish, flag, go_to, hello, pause, resume, unflag,
};
pub(crate) use desk::{Desk, Ran, text};
pub(crate) use not_run::{counted, not_run};
pub(crate) use port::free_port;
pub(crate) use server::{Server, ServerOptions, config, demonstration, session_id, timed, until};
