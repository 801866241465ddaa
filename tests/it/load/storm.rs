//! Every socket dropped at once.

use super::play;

#[test]
fn everyone_comes_back_from_a_storm_and_nothing_is_lost() {
    let report = play(
        "storm",
        "seconds = 8\nlearners = { sessions = 60, ramp_per_s = 100, length = 200, processes = 2 }\n\
         pace = { kind = \"rate\", per_s = 1.0 }\nevent = { kind = \"storm\", at_s = 1.0, within_s = 1.0 }\n",
        &[],
    )
    .clean();
    let storm = report.storm.expect("there was a storm");
    assert_eq!((storm.dropped, storm.back), (60, 60), "{report}");
    assert!(storm.all_back_s >= 0.9, "spread over a second: {storm:?}");
    assert!(storm.back_ms.max > storm.back_ms.p50, "{storm:?}");
    // Whoever was away answered late, and that it was late is told.
    assert!(report.ack_ms.max > 300.0, "{report}");
    assert_eq!(report.reconnects_by.get("storm"), Some(&60));
}
