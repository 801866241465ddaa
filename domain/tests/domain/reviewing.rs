//! The review schedule: memory, intervals, and what spoils them.

use learnr_domain::Millis;
use learnr_domain::review::{
    DESIRED_RETENTION, FORGOTTEN_AFTER_STABILITIES, FORGOTTEN_RETRIEVABILITY, Memory,
    ParametersError, Rating, Scheduler, due_at, is_forgotten,
};
use learnr_domain::tick::DAY_MS;
use proptest::prelude::*;

/// Parameters in the range of the reference implementation.
const PARAMETERS: [f32; 21] = [
    0.3, 1.1, 2.5, 8.0, 6.0, 0.8, 3.0, 0.01, 1.9, 0.15, 0.8, 1.5, 0.06, 0.25, 1.6, 0.6, 1.9, 0.5,
    0.1, 0.07, 0.2,
];

fn a_memory() -> impl Strategy<Value = Memory> {
    (0.001_f32..36_500.0, 1.0_f32..=10.0).prop_map(|(stability_days, difficulty)| Memory {
        stability_days,
        difficulty,
    })
}

fn a_rating() -> impl Strategy<Value = Rating> {
    prop_oneof![
        Just(Rating::Again),
        Just(Rating::Hard),
        Just(Rating::Good),
        Just(Rating::Easy)
    ]
}

proptest! {
    #[test]
    fn every_step_from_a_valid_memory_leads_to_one(
        memory in a_memory(), rating in a_rating(), days in prop_oneof![0_u32..2_000, Just(u32::MAX)],
    ) {
        let after = Scheduler::default().after(&memory, rating, days);
        prop_assert!(after.is_valid(), "{after:?}");
    }

    #[test]
    fn a_better_answer_leaves_the_longer_memory(memory in a_memory(), days in 1_u32..2_000) {
        let scheduler = Scheduler::default();
        let stability = |rating| scheduler.after(&memory, rating, days).stability_days;
        prop_assert!(stability(Rating::Again) <= memory.stability_days);
        prop_assert!(stability(Rating::Again) <= stability(Rating::Hard));
        prop_assert!(stability(Rating::Hard) <= stability(Rating::Good));
        prop_assert!(stability(Rating::Good) <= stability(Rating::Easy));
    }

    #[test]
    fn retrievability_is_a_probability_and_never_rises(memory in a_memory(), days in 0.0_f64..1e6, more in 0.0_f64..1e4) {
        let scheduler = Scheduler::default();
        let (now, later) = (scheduler.retrievability(&memory, days), scheduler.retrievability(&memory, days + more));
        prop_assert!((0.0..=1.0).contains(&now) && later <= now, "{now} then {later}");
    }

    #[test]
    fn the_rules_by_stability_are_those_of_the_forgetting_curve(memory in a_memory()) {
        let scheduler = Scheduler::default();
        let stability = f64::from(memory.stability_days);
        let at = |days: f64| scheduler.retrievability(&memory, days);
        prop_assert!((at(stability) - DESIRED_RETENTION).abs() < 1e-5);
        let edge = FORGOTTEN_AFTER_STABILITIES * stability;
        prop_assert!((at(edge) - FORGOTTEN_RETRIEVABILITY).abs() < 1e-4, "{}", at(edge));
        prop_assert!(!is_forgotten(memory.stability_days, edge) && is_forgotten(memory.stability_days, edge * 1.001));
        let days = due_at(Millis(0), memory.stability_days).0 / DAY_MS;
        let interval = scheduler.interval_days(&memory, DESIRED_RETENTION).expect("a legal retention");
        // Both round, one of them in single precision.
        prop_assert!((days - i64::from(interval)).abs() <= 1, "{days} and {interval}");
    }
}

#[test]
fn answers_are_rated_by_right_and_slow() {
    let cases = [
        (false, false, Rating::Again),
        (false, true, Rating::Again),
        (true, true, Rating::Hard),
        (true, false, Rating::Good),
    ];
    for (correct, slow, expected) in cases {
        assert_eq!(Rating::of(correct, slow), expected, "{correct} {slow}");
    }
}

#[test]
fn what_is_no_memory_gives_documented_results_and_never_a_panic() {
    let scheduler = Scheduler::default();
    for (stability_days, difficulty) in [
        (f32::NAN, 5.0),
        (1.0, f32::NAN),
        (f32::INFINITY, 5.0),
        (-1.0, 5.0),
        (0.0, 0.0),
        (1.0, 11.0),
    ] {
        let memory = Memory {
            stability_days,
            difficulty,
        };
        assert!(!memory.is_valid());
        assert_eq!(
            scheduler.after(&memory, Rating::Good, 9),
            scheduler.first(Rating::Good)
        );
        assert_eq!(scheduler.retrievability(&memory, 1.0), 0.0);
        assert_eq!(scheduler.interval_days(&memory, 0.9), None);
    }
    let memory = scheduler.first(Rating::Good);
    assert_eq!(scheduler.retrievability(&memory, -5.0), 1.0);
    assert_eq!(scheduler.retrievability(&memory, f64::NAN), 0.0);
    for retention in [0.0, -1.0, 1.1, f64::NAN] {
        assert_eq!(
            scheduler.interval_days(&memory, retention),
            None,
            "{retention}"
        );
    }
    let refused = Scheduler::new(&[f32::NAN; 21]).map(|_| ());
    assert_eq!(refused, Err(ParametersError));
}

#[test]
fn a_decay_out_of_range_fades_as_the_end_of_the_range_does() {
    let with_decay = |decay: f32| {
        let mut parameters = PARAMETERS;
        parameters[20] = decay;
        Scheduler::new(&parameters).expect("finite numbers")
    };
    for (decay, end) in [(-0.5, 0.1), (0.0, 0.1), (0.01, 0.1), (3.0, 0.8)] {
        let (got, expected) = (with_decay(decay), with_decay(end));
        let memory = got.first(Rating::Good);
        assert_eq!(memory, expected.first(Rating::Good));
        for days in [0.0, 1.0, 50.0, 1e6] {
            let left = got.retrievability(&memory, days);
            assert_eq!(left, expected.retrievability(&memory, days), "w20 {decay}");
        }
    }
}
