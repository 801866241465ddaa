//! Input that is wrong, empty or degenerate: a named refusal or a documented result.

use std::ops::ControlFlow;

use learnr_domain::calibration::{
    Beta, Calibration, Discrimination, Failure, Gaussian, Guessing, ItemStart, Options, Penalties,
    Quadrature, ResponseFault, Responses, Status, SumScores, calibrate,
};
use learnr_domain::irt::ItemParameters;
use proptest::prelude::*;

use super::carry_on;
use super::simulate::{answers, items};

const START: ItemStart = ItemStart::at(ItemParameters::rasch(0.0));

fn run(responses: &Responses, options: &Options) -> Result<Calibration, Failure> {
    calibrate(
        responses,
        &vec![START; responses.items()],
        options,
        &mut carry_on,
    )
}

/// Every number there is in a result is one.
fn sound(got: &Calibration) {
    let mut all = vec![got.log_likelihood, got.objective, got.change];
    all.extend(&got.eap);
    all.extend(&got.eap_standard_deviation);
    for item in &got.items {
        assert!(item.parameters.is_valid(), "{item:?}");
        let errors = item.standard_errors;
        all.extend([errors.a, errors.b, errors.c].into_iter().flatten());
        let fit = item.fit;
        all.extend([
            fit.infit,
            fit.infit_z,
            fit.outfit,
            fit.outfit_z,
            fit.item_rest,
        ]);
    }
    assert!(all.iter().all(|number| number.is_finite()), "{got:?}");
}

#[test]
fn answers_that_make_no_sense_are_refused_and_change_nothing() {
    let mut responses = Responses::new(2);
    let fault = |responses: &mut Responses, answers: &[(usize, bool)], weight: f64| {
        let before = responses.clone();
        let fault = responses.push(answers, weight).expect_err("refused");
        assert_eq!(*responses, before);
        fault
    };
    let unknown = ResponseFault::UnknownItem { item: 2, items: 2 };
    assert_eq!(fault(&mut responses, &[(0, true), (2, true)], 1.0), unknown);
    let twice = ResponseFault::AnsweredTwice { item: 1 };
    assert_eq!(
        fault(&mut responses, &[(1, true), (0, true), (1, false)], 1.0),
        twice
    );
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let got = fault(&mut responses, &[(0, true)], weight);
        assert!(matches!(got, ResponseFault::Weight { .. }), "{got}");
    }
    responses.push(&[], 1.0).expect("nobody");
    assert_eq!((responses.respondents(), responses.answers()), (0, 0));
}

#[test]
fn nothing_to_go_by_is_refused_by_name() {
    let none = Options::unpenalised(Discrimination::Free);
    for responses in [Responses::new(0), Responses::new(3)] {
        assert_eq!(run(&responses, &none), Err(Failure::NoAnswers));
    }
    let mut one = Responses::new(2);
    one.push(&[(0, true), (1, false)], 1.0).expect("sound");
    assert_eq!(run(&one, &none), Err(Failure::NothingVaries));
    let starts = Failure::Starts {
        starts: 1,
        items: 2,
    };
    assert_eq!(calibrate(&one, &[START], &none, &mut carry_on), Err(starts));
}

const NAN: f64 = f64::NAN;

#[test]
fn starts_out_of_range_are_refused_by_name() {
    let (responses, _) = answers(&items(3), 20, 1.0, 1);
    for parameters in [
        ItemParameters::two_pl(NAN, 0.0),
        ItemParameters::two_pl(0.0, 0.0),
        ItemParameters::two_pl(-1.0, 0.0),
        ItemParameters::two_pl(11.0, 0.0),
        ItemParameters::two_pl(1.0, NAN),
        ItemParameters::two_pl(1.0, 11.0),
        ItemParameters::three_pl(1.0, 0.0, NAN),
        ItemParameters::three_pl(1.0, 0.0, 1.0),
        ItemParameters::four_pl(1.0, 0.0, 0.1, 0.9),
    ] {
        let starts = [START, ItemStart::at(parameters), START];
        let got = calibrate(&responses, &starts, &Options::default(), &mut carry_on);
        let refused = matches!(got, Err(Failure::Start { item: 1, .. }));
        assert!(refused, "{parameters:?}");
    }
}

fn even(points: usize, range: f64) -> Quadrature {
    Quadrature::Even { points, range }
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let (responses, _) = answers(&items(3), 20, 1.0, 1);
    let refuses = |change: &dyn Fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        let got = run(&responses, &options);
        assert!(matches!(got, Err(Failure::Option { .. })), "{options:?}");
    };
    for quadrature in [
        even(2, 5.0),
        even(10_000, 5.0),
        even(41, NAN),
        even(41, 0.0),
        even(41, 1e9),
        Quadrature::GaussHermite { points: 0 },
        Quadrature::GaussHermite { points: 62 },
    ] {
        refuses(&|options| options.quadrature = quadrature);
    }
    refuses(&|options| options.cycles_max = 0);
    refuses(&|options| options.tolerance = NAN);
    refuses(&|options| options.tolerance = 0.0);
    for (mean, standard_deviation) in [(NAN, 1.0), (0.0, 0.0), (0.0, NAN)] {
        let gaussian = Gaussian {
            mean,
            standard_deviation,
        };
        refuses(&|options| options.penalties.log_discrimination = Some(gaussian));
    }
    for sd in [NAN, -1.0, 0.0] {
        refuses(&|options| options.penalties.difficulty = Some(sd));
    }
    for (alpha, beta) in [(0.5, 2.0), (2.0, NAN)] {
        refuses(&|options| options.penalties.guessing = Some(Beta { alpha, beta }));
    }
}

