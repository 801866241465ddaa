//! What may be published, and whose answers count.

use learnr_domain::calibration::{
    ItemStart, Kept, Options, PlausibilityRule, Requirements, TimedResponse, Verdict, Withheld,
    calibrate,
};
use learnr_domain::irt::{ItemParameters, probability};
use learnr_domain::tick::Chance;

use super::carry_on;
use super::simulate::{answers, items, normal};

#[test]
fn too_few_respondents_and_items_with_too_few_answers_are_named_with_figures() {
    let rule = Requirements::default();
    for respondents in [0.0, 199.0, f64::NAN] {
        let refused = rule.respondents(respondents).expect_err("too few");
        assert!(
            matches!(refused, Withheld::TooFewRespondents { .. }),
            "{refused}"
        );
    }
    assert_eq!(rule.respondents(200.0), Ok(()));
    let (mut responses, _) = answers(&items(4), 60, 1.0, 8);
    for _ in 0..10 {
        responses
            .push(&[(0, true), (1, false)], 1.0)
            .expect("sound");
    }
    let starts = [ItemStart::at(ItemParameters::rasch(0.0)); 4];
    let options = Options::default();
    let got = calibrate(&responses, &starts, &options, &mut carry_on).expect("sound");
    let strict = Requirements {
        answers_min: 65.0,
        ..rule
    };
    let short = Kept::TooFewAnswers {
        answers: 60.0,
        needed: 65.0,
    };
    let kept = strict.publishable(&got).expect("two items have enough");
    assert_eq!(kept, [None, None, Some(short), Some(short)]);
    assert_eq!(short.to_string(), "60 answers, 65 are needed");
    let stricter = Requirements {
        answers_min: 71.0,
        ..rule
    };
    let nothing = stricter.publishable(&got).expect_err("no item has enough");
    assert_eq!(
        nothing.to_string(),
        "none of 4 questions has the 71 answers it needs"
    );
    let hasty = Options {
        cycles_max: 1,
        ..options
    };
    let got = calibrate(&responses, &starts, &hasty, &mut carry_on).expect("sound");
    let refused = rule.publishable(&got).expect_err("not settled");
    assert!(
        matches!(refused, Withheld::NotConverged { .. }),
        "{refused}"
    );
}

/// Answers of somebody who tries: by the model, in 8 s, all over the screen.
fn honest(count: usize, seed: u64) -> Vec<TimedResponse> {
    let (items, mut chance) = (items(count), Chance::new(seed));
    let theta = normal(&mut chance);
    items
        .iter()
        .map(|item| TimedResponse {
            item: *item,
            correct: chance.unit() < probability(item, theta),
            elapsed_ms: 8_000,
            place: Some(chance.below(4) as u8),
        })
        .collect()
}

#[test]
fn somebody_who_tries_counts_after_thirty_responses_and_hardly_anybody_is_wronged() {
    let rule = PlausibilityRule::default();
    assert_eq!(rule.judge(&honest(29, 1)).verdict, Verdict::TooFew);
    let counted = (0..200)
        .filter(|seed| rule.judge(&honest(40, *seed)).verdict == Verdict::Counts)
        .count();
    assert!(counted >= 194, "{counted} of 200");
}

#[test]
fn hurry_one_place_and_patterns_against_all_odds_do_not_count() {
    let rule = PlausibilityRule::default();
    let judge = |change: &dyn Fn(usize, &mut TimedResponse)| {
        let mut responses = honest(60, 3);
        assert_eq!(rule.judge(&responses).verdict, Verdict::Counts);
        for (k, response) in responses.iter_mut().enumerate() {
            change(k, response);
        }
        rule.judge(&responses).verdict
    };
    assert_eq!(
        judge(&|_, response| response.elapsed_ms = 400),
        Verdict::TooFew
    );
    let some = judge(&|k, response| response.elapsed_ms = if k % 5 == 0 { 400 } else { 9_000 });
    assert_eq!(some, Verdict::Hasty);
    assert_eq!(
        judge(&|_, response| response.place = Some(2)),
        Verdict::OnePlace
    );
    // Right on what is hard, wrong on what is easy.
    let odd = judge(&|_, response| response.correct = response.item.b > 0.0);
    assert_eq!(odd, Verdict::Aberrant);
}

#[test]
fn nobody_and_damaged_items_are_judged_without_a_panic() {
    let rule = PlausibilityRule::default();
    let nobody = rule.judge(&[]);
    assert_eq!(
        (nobody.verdict, nobody.lz, nobody.run),
        (Verdict::TooFew, None, 0)
    );
    let mut responses = honest(40, 2);
    for response in &mut responses {
        response.item.a = f64::NAN;
        response.elapsed_ms = i64::MAX;
        response.place = None;
    }
    let judged = rule.judge(&responses);
    assert_eq!(
        (judged.verdict, judged.lz, judged.effort),
        (Verdict::Counts, None, 1.0)
    );
}
