//! Events of an exam as rows: read back as they were.

use std::sync::Arc;

use learnr::store::record::{event_from_row, event_to_row};
use learnr::store::{EventRow, Fence};
use learnr_domain::session::{Settings, Start};
use learnr_domain::{
    Bank, Command, Decision, Event, ItemIx, Millis, Position, RequestId, Session, Tick,
};

use super::bank;
use crate::harness::Server;

const FENCE: Fence = Fence { epoch: 1, claim: 1 };

fn commands(session: &Session) -> Vec<Command> {
    let open = session.open_question().expect("a question is open");
    let option = session.bank().item(open.item).options[0].id.clone();
    let request_id = |name: &str| RequestId::new(name).expect("an id");
    let position = Position(1);
    vec![
        Command::Answer {
            request_id: request_id("a"),
            position,
            options: vec![option],
            confidence: Some(60),
        },
        Command::Flag {
            request_id: request_id("f"),
            position,
        },
        Command::GoTo { position },
        Command::Unflag {
            request_id: request_id("u"),
            position,
        },
        Command::Finish {
            request_id: request_id("s"),
        },
    ]
}

/// Every event of a short exam, of which exposure control kept these items out.
fn sat(bank: &Arc<Bank>, ineligible: Vec<ItemIx>) -> (Session, Vec<Event>) {
    let tick = |n: i64| Tick {
        now: Millis(1_780_000_000_000 + n * 1_000),
        seed: n.unsigned_abs(),
    };
    let mut start = Start::new(Settings::exam(bank.certification()), None, Arc::from("v1"));
    start.ineligible = ineligible;
    let first = Session::start(Arc::clone(bank), start, tick(0)).expect("it starts");
    let mut session = Session::replay(Arc::clone(bank), [&first]).expect("it is live");
    let mut events = vec![first];
    for (command, n) in commands(&session).iter().zip(1..) {
        let decision = session.handle(command, tick(n)).expect("it is decided");
        let Decision::Events(decided) = decision else {
            panic!("nothing was asked twice")
        };
        for event in decided {
            session.apply(&event).expect("it follows");
            events.push(event);
        }
    }
    (session, events)
}

#[actix_rt::test]
async fn every_event_of_an_exam_is_stored_without_loss() {
    let server = Server::start().await;
    let bank = Arc::new(bank(&server).await);
    for ineligible in [Vec::new(), vec![ItemIx(3), ItemIx(150)]] {
        let (session, events) = sat(&bank, ineligible);
        let rows = events.iter().map(|event| event_to_row(event, &bank, FENCE));
        let rows: Vec<EventRow> = rows.collect();
        let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "started",
                "recorded",
                "flagged",
                "moved",
                "unflagged",
                "completed"
            ]
        );
        let read = rows
            .iter()
            .map(event_from_row)
            .collect::<Result<Vec<_>, _>>();
        let read = read.expect("its own rows");
        assert_eq!(read, events);
        let again = Session::replay(Arc::clone(&bank), &read).expect("it replays");
        assert_eq!(again.fingerprint(), session.fingerprint());
        for (row, what) in [(1, "position"), (2, "position"), (1, "correct")] {
            let mut damaged = rows[row].clone();
            match what {
                "position" => damaged.position = None,
                _ => damaged.correct = None,
            }
            let error = event_from_row(&damaged).expect_err("it is damaged");
            assert!(error.to_string().contains(what), "{error}");
        }
    }
    server.stop().await;
}
