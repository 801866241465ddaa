//! From the envelope to the session's state machine and the rows it is stored as.

use std::sync::{Arc, LazyLock};

use arbitrary::{Arbitrary, Unstructured};
use learnr::session::command;
use learnr::store::{Fence, record};
use learnr_domain::bank::{
    AreaSpec, CertificationSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::session::{Kind, Settings, Start, review};
use learnr_domain::{
    AreaId, AreaIx, Bank, CertificationId, Command, Decision, Event, ItemId, Millis, OptionId,
    Session, Tick,
};
use learnr_protocol::{Answer, ClientMessage, Encoding, Response, decode_client, encode};

/// Moves of one session looked at; longer inputs only take longer.
const MOVES_MAX: usize = 96;
/// Bytes one live session may take beyond its bank: the bound of the design.
const HEAP_BYTES_MAX: usize = 8 * 1024;

/// How a session begins, and what is sent to it.
#[derive(Arbitrary, Debug)]
struct Play<'a> {
    kind: u8,
    length: u8,
    time_limit_s: Option<u16>,
    seed: u64,
    json: bool,
    moves: Vec<Move<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Move<'a> {
    /// Whatever bytes a client may send.
    Frame(&'a [u8]),
    /// An answer near the open question: its options by the bits of a mask.
    Answer {
        request: u8,
        behind: i8,
        options: u8,
        confidence: Option<u8>,
    },
    /// Near or past the exam's positions.
    Flag {
        request: u8,
        position: u8,
        flagged: bool,
    },
    GoTo(u8),
    Pause(u8),
    Resume(u8),
    Finish(u8),
    Wait(u32),
    Deadline,
    Credit(u16),
}

/// Whatever is sent, in whatever order: a refusal changes nothing, events follow each other and are stored without loss,
/// a repeated request names the event that answered it, and replaying the rows gives the live state.
pub fn session(data: &[u8]) {
    let Ok(play) = Play::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let tick = |now: i64, turn: usize| Tick {
        now: Millis(now),
        seed: play.seed.wrapping_add(turn as u64),
    };
    let mut now = 1_700_000_000_000;
    let start = Start::new(settings(&play), None, Arc::from("v1"));
    let Ok(first) = Session::start(Arc::clone(&BANK), start, tick(now, 0)) else {
        return;
    };
    let mut live = replay(std::slice::from_ref(&first));
    let mut events = vec![first];
    for (turn, one) in play.moves.iter().take(MOVES_MAX).enumerate() {
        now += match one {
            Move::Wait(ms) => i64::from(*ms),
            _ => 700,
        };
        let encoding = if play.json {
            Encoding::Json
        } else {
            Encoding::MsgPack
        };
        if let Some(command) = asked(one, &live, encoding) {
            carry_out(&mut live, &mut events, &command, tick(now, turn + 1));
        }
    }
    let ended = live.summary().end.is_some();
    assert_eq!(review(&events).is_some(), ended);
    if live.settings().kind == Kind::Exam && !ended {
        assert_eq!(
            live.summary().correct,
            0,
            "an exam was judged before its end"
        );
    }
    let rows: Vec<Event> = events.iter().map(stored).collect();
    assert_eq!(rows, events, "the rows say something else");
    assert_eq!(replay(&rows).fingerprint(), live.fingerprint());
    assert!(live.heap_bytes() <= HEAP_BYTES_MAX, "{}", live.heap_bytes());
}

fn carry_out(live: &mut Session, events: &mut Vec<Event>, command: &Command, tick: Tick) {
    let before = live.fingerprint();
    match live.handle(command, tick) {
        Ok(Decision::Events(new)) => {
            assert!((1..=2).contains(&new.len()));
            for event in new {
                assert_eq!(event.seq as usize, events.len() + 1);
                live.apply(&event)
                    .expect("an event decided from this state");
                events.push(event);
            }
        }
        Ok(Decision::Repeat { seq }) => {
            let asked = command
                .request_id()
                .expect("only a named request is repeated");
            let answered = &events[seq as usize - 1];
            assert_eq!(answered.request_id.as_ref(), Some(asked));
            assert_eq!(live.fingerprint(), before);
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            assert_eq!(live.fingerprint(), before, "{refusal} changed the state");
        }
    }
}

/// The command a move comes to, by way of the wire where a client sends it.
fn asked(one: &Move<'_>, live: &Session, encoding: Encoding) -> Option<Command> {
    let request = |n: u8| format!("r{}", n % 32);
    let message = match one {
        Move::Frame(frame) => decode_client(frame, encoding).ok()?,
        Move::Wait(_) | Move::Deadline => return Some(Command::DeadlinePassed),
        Move::Credit(by_ms) => {
            return Some(Command::CreditTime {
                by_ms: i64::from(*by_ms),
            });
        }
        Move::Flag {
            request: n,
            position,
            flagged,
        } => {
            let (request_id, position) = (request(*n), u16::from(*position % 48));
            match flagged {
                true => ClientMessage::Flag {
                    request_id,
                    position,
                },
                false => ClientMessage::Unflag {
                    request_id,
                    position,
                },
            }
        }
        Move::GoTo(position) => ClientMessage::GoTo {
            position: u16::from(*position % 48),
        },
        Move::Pause(n) => ClientMessage::Pause {
            request_id: request(*n),
        },
        Move::Resume(n) => ClientMessage::Resume {
            request_id: request(*n),
        },
        Move::Finish(n) => ClientMessage::Finish {
            request_id: request(*n),
        },
        Move::Answer {
            request: n,
            behind,
            options,
            confidence,
        } => {
            let open = live.open_question().map_or(1, |served| served.position.0);
            let chosen = (0..8).filter(|bit| options >> bit & 1 == 1);
            let sent = ClientMessage::Answer(Answer {
                request_id: request(*n),
                position: open.saturating_add_signed(i16::from(*behind / 32)),
                response: Response::Choice {
                    options: chosen.map(|bit| format!("o{bit}")).collect(),
                },
                confidence: *confidence,
            });
            let read = decode_client(&encode(&sent, encoding), encoding);
            assert_eq!(read.as_ref(), Ok(&sent));
            sent
        }
    };
    command(message).ok()
}

fn stored(event: &Event) -> Event {
    let fence = Fence { epoch: 1, claim: 1 };
    record::event_from_row(&record::event_to_row(event, &BANK, fence)).expect("its own row")
}

fn replay(events: &[Event]) -> Session {
    Session::replay(Arc::clone(&BANK), events).expect("its own history")
}

fn settings(play: &Play<'_>) -> Settings {
    let kind = [
        Kind::Practice,
        Kind::Diagnostic,
        Kind::Focused,
        Kind::Review,
        Kind::Exam,
    ][usize::from(play.kind % 5)];
    Settings {
        areas: match kind {
            Kind::Focused => vec![AreaIx(play.kind / 5 % 3)],
            _ => Vec::new(),
        },
        time_limit_ms: play.time_limit_s.map(|s| i64::from(s) * 1_000),
        ..Settings::new(kind, 5 + u16::from(play.length % 40))
    }
}

/// Three areas, forty items of two to eight options, some with several keys, some enemies of the next.
static BANK: LazyLock<Arc<Bank>> = LazyLock::new(|| {
    let area = |k: usize| AreaId::new(format!("area-{k}")).expect("a legal id");
    let certification = CertificationSpec {
        id: CertificationId::new("fuzz").expect("a legal id"),
        title: "Fuzz".to_owned(),
        description: String::new(),
        areas: (0..3)
            .map(|k| AreaSpec {
                id: area(k),
                title: format!("Area {k}"),
                weight: 1.0 + k as f64,
            })
            .collect(),
        concepts: Vec::new(),
        pass_mark: 0.6,
        exam_length: 20,
        exam_minutes: 30,
    };
    let id = |k: usize| ItemId::new(format!("item-{k:02}")).expect("a legal id");
    let item = |k: usize| {
        let many = k % 5 == 0;
        ItemSpec {
            id: id(k),
            area: area(k % 3),
            stem: format!("Question {k}?"),
            stimulus: None,
            options: (0..2 + k % 7)
                .map(|place| OptionSpec {
                    id: OptionId::new(format!("o{place}")).expect("a legal id"),
                    text: format!("Option {place}"),
                    correct: place == 1 || (many && place == 2 && 2 + k % 7 > 3),
                    explanation: String::new(),
                })
                .collect(),
            select: if many { Select::Many } else { Select::One },
            concepts: Vec::new(),
            difficulty: Difficulty::Label([Label::Easy, Label::Medium, Label::Hard][k % 3]),
            source: None,
            enemies: if k % 4 == 0 && k + 1 < 40 {
                vec![id(k + 1)]
            } else {
                Vec::new()
            },
            fixed_order: k % 6 == 0,
            active: k % 13 != 12,
        }
    };
    Arc::new(Bank::build(certification, (0..40).map(item).collect()).expect("a valid bank"))
});
