//! Clients that stall, are slow, or fall silent among those that answer.

use super::play;

#[test]
fn clients_that_misbehave_are_in_no_latency_and_their_answers_are_in_the_ledger() {
    let report = play(
        "odd",
        "seconds = 4\n\
         learners = { sessions = 50, ramp_per_s = 100, length = 200, stalled = 12, slow = 4, dead = 4 }\n\
         pace = { kind = \"rate\", per_s = 1.0 }\ngoal = { errors = 0, others_ratio = 100000.0 }\n",
        &[],
    )
    .clean();
    // Thirty answer once a second for four seconds.
    assert_eq!(
        (report.connected, report.answers_due),
        (50, 120),
        "{report}"
    );
    let calm = report
        .undisturbed_ms
        .expect("it was played without them first");
    assert!(calm.p99 > 0.0, "{calm:?}");
    let ratio = report.goals.iter().find(|goal| goal.goal == "others_ratio");
    assert!(ratio.is_some_and(|goal| goal.met), "{:?}", report.goals);
    let ledger = report.ledger.as_ref().expect("the store was read");
    assert!(ledger.stored >= ledger.acked + 12, "{ledger:?}");
}
