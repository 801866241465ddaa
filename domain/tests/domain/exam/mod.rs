//! The exam: its form, how it is sat, and what it says once it is submitted.

mod form;
mod history;
mod sitting;

use std::sync::Arc;

use learnr_domain::bank::Bank;
use learnr_domain::session::{Kind, Place, Settings};
use learnr_domain::{Command, Decision, Fact, ItemIx, Position, Refusal};

use crate::fixture::{Player, option_id, request};

/// The area weights of most banks here.
const WEIGHTS: [f64; 3] = [0.5, 0.3, 0.2];

fn settings(length: u16) -> Settings {
    Settings {
        time_limit_ms: Some(3_600_000),
        ..Settings::new(Kind::Exam, length)
    }
}

/// An exam of ten questions over sixty.
fn sat(seed: u64) -> Player {
    let bank = crate::fixture::bank(60, &WEIGHTS, 3);
    Player::start(&bank, settings(10), seed)
}

fn start_refused(bank: &Arc<Bank>, settings: Settings) -> Refusal {
    let started = Player::resume(bank, settings, None, crate::fixture::BEGINNING, 1);
    started.map(|_| ()).expect_err("no exam begins")
}

impl Player {
    fn form(&self) -> Vec<ItemIx> {
        match &self.events[0].fact {
            Fact::Started(started) => started.form.iter().map(|served| served.item).collect(),
            other => panic!("a session begins with its start, got {other:?}"),
        }
    }

    fn here(&self) -> u16 {
        self.session
            .open_question()
            .expect("a question is open")
            .position
            .0
    }

    fn place(&self, position: u16) -> Place {
        self.session.places().expect("an exam")[usize::from(position) - 1]
    }

    fn ask(&mut self, command: &Command) -> Result<Vec<Fact>, Refusal> {
        self.now = self.now.plus(1_000);
        match self.send(command)? {
            Decision::Events(events) => Ok(events.into_iter().map(|event| event.fact).collect()),
            Decision::Repeat { .. } => Ok(Vec::new()),
        }
    }

    fn submit(&mut self) {
        let request_id = request("submit");
        self.ask(&Command::Finish { request_id })
            .expect("it is submitted");
    }
}

/// An answer that is the first of its name; option 1 is right.
fn answer(name: &str, position: u16, option: usize) -> Command {
    Command::Answer {
        request_id: request(name),
        position: Position(position),
        options: vec![option_id(option)],
        confidence: None,
    }
}

fn flag(name: &str, position: u16) -> Command {
    Command::Flag {
        request_id: request(name),
        position: Position(position),
    }
}

fn unflag(name: &str, position: u16) -> Command {
    Command::Unflag {
        request_id: request(name),
        position: Position(position),
    }
}

fn go_to(position: u16) -> Command {
    Command::GoTo {
        position: Position(position),
    }
}