#[test]
fn a_form_out_of_range_is_refused_and_one_of_no_items_has_one_score() {
    let standard = Options::default().quadrature;
    assert!(SumScores::new(&items(3), even(1, 1.0)).is_err());
    assert!(SumScores::new(&[ItemParameters::rasch(NAN)], standard).is_err());
    let nothing = SumScores::new(&[], standard).expect("a form of no items");
    assert_eq!(nothing.scores().len(), 1);
}

#[test]
fn one_respondent_leaves_items_near_their_labels() {
    let mut responses = Responses::new(3);
    responses
        .push(&[(0, true), (1, false)], 1.0)
        .expect("sound");
    let got = run(&responses, &Options::default()).expect("penalties hold it");
    sound(&got);
    assert!(got.converged);
    assert!(got.items[0].parameters.b < 0.0 && got.items[0].parameters.b > -1.0);
    assert!(got.items[1].parameters.b > 0.0 && got.items[1].parameters.b < 1.0);
    assert_eq!(got.items[2].status, Status::NotAnswered);
    assert_eq!(got.items[2].parameters, START.parameters);
    assert_eq!(got.items[2].standard_errors, Default::default());
}

#[test]
fn items_always_right_or_wrong_stay_at_their_start_without_penalties_and_near_it_with() {
    let truth = items(6);
    let (drawn, _) = answers(&truth, 300, 1.0, 2);
    let mut responses = Responses::new(9);
    let mut chance = learnr_domain::tick::Chance::new(4);
    for _ in 0..300 {
        let mut row: Vec<(usize, bool)> = (0..6).map(|j| (j, chance.unit() < 0.5)).collect();
        row.extend([(6, true), (7, false)]);
        responses.push(&row, 1.0).expect("sound");
    }
    let got = run(&responses, &Options::unpenalised(Discrimination::Free)).expect("six items vary");
    sound(&got);
    let statuses: Vec<Status> = got.items[6..].iter().map(|item| item.status).collect();
    assert_eq!(
        statuses,
        [
            Status::NeverVaried,
            Status::NeverVaried,
            Status::NotAnswered
        ]
    );
    assert_eq!(got.items[6].parameters, START.parameters);
    let got = run(&responses, &Options::default()).expect("sound input");
    sound(&got);
    assert!(got.converged);
    let (easy, hard) = (got.items[6].parameters.b, got.items[7].parameters.b);
    assert!(
        (-7.0..-1.5).contains(&easy) && (1.5..7.0).contains(&hard),
        "{easy} {hard}"
    );
    // Persons all right or all wrong keep finite scores.
    assert_eq!(drawn.items(), 6);
    let all = |right: bool| (0..6).map(|j| (j, right)).collect::<Vec<_>>();
    let mut extreme = drawn;
    extreme.push(&all(true), 1.0).expect("sound");
    extreme.push(&all(false), 1.0).expect("sound");
    let got = run(&extreme, &Options::unpenalised(Discrimination::Free)).expect("sound input");
    sound(&got);
    let (best, worst) = (got.eap[300], got.eap[301]);
    assert!(
        got.eap.iter().all(|eap| (worst..=best).contains(eap)),
        "{worst} {best}"
    );
}

#[test]
fn identical_items_end_at_bounds_without_penalties_and_alike_with_them() {
    // Everyone answers all items alike: the likelihood rises with a without end.
    let mut responses = Responses::new(5);
    for right in [true, false] {
        let row: Vec<(usize, bool)> = (0..5).map(|j| (j, right)).collect();
        responses.push(&row, 100.0).expect("sound");
    }
    let free = run(&responses, &Options::unpenalised(Discrimination::Free)).expect("it varies");
    sound(&free);
    assert!(
        free.items.iter().all(|item| item.parameters.a > 5.0),
        "{free:?}"
    );
    let held = run(&responses, &Options::default()).expect("it varies");
    sound(&held);
    assert!(held.converged);
    assert!(
        held.items
            .windows(2)
            .all(|pair| pair[0].parameters == pair[1].parameters)
    );
}

#[test]
fn the_caller_can_stop_it_and_cycles_are_bounded() {
    let (responses, _) = answers(&items(5), 100, 1.0, 6);
    let mut heard = 0;
    let mut stop = |progress: learnr_domain::calibration::Progress| {
        heard = progress.cycles;
        if progress.cycles == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let got = calibrate(&responses, &[START; 5], &Options::default(), &mut stop);
    assert_eq!((got, heard), (Err(Failure::Stopped { cycles: 3 }), 3));
    let short = Options {
        cycles_max: 2,
        ..Options::default()
    };
    let got = run(&responses, &short).expect("sound input");
    sound(&got);
    assert!(!got.converged && got.cycles <= 4, "{}", got.cycles);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_answered_numbers_come_out(
        rows in prop::collection::vec((prop::collection::vec(any::<Option<bool>>(), 4), 0.1..50.0), 1..12),
        discrimination in prop::sample::select(vec![
            Discrimination::Fixed, Discrimination::Common, Discrimination::Free,
        ]),
        guessing in prop::sample::select(vec![Guessing::Fixed, Guessing::Estimated]),
        penalised in any::<bool>(),
    ) {
        let mut responses = Responses::new(4);
        for (row, weight) in &rows {
            responses.push_row(row, *weight).expect("sound");
        }
        let penalties = if penalised { Penalties::STANDARD } else { Penalties::NONE };
        let options = Options { discrimination, penalties, ..Options::default() };
        let start = ItemStart { guessing, ..START };
        match calibrate(&responses, &[start; 4], &options, &mut carry_on) {
            Ok(got) => sound(&got),
            Err(failure) => prop_assert!(
                matches!(failure, Failure::NoAnswers | Failure::NothingVaries), "{failure}"
            ),
        }
    }
}
