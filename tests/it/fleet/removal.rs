//! An account that is deleted on one instance while its learner is on others.

use learnr_protocol::{CloseCode, Encoding};

use super::{Fleet, elsewhere, known, learner};

#[actix_rt::test]
async fn sockets_on_every_instance_are_shown_out_at_once() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut first = learner(&here).await;
    let question = first.question();
    first.answer(&question).await;
    let mut relayed = elsewhere(&there, &known(&first), Encoding::Json).await;
    crate::leaving_for_good::delete(&there.rest, &first.token).await;
    // Idle, they hear of it without saying a word.
    assert_eq!(first.closed().await, CloseCode::Removed.number());
    assert_eq!(relayed.closed().await, CloseCode::Removed.number());
    let events = here.stored_events(&first.session).await;
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["started", "answered", "completed"]);
    here.stop().await;
    there.stop().await;
}
