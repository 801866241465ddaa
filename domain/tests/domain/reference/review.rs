//! Reference cases of the review schedule.

use learnr_domain::review::{Memory, Rating, Scheduler};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let number = |value: &Value| value.as_f64().expect("a number");
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

fn rating(grade: f64) -> Rating {
    match grade as u32 {
        1 => Rating::Again,
        2 => Rating::Hard,
        3 => Rating::Good,
        4 => Rating::Easy,
        _ => unreachable!("grades are 1 to 4, got {grade}"),
    }
}

fn check(memory: &Memory, expected: &[f64]) {
    let got = [
        f64::from(memory.stability_days),
        f64::from(memory.difficulty),
    ];
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-4, "C30: {got} for {expected}");
    }
}

/// FSRS-6 memory states and intervals.
pub(super) fn c30(case: &Value) {
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let ratings = numbers(&inputs["ratings"]);
    let days = numbers(&inputs["delta_days"]);
    let mut w: [f32; 21] =
        std::array::from_fn(|k| inputs["w"][k].as_f64().expect("a number") as f32);
    let trajectory = |scheduler: &Scheduler| {
        let mut memory: Option<Memory> = None;
        let answers = ratings.iter().zip(&days);
        let step = answers.map(|(grade, days)| {
            let after = match &memory {
                None => scheduler.first(rating(*grade)),
                Some(memory) => scheduler.after(memory, rating(*grade), *days as u32),
            };
            memory = Some(after);
            after
        });
        step.collect::<Vec<_>>()
    };
    let states = trajectory(&Scheduler::new(&w).expect("finite parameters"));
    let expected_states = expected["trajectory_f64"].as_array().expect("a list");
    assert_eq!(states.len(), expected_states.len());
    for (state, expected) in states.iter().zip(expected_states) {
        check(state, &numbers(expected));
    }
    check(
        states.last().expect("states"),
        &numbers(&expected["final_S_D"]),
    );

    let one_day = Memory {
        stability_days: 1.0,
        difficulty: 5.0,
    };
    let intervals = numbers(&expected["intervals_S1_R_0_1_to_1_0"]);
    for (k, expected) in intervals.iter().enumerate() {
        let retention = (k + 1) as f64 / 10.0;
        let days = Scheduler::default()
            .interval_days(&one_day, retention)
            .expect("a legal retention");
        // The first is so long that the last digits of single precision show.
        let slack = if k == 0 { 4.0 } else { 0.0 };
        let off = f64::from(days) - expected;
        assert!(
            off.abs() <= slack,
            "C30: {days} days at {retention}, expected {expected}"
        );
    }

    w[17..20].fill(0.0);
    let states = trajectory(&Scheduler::new(&w).expect("finite parameters"));
    check(
        states.last().expect("states"),
        &numbers(&expected["w17_19_zero"]),
    );
}
