//! The way to the server is cut, stalls, or loses answers.

use std::sync::Arc;
use std::time::Duration;

use learnr::store::Outcome;
use learnr::store::postgres::PostgresOptions;

use super::{BETWEEN, cluster, crowd_at, lasting};
use crate::harness::postgres::{at, left_out};
use crate::harness::proxy::{Direction, LostAnswer, Proxy};
use crate::harness::until;
use crate::store::fixture::{Fixture, answered, append};
use crate::store::postgres::place::open;
use crate::store::postgres::waiters::BATCH;

/// Answers lost of each kind of request.
const LOST: u32 = 20;
/// Times every connection is reset, at whatever point it is.
const RESETS: u64 = 20;
/// Times a direction is cut.
const CUTS: u64 = 4;
/// "I am ready for the next query, in no transaction": whatever was asked has been committed.
pub(super) const READY: [u8; 6] = [b'Z', 0, 0, 0, 5, b'I'];

/// What binding a batch's parameters begins with, whichever way its statement got there: how many formats follow, each of
/// them binary, and how many values. No other statement has as many.
fn binding() -> Vec<u8> {
    const PARAMETERS: u8 = 34;
    let count = [0, PARAMETERS];
    let formats = [0, 1].repeat(usize::from(PARAMETERS));
    [&count[..], &formats, &count].concat()
}

/// Loses the answers to requests with these bytes while a crowd answers at `query` of the address.
async fn loses(query: &str, requests: &[(&str, Vec<u8>)]) {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    let crowd = crowd_at(&format!("{}{query}", at(&url, proxy.address()))).await;
    let mut lost = 0;
    for (name, bytes) in requests {
        proxy.lose_answers(LostAnswer {
            request: bytes.clone(),
            answer: READY.to_vec(),
            times: LOST,
        });
        lost += u64::from(LOST);
        until(name, async || proxy.counts().answers_lost == lost).await;
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    let fault = format!("connection cut after the commit and before its answer{query}");
    verdict.against(&url, &fault, lost).await.is_clean();
}

#[tokio::test]
async fn batches_whose_commit_is_never_heard_of_are_stored_once() {
    loses("", &[("batch", binding())]).await;
}

#[tokio::test]
async fn what_is_sent_whole_and_never_heard_of_is_done_once() {
    // A batch, and a claim: the bytes each sends, and no other statement.
    let claim = b"SET epoch = epoch + 1".to_vec();
    let requests = [("batch", BATCH.as_bytes().to_vec()), ("claim", claim)];
    loses("?prepare=never", &requests).await;
}

#[tokio::test]
async fn answers_survive_resets_of_every_connection() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    let crowd = crowd_at(&at(&url, proxy.address())).await;
    for _ in 0..RESETS {
        proxy.reset_all();
        crowd.acknowledges(BETWEEN / 3).await;
    }
    // And each new one in the midst of a batch, whichever way: after the first bytes of it, and of its answer.
    for direction in [Direction::ToServer, Direction::ToClient] {
        let resets = proxy.counts().resets;
        proxy.reset_after(Some((direction, 12_000)));
        proxy.reset_all();
        until("connections break", async || {
            proxy.counts().resets > resets + 20
        })
        .await;
        proxy.reset_after(None);
        proxy.reset_all();
        crowd.acknowledges(BETWEEN / 3).await;
    }
    let resets = proxy.counts().resets;
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "connections reset", resets)
        .await
        .is_clean();
}

#[tokio::test]
async fn answers_survive_a_way_that_is_cut_in_one_direction() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    let crowd = crowd_at(&at(&url, proxy.address())).await;
    for cut in 0..CUTS {
        let direction = match cut % 2 {
            0 => Direction::ToServer,
            _ => Direction::ToClient,
        };
        let lost = proxy.counts().cut;
        proxy.cut(direction);
        until("bytes are lost", async || proxy.counts().cut > lost).await;
        proxy.refuse();
        lasting(Duration::from_millis(500)).await;
        proxy.mend();
        proxy.accept();
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "one direction cut", CUTS)
        .await
        .is_clean();
}

#[tokio::test]
async fn answers_wait_for_a_way_that_stalls_beyond_the_deadline_of_a_statement() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    let crowd = crowd_at(&at(&url, proxy.address())).await;
    proxy.stall(Direction::ToClient);
    lasting(Duration::from_secs(13)).await;
    proxy.flow();
    crowd.acknowledges(BETWEEN).await;
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "13 s stall of the answers", 1)
        .await
        .is_clean();
}

#[tokio::test]
async fn a_server_that_lost_rows_is_given_none_behind_the_hole() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    let store = open(PostgresOptions::at(at(&url, proxy.address()))).await;
    let fixture = Fixture::over(Arc::new(store)).await;
    for kind in ["a", "b", "c", "d", "e"] {
        let (session, fence) = fixture.claimed(kind).await;
        let rows = append(session, fence, vec![answered(2, fence), answered(3, fence)]);
        assert_eq!(fixture.append(rows).await, Outcome::Stored);
        // As after a failover to a standby that was behind: another server, which never had the last row.
        proxy.reset_all();
        cluster.sql(
            "learnr",
            &format!("DELETE FROM events WHERE session = '{session}' AND seq = 3"),
        );
        let next = append(session, fence, vec![answered(4, fence)]);
        assert_eq!(fixture.append(next).await, Outcome::Unavailable);
        assert_eq!(fixture.seqs(session).await, [1, 2]);
    }
}
