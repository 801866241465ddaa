//! Practice of learners with a past: reviews that are due, prerequisites, chosen concepts.

use std::sync::Arc;

use learnr_domain::bank::Bank;
use learnr_domain::learner::{LearnerState, SeenItem};
use learnr_domain::session::{FOCUS_CONCEPTS_MAX, Kind, Reason, Served, Settings};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{ConceptIx, Fact, ItemIx, Refusal, Session};
use proptest::prelude::*;

use crate::fixture::{
    BEGINNING, Player, bank, bank_with_concepts, built, certification, concept_id, item_id, items,
    practice,
};

/// A learner who met these items so many days before the beginning, right or wrong.
fn met(items: impl IntoIterator<Item = (usize, i64, bool)>) -> LearnerState {
    let seen = |(item, days, right): (usize, i64, bool)| {
        SeenItem::from_last_answer(item_id(item), BEGINNING.plus(-days * DAY_MS), right, 1)
    };
    LearnerState {
        seen: items.into_iter().map(seen).collect(),
        updated_at: BEGINNING,
        ..LearnerState::default()
    }
}

/// Everything served in a session of a learner who answers every third question wrong.
fn served(bank: &Arc<Bank>, settings: &Settings, learner: &LearnerState, seed: u64) -> Vec<Served> {
    let resumed = Player::resume(
        bank,
        settings.clone(),
        Some(learner.clone()),
        BEGINNING,
        seed,
    );
    let mut player = resumed.expect("a session starts");
    while player.play(!player.events.len().is_multiple_of(3)) {}
    let replayed = Session::replay(Arc::clone(bank), &player.events).expect("its own history");
    assert_eq!(replayed.fingerprint(), player.session.fingerprint());
    let next = player.events.iter().filter_map(|event| match &event.fact {
        Fact::Started(started) => Some(started.first),
        Fact::Answered(answered) => answered.next,
        _ => None,
    });
    next.collect()
}

fn is_due(served: &Served) -> bool {
    served.reason == Reason::DueForReview
}

#[test]
fn reviews_come_first_and_take_at_most_half_the_session() {
    let bank = bank(300, &[0.5, 0.3, 0.2], 1);
    for (due, length, expected) in [
        (0, 20, 0),
        (3, 20, 3),
        (60, 20, 10),
        (60, 21, 10),
        (60, 5, 2),
    ] {
        let learner = met((0..due).map(|k| (k, 5, true)));
        for seed in 0..5 {
            let served = served(&bank, &practice(length), &learner, seed);
            assert_eq!(
                served.iter().filter(|served| is_due(served)).count(),
                expected,
                "{due} of {length}"
            );
            let last = served.iter().rposition(is_due).map_or(0, |place| place + 1);
            let others = served[..last].iter().filter(|served| !is_due(served));
            assert!(
                others
                    .clone()
                    .all(|served| [Reason::Probe, Reason::New].contains(&served.reason)),
                "only probes come before the last review"
            );
            assert!(
                served
                    .iter()
                    .filter(|served| is_due(served))
                    .all(|served| !served.evidence)
            );
        }
    }
}

#[test]
fn the_least_remembered_comes_first() {
    let bank = bank(60, &[1.0], 1);
    // After a wrong answer memory fades ten times as fast, and an item is due after one day instead of two.
    let learner = met([
        (3, 2, true),
        (8, 3, true),
        (11, 1, false),
        (17, 9, false),
        (20, 1, true),
        (21, 0, false),
    ]);
    let settings = practice(20);
    let served = served(&bank, &settings, &learner, 4);
    let due: Vec<ItemIx> = served
        .iter()
        .filter(|served| is_due(served))
        .map(|served| served.item)
        .collect();
    assert_eq!(
        due,
        [17, 11, 8, 3].map(ItemIx),
        "what is not due is left alone"
    );
}

#[test]
fn reviews_too_leave_the_area_of_the_last_question_when_they_can() {
    let bank = bank(300, &[0.5, 0.5], 1);
    // Three due items in one area and one in the other.
    let learner = met([(0, 5, false), (2, 5, false), (4, 5, false), (1, 5, true)]);
    for seed in 0..10 {
        let served = served(&bank, &practice(20), &learner, seed);
        let areas: Vec<_> = served
            .iter()
            .map(|served| bank.item(served.item).area)
            .collect();
        assert!(areas.windows(2).all(|pair| pair[0] != pair[1]), "{areas:?}");
        assert_eq!(served.iter().filter(|served| is_due(served)).count(), 4);
    }
}

#[test]
fn one_in_five_stays_a_probe_however_many_reviews_are_due() {
    let bank = bank(300, &[0.5, 0.5], 1);
    let learner = met((0..100).map(|k| (k, 5, true)));
    let served = served(&bank, &practice(40), &learner, 1);
    for probe in served.iter().skip(4).step_by(5) {
        assert!(
            [Reason::Probe, Reason::New].contains(&probe.reason),
            "{probe:?}"
        );
    }
}

#[test]
fn a_dry_bank_asks_reviews_then_the_rest_and_never_strands_a_session() {
    let bank = bank(20, &[0.5, 0.5], 1);
    let learner = met((0..20).map(|k| (k, 1 + (k as i64 % 4), k % 3 == 0)));
    let served = served(&bank, &practice(20), &learner, 1);
    assert_eq!(served.len(), 20);
    assert_eq!(served.iter().filter(|served| is_due(served)).count(), 10);
    assert!(
        served
            .iter()
            .all(|served| is_due(served) || served.reason == Reason::LeastRecentlySeen)
    );
}

