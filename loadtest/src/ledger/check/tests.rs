//! Each kind of defect, put into a clean store one at a time, and caught.

use super::*;
use crate::ledger::{Ack, Sent};

/// Three answers of one session, acknowledged as seq 2, 3 and 4 after `started`; a fourth sent only.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.other("s", 1..=1);
    for position in 1..=4_u16 {
        let line = ledger.sent(Sent {
            session: "s".to_owned(),
            request_id: format!("r{position}"),
            position,
            options: vec!["a".to_owned()],
            at_ms: 0,
        });
        if position < 4 {
            let ack = Ack {
                offset: u32::from(position) + 1,
                correct: Some(false),
                at_ms: 1,
            };
            ledger.acked(line, ack);
        }
    }
    ledger
}

fn row(position: u16) -> StoredAnswer {
    StoredAnswer {
        session: "s".to_owned(),
        seq: u32::from(position) + 1,
        request_id: format!("r{position}"),
        position,
        epoch: 1,
    }
}

fn check(change: impl FnOnce(&mut Vec<StoredAnswer>), expected: LedgerReport) {
    let mut rows: Vec<_> = (1..=3).map(row).collect();
    change(&mut rows);
    let mut seen = ledger().check(rows.into_iter());
    assert_eq!(seen.is_clean(), seen.examples.is_empty(), "{seen:?}");
    seen.examples.clear();
    assert_eq!(seen, expected);
}

fn counts(stored: u64) -> LedgerReport {
    LedgerReport {
        sent: 4,
        acked: 3,
        stored,
        ..LedgerReport::default()
    }
}

#[test]
fn every_acknowledged_answer_once_is_clean_in_any_order() {
    check(|_| {}, counts(3));
    check(|rows| rows.reverse(), counts(3));
}

#[test]
fn an_answer_stored_but_not_acknowledged_is_no_defect() {
    check(|rows| rows.push(row(4)), counts(4));
}

#[test]
fn a_lost_answer_is_missing() {
    let expected = LedgerReport {
        missing: 1,
        ..counts(2)
    };
    check(|rows| rows.truncate(2), expected);
}

#[test]
fn a_hole_below_the_last_answer_is_a_gap() {
    let expected = LedgerReport {
        missing: 1,
        gaps: 1,
        ..counts(2)
    };
    check(|rows| drop(rows.remove(1)), expected);
}

#[test]
fn an_answer_stored_twice_is_doubled() {
    let expected = LedgerReport {
        doubled: 1,
        mismatched: 1,
        ..counts(4)
    };
    let again = StoredAnswer { seq: 5, ..row(3) };
    check(|rows| rows.push(again), expected);
}

#[test]
fn two_answers_to_one_position_are_doubled() {
    let expected = LedgerReport {
        doubled: 1,
        mismatched: 1,
        ..counts(4)
    };
    let other = StoredAnswer {
        position: 3,
        ..row(4)
    };
    check(|rows| rows.push(other), expected);
}

#[test]
fn a_row_nobody_sent_is_unsent() {
    let expected = LedgerReport {
        unsent: 1,
        ..counts(4)
    };
    let foreign = StoredAnswer {
        request_id: "x".to_owned(),
        ..row(4)
    };
    check(|rows| rows.push(foreign), expected);
}

#[test]
fn a_row_of_an_unknown_session_is_unsent_and_its_beginning_a_gap() {
    let expected = LedgerReport {
        unsent: 1,
        gaps: 1,
        ..counts(4)
    };
    let foreign = StoredAnswer {
        session: "t".to_owned(),
        ..row(1)
    };
    check(|rows| rows.push(foreign), expected);
}

#[test]
fn an_answer_stored_under_another_number_is_mismatched() {
    let expected = LedgerReport {
        mismatched: 1,
        gaps: 1,
        ..counts(3)
    };
    check(|rows| rows[2].seq = 5, expected);
}

#[test]
fn two_rows_with_one_number_are_a_gap() {
    let expected = LedgerReport {
        mismatched: 1,
        gaps: 2,
        ..counts(3)
    };
    check(|rows| rows[1].seq = 2, expected);
}

#[test]
fn an_epoch_that_falls_as_numbers_grow_is_caught() {
    let expected = LedgerReport {
        epoch_regressions: 1,
        ..counts(3)
    };
    check(|rows| rows[0].epoch = 2, expected);
}

#[test]
fn a_number_known_to_be_another_event_is_no_gap() {
    let mut ledger = Ledger::default();
    ledger.other("s", 1..=3);
    let line = ledger.sent(Sent {
        session: "s".to_owned(),
        request_id: "r".to_owned(),
        position: 1,
        options: Vec::new(),
        at_ms: 0,
    });
    let ack = Ack {
        offset: 4,
        correct: None,
        at_ms: 0,
    };
    ledger.acked(line, ack);
    let stored = StoredAnswer {
        session: "s".to_owned(),
        seq: 4,
        request_id: "r".to_owned(),
        position: 1,
        epoch: 7,
    };
    let report = ledger.check([stored].into_iter());
    assert!(report.is_clean(), "{report:?}");
}
