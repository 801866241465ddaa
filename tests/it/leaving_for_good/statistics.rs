//! What a deleted account leaves to statistics, and what it does not.

use learnr::session::follow_end;
use learnr::store::JobId;
use learnr_protocol::SessionKind;

use super::{another, delete, learner_of};
use crate::harness::{Server, answer, finish, until};

#[actix_rt::test]
async fn a_session_of_a_deleted_account_is_neither_folded_nor_counted_and_its_job_is_done() {
    let server = Server::start().await;
    let client = server.practice().await;
    let mut diagnostic = another(&server, &client.token, SessionKind::Diagnostic).await;
    let question = diagnostic.question();
    diagnostic.say(&answer("a", &question)).await;
    diagnostic.answered().await;
    delete(&server.rest, &client.token).await;
    let row = server.stored_session(&diagnostic.session).await;
    // Ended for the deletion, its answers are in what the owner of the certification reads.
    let versions = server.store.version_statistics(&row.certification).await;
    let versions = versions.expect("the store answers");
    assert_eq!((versions[0].sessions, versions[0].answers), (1, 1));
    let named = server.store.learner_progress(&row.certification, None, 10);
    assert_eq!(named.await.expect("the store answers"), []);
    let context = server.app.registry.context();
    // Leased for no time: the worker is given them as well.
    let jobs = || server.store.next_jobs(context.clock.now_ms(), 10, 0);
    until("its jobs are done", async || {
        jobs().await.expect("the store answers").is_empty()
    })
    .await;
    let counted = || server.store.exposure(&row.certification, &row.bank_version);
    let before = counted().await.expect("the store answers");
    let followed = follow_end(context, &row, JobId(1)).await;
    followed.expect("there is nothing to do");
    assert_eq!(counted().await.expect("the store answers"), before);
    let tombstone = learner_of(&server, &diagnostic.session).await;
    let states = server.store.learner_states(tombstone, None, 10).await;
    assert_eq!(states.expect("the store answers"), []);
    server.stop().await;
}

#[actix_rt::test]
async fn what_is_known_of_a_learner_never_comes_back_from_what_they_left() {
    let server = Server::start().await;
    for round in 0..5 {
        let mut client = server.practice().await;
        let learner = learner_of(&server, &client.session).await;
        let question = client.question();
        client.answer(&question).await;
        client.say(&finish("enough")).await;
        client.completed().await;
        // The job that folds it is due at once: sometimes it comes before the deletion, sometimes after.
        delete(&server.rest, &client.token).await;
        let row = server.stored_session(&client.session).await;
        for of in [learner, row.learner] {
            let states = server.store.learner_states(of, None, 10).await;
            assert_eq!(states.expect("the store answers"), [], "round {round}");
        }
    }
    server.stop().await;
}
