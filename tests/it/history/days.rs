//! Days where the learner is, and sessions of before there were roll-ups.

use std::time::Duration;

use learnr::store::sqlite::SqliteStore;
use learnr_protocol::Encoding;
use learnr_protocol::history::Activity;
use rusqlite::Connection;

use super::{CERTIFICATION, of, owned, play, practice, told};
use crate::harness::until;

/// The tests' clock begins at 2026-05-28, 20:26:40 UTC.
#[actix_rt::test]
async fn a_day_begins_when_it_does_where_the_learner_is() {
    let server = owned().await;
    let mut client = server.client(&practice(5), Encoding::MsgPack).await;
    play(&server, &mut client).await;
    for (offset, today) in [
        (0, "2026-05-28"),
        (-720, "2026-05-28"),
        (195, "2026-05-28"),
        (225, "2026-05-29"),
        (840, "2026-05-29"),
    ] {
        let path = of(&format!("activity?utc_offset_minutes={offset}"));
        let activity: Activity = told(&server, &client.token, &path).await;
        let days: Vec<_> = activity.days.iter().map(|day| day.day.as_str()).collect();
        assert_eq!(days, [today], "{offset}");
        assert_eq!(
            (activity.to.as_str(), activity.utc_offset_minutes),
            (today, offset)
        );
    }
    for (span, days) in [
        ("from=2026-05-28&to=2026-05-28", 1),
        ("from=2026-05-29&to=2026-06-03", 0),
        ("from=2026-05-01&to=2026-05-27", 0),
        ("from=2025-05-29&to=2026-05-29", 1),
    ] {
        let path = of(&format!("activity?{span}"));
        let activity: Activity = told(&server, &client.token, &path).await;
        assert_eq!(activity.days.len(), days, "{span}");
    }
    server.advance(Duration::from_secs(40 * 86_400));
    let activity: Activity = told(&server, &client.token, &of("activity")).await;
    assert!(
        activity.days.is_empty(),
        "it is not among the last thirty days"
    );
    server.stop().await;
}

/// Takes every roll-up away, as if the sessions had ended before there were any.
fn forget(file: &std::path::Path) {
    let conn = Connection::open(file).expect("opens");
    conn.execute_batch(
        "BEGIN IMMEDIATE; UPDATE sessions SET rolled_up = 0; DELETE FROM learner_activity; DELETE FROM learner_concepts; \
         DELETE FROM learner_progress; DELETE FROM version_statistics; DELETE FROM item_statistics; COMMIT;",
    )
    .expect("forgotten");
}

#[actix_rt::test]
async fn sessions_of_before_there_were_roll_ups_are_added_once() {
    let server = owned().await;
    for _ in 0..3 {
        let mut client = server.client(&practice(5), Encoding::MsgPack).await;
        play(&server, &mut client).await;
    }
    let counted = async |server: &crate::harness::Server| {
        let versions = server.store.version_statistics(CERTIFICATION).await;
        let versions = versions.expect("answered");
        versions
            .first()
            .map_or((0, 0), |one| (one.sessions, one.answers))
    };
    until("the worker has added them", async || {
        counted(&server).await == (3, 15)
    })
    .await;
    let file = SqliteStore::file_in(server.data.path());
    forget(&file);
    let server = server.restart().await;
    until("the worker has added them again", async || {
        counted(&server).await == (3, 15)
    })
    .await;
    let waiting = server.store.sessions_to_roll_up(None, 10).await;
    assert!(waiting.expect("answered").is_empty());
    // Whoever looks now finds them in, and adds nothing.
    let server = server.restart().await;
    assert_eq!(counted(&server).await, (3, 15));
    server.stop().await;
}
