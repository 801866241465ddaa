//! Answers that are due at times fixed in advance.

use super::play;

#[test]
fn a_bell_is_answered_by_everyone_each_time_it_rings() {
    let report = play(
        "bell",
        "seconds = 4\nlearners = { sessions = 40, ramp_per_s = 100 }\n\
         pace = { kind = \"bell\", every_s = 2.0, within_ms = 100 }\ngoal = { errors = 0 }\n",
        &[],
    )
    .clean();
    assert_eq!((report.answers_due, report.unacked), (80, 0), "{report}");
    // Each bell is one burst: nobody answers between.
    let measured = report.samples.iter().filter(|sample| sample.measured);
    let busy = measured.filter(|sample| sample.acked > 0).count();
    assert!((2..=4).contains(&busy), "{:?}", report.samples);
}

#[test]
fn a_knee_raises_the_rate_until_it_is_too_much() {
    let scenario = |p99_ms: &str| {
        format!(
            "seconds = 1\nlearners = {{ sessions = 40, ramp_per_s = 100 }}\ngoal = {{ p99_ms = {p99_ms} }}\n\
             pace = {{ kind = \"knee\", from_per_s = 20, factor = 2.0, step_s = 2, steps = 3 }}\n"
        )
    };
    let kept = play("knee-kept", &scenario("600000.0"), &[]).clean();
    let knee = kept.knee.as_ref().expect("the rate was raised");
    let due: Vec<f64> = knee.steps.iter().map(|step| step.due_per_s).collect();
    assert_eq!(due, [20.0, 40.0, 80.0]);
    assert_eq!(kept.answers_due, 280, "{kept}");
    let missed = play("knee-missed", &scenario("0.001"), &[]).clean();
    let knee = missed.knee.as_ref().expect("the rate was raised");
    assert_eq!((knee.steps.len(), knee.answers_per_s), (1, 0.0), "{missed}");
}

#[test]
fn learners_answer_as_the_model_says_for_their_ability() {
    let share = |ability: &str| {
        let folder = tempfile::TempDir::new().expect("a folder");
        let ledger = folder.path().join("ledger");
        let path = ledger.to_str().expect("its path is text");
        let learners = format!(
            "sessions = 20, ramp_per_s = 100, length = 50, ability_mean = {ability}, ability_sd = 0.1"
        );
        let rest = format!(
            "seconds = 4\nlearners = {{ {learners} }}\npace = {{ kind = \"closed\", gap_ms = 200 }}\n"
        );
        play("abilities", &rest, &["--ledger", path]).clean();
        let lines = std::fs::read_to_string(&ledger).expect("the ledger was written");
        let right = lines.matches("\"correct\":true").count() as f64;
        let wrong = lines.matches("\"correct\":false").count() as f64;
        assert!(right + wrong > 100.0, "{right} {wrong}");
        right / (right + wrong)
    };
    // Items of a = 1, b = -1 to 1 and c = 1/4: at four logits up nearly all is right, at four down little but luck.
    let (able, unable) = (share("4.0"), share("-4.0"));
    assert!(able > 0.85, "{able}");
    assert!((0.1..0.5).contains(&unable), "{unable}");
}

#[test]
fn missed_goals_of_time_fail_a_strict_run_alone() {
    let scenario = "seconds = 2\nlearners = { sessions = 5, ramp_per_s = 100 }\n\
                    pace = { kind = \"rate\", per_s = 2.0 }\ngoal = { p99_ms = 0.001, errors = 0 }\n";
    let told = play("lenient", scenario, &[]).clean();
    assert!(!told.meets_goals() && !told.is_wrong(), "{:?}", told.goals);
    let strict = play("strict", scenario, &["--strict"]);
    assert_eq!(strict.output.status.code(), Some(1), "{:?}", strict.output);
}
