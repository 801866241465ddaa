//! The exam over real sockets: sat, left and come back to, submitted, reviewed; and what of it stays secret.

mod mistakes;
mod secrecy;
mod sitting;
mod stored;

use learnr_domain::Bank;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, SessionKind};

use crate::harness::{Client, Server, demonstration};

/// An exam of some length on the demonstration certification.
fn exam(length: u16) -> CreateSession {
    CreateSession {
        length: Some(length),
        ..demonstration(SessionKind::Exam)
    }
}

/// A new guest in a new exam.
async fn seated(server: &Server, length: u16) -> Client {
    server.client(&exam(length), Encoding::MsgPack).await
}

/// The demonstration certification with its keys.
async fn bank(server: &Server) -> Bank {
    let id = "business-analysis-foundations";
    let row = server.store.certification(id, None).await;
    let row = row.expect("the store answers").expect("it is stored");
    learnr::store::record::bank_from_row(&row).expect("it is a bank")
}

/// The options that answer an item right.
fn key(bank: &Bank, item: &str) -> Vec<String> {
    let ix = bank.find(&item.parse().expect("an id")).expect("an item");
    let item = bank.item(ix);
    let key = item.key.iter().map(|option| &item.options[option.at()].id);
    key.map(ToString::to_string).collect()
}