#[test]
fn questions_whose_prerequisites_are_not_mastered_come_later_and_still_come() {
    // Four concepts, one area; the last two need the first.
    let with = bank_with_concepts((80, 1, 4), &[(2, 0), (3, 0)]);
    let without = bank_with_concepts((80, 1, 4), &[]);
    let advanced = |bank: &Arc<Bank>, learner: &LearnerState, length: u16| {
        let first = |seed| {
            let served = served(bank, &practice(length), learner, seed);
            let advanced = |served: &&Served| bank.item_concepts(served.item)[0] >= ConceptIx(2);
            served.iter().filter(advanced).count()
        };
        (0..30).map(first).sum::<usize>()
    };
    let beginner = LearnerState::default();
    let master = met((0..40).step_by(4).map(|k| (k, 0, true)));
    let (held_back, free) = (
        advanced(&with, &beginner, 10),
        advanced(&without, &beginner, 10),
    );
    assert!(
        held_back * 3 < free * 2,
        "{held_back} against {free} of 300"
    );
    let ready = advanced(&with, &master, 10);
    assert!(
        ready * 4 > advanced(&without, &master, 10) * 3,
        "{ready} of 300 once it is mastered"
    );
    assert_eq!(advanced(&with, &beginner, 80), 30 * 40, "none is left out");
}

fn focused(areas: Vec<learnr_domain::AreaIx>, concepts: Vec<ConceptIx>) -> Settings {
    Settings {
        areas,
        concepts,
        ..Settings::new(Kind::Focused, 15)
    }
}

#[test]
fn a_focused_session_keeps_to_its_concepts_or_areas() {
    let bank = bank_with_concepts((120, 3, 6), &[]);
    let find = |k: usize| bank.find_concept(&concept_id(k)).expect("listed");
    let area = learnr_domain::AreaIx(2);
    // Reviews are due everywhere.
    let learner = met((0..30).map(|k| (k, 5, true)));
    for settings in [
        focused(vec![], vec![find(1)]),
        focused(vec![], vec![find(0), find(1), find(4)]),
        focused(vec![area], vec![find(1)]),
    ] {
        let served = served(&bank, &settings, &learner, 3);
        assert_eq!(served.len(), 15);
        for one in &served {
            let item = bank.item(one.item);
            let inside = bank
                .item_concepts(one.item)
                .iter()
                .any(|concept| settings.concepts.contains(concept));
            assert!(
                inside || settings.areas.contains(&item.area),
                "{:?} for {settings:?}",
                item.id
            );
        }
        assert!(served.iter().any(is_due));
        let areas: Vec<_> = served
            .iter()
            .map(|served| bank.item(served.item).area)
            .collect();
        let alternates = areas.windows(2).all(|pair| pair[0] != pair[1]);
        assert_eq!(
            alternates,
            settings.concepts.len() + settings.areas.len() > 1,
            "{areas:?}"
        );
    }
}

#[test]
fn concepts_that_cannot_be_kept_to_are_refused_and_named() {
    let bank = bank_with_concepts((60, 2, 6), &[]);
    let refused = |settings: Settings| match Player::resume(&bank, settings, None, BEGINNING, 1) {
        Err(refusal) => refusal.to_string(),
        Ok(_) => "started".to_owned(),
    };
    let many: Vec<ConceptIx> = (0..=FOCUS_CONCEPTS_MAX as u32).map(ConceptIx).collect();
    let concept = ConceptIx(1);
    let unfocused = Settings {
        concepts: vec![concept],
        ..practice(10)
    };
    for (settings, expected) in [
        (
            focused(vec![], vec![]),
            "a focused session must name areas or concepts, got none",
        ),
        (
            focused(vec![], vec![ConceptIx(6)]),
            "concept index must be under 6, got 6",
        ),
        (
            focused(vec![], vec![concept, concept]),
            "concepts must be distinct, got 1 twice",
        ),
        (focused(vec![], many), "concepts must be at most 64, got 65"),
        (
            unfocused,
            "areas and concepts must be empty unless the session is focused, got 1",
        ),
    ] {
        assert_eq!(refused(settings), expected);
    }
    // A concept listed and touched by no question.
    let mut certification = certification(&[1.0]);
    certification.concepts = vec![learnr_domain::bank::ConceptSpec {
        id: concept_id(0),
        title: "Untouched".into(),
        prerequisites: vec![],
    }];
    let bank = built(certification, items(10, 1, 1));
    let refused = Player::resume(
        &bank,
        focused(vec![], vec![ConceptIx(0)]),
        None,
        BEGINNING,
        1,
    )
    .map(|_| ());
    assert_eq!(
        refused,
        Err(Refusal::NoItems {
            kind: Kind::Focused
        })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_was_met_before_a_session_repeats_nothing_and_the_same_seed_gives_the_same(
        past in prop::collection::btree_map(0_usize..48, (0_i64..60, any::<bool>()), 0..48), seed in any::<u64>(),
    ) {
        let mut items = items(48, 4, 5);
        for k in (0..45).step_by(3) {
            items[k].enemies = vec![item_id(k + 4)];
        }
        let bank = built(certification(&[0.4, 0.3, 0.2, 0.1]), items);
        let learner = met(past.into_iter().map(|(item, (days, right))| (item, days, right)));
        let once = served(&bank, &practice(30), &learner, seed);
        for (k, one) in once.iter().enumerate() {
            let clashes = |other: &Served| other.item == one.item || bank.item(other.item).enemies.contains(&one.item);
            prop_assert!(!once[..k].iter().any(clashes));
        }
        prop_assert!(once.iter().filter(|served| is_due(served)).count() <= 15);
        prop_assert_eq!(once, served(&bank, &practice(30), &learner, seed));
    }
}
