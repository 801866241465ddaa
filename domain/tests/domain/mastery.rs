//! Mastery of concepts: when which word may be said.

use learnr_domain::bank::Bank;
use learnr_domain::learner::{
    ConceptMastery, LearnerState, MASTERY_ANSWERS_MIN, MasteryStatus, SeenItem, Standing,
};
use learnr_domain::session::RHO_DEFAULT;
use proptest::prelude::*;

use crate::fixture::{BEGINNING, Player, bank_with_concepts, concept_id, item_id, practice};

/// What is said of the first concept of a bank after these many of its questions, credit first.
fn concept(bank: &Bank, credits: usize, misses: usize) -> ConceptMastery {
    let of_concept = (0..).step_by(2).take(credits + misses).enumerate();
    let seen = of_concept
        .map(|(k, item)| SeenItem::from_last_answer(item_id(item), BEGINNING, k < credits, 1));
    let learner = LearnerState {
        seen: seen.collect(),
        updated_at: BEGINNING,
        ..LearnerState::default()
    };
    let standing =
        Standing::new(bank, Some(&learner), RHO_DEFAULT, BEGINNING).expect("a sound state");
    standing.concepts[0]
}

#[test]
fn each_word_is_said_when_the_interval_says_so() {
    let bank = bank_with_concepts((120, 1, 2), &[]);
    for (credits, misses, expected) in [
        (0, 0, MasteryStatus::Uncertain),
        (2, 0, MasteryStatus::Uncertain),
        (0, 2, MasteryStatus::Uncertain),
        (12, 0, MasteryStatus::Mastered),
        (40, 2, MasteryStatus::Mastered),
        (0, 4, MasteryStatus::Gap),
        (10, 30, MasteryStatus::Gap),
        (3, 2, MasteryStatus::Uncertain),
        (14, 6, MasteryStatus::Borderline),
        (28, 12, MasteryStatus::Borderline),
    ] {
        let mastery = concept(&bank, credits, misses);
        assert_eq!(mastery.status, expected, "{mastery:?}");
        assert_eq!(
            (mastery.credits, mastery.answers),
            (credits as u32, (credits + misses) as u32)
        );
    }
}

#[test]
fn without_answers_the_area_is_all_that_is_known() {
    let bank = bank_with_concepts((120, 2, 6), &[]);
    let mut player = Player::start(&bank, practice(60), 3);
    while player.play(true) {}
    let state = LearnerState::after(None, &player.session);
    let new = Standing::new(&bank, None, RHO_DEFAULT, BEGINNING).expect("nobody's state is sound");
    let known = Standing::new(&bank, Some(&state), RHO_DEFAULT, player.now).expect("a sound state");
    for (new, known) in new.concepts.iter().zip(&known.concepts) {
        assert_eq!((new.answers, new.status), (0, MasteryStatus::Uncertain));
        assert!(new.score > 0.3 && new.score < 0.9 && known.score > new.score);
    }
    assert!(
        known
            .concepts
            .iter()
            .all(|concept| concept.answers >= MASTERY_ANSWERS_MIN)
    );
    let answers: u32 = known.concepts.iter().map(|concept| concept.answers).sum();
    assert_eq!(answers, 60);
}

#[test]
fn recognising_questions_raises_no_concept() {
    let bank = bank_with_concepts((12, 1, 2), &[]);
    let mut first = Player::start(&bank, practice(12), 3);
    while first.play(false) {}
    let mut state = LearnerState::after(None, &first.session);
    let standing = |state: &LearnerState| {
        let standing =
            Standing::new(&bank, Some(state), RHO_DEFAULT, first.now).expect("a sound state");
        // Absence widens what is known of the area, and with it the prior, by a trace.
        let said = |concept: &ConceptMastery| (concept.credits, concept.answers, concept.status);
        standing.concepts.iter().map(said).collect::<Vec<_>>()
    };
    let before = standing(&state);
    assert_eq!(before, [(0, 6, MasteryStatus::Gap); 2]);
    for day in 1..6 {
        let now = first.now.plus(day * 86_400_000);
        let mut again =
            Player::resume(&bank, practice(12), Some(state.clone()), now, 4).expect("starts");
        while again.play(true) {}
        state = LearnerState::after(Some(&state), &again.session);
        assert_eq!(standing(&state), before, "day {day}");
    }
}

#[test]
fn a_concept_is_found_by_its_id_and_lists_its_items() {
    let bank = bank_with_concepts((120, 2, 6), &[(1, 0), (2, 0), (2, 1)]);
    let find = |k: usize| bank.find_concept(&concept_id(k)).expect("listed");
    assert_eq!(bank.concepts().len(), 6);
    assert_eq!(bank.concept_items(find(4)).len(), 20);
    assert_eq!(
        bank.item_concepts(bank.concept_items(find(4))[3]),
        [find(4)]
    );
    assert_eq!(bank.prerequisites(find(2)), [find(0), find(1)]);
    assert!(bank.prerequisites(find(0)).is_empty());
    assert!(bank.concept_items(learnr_domain::ConceptIx(99)).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn mastery_follows_the_answers(credits in 0_usize..30, misses in 0_usize..25) {
        let bank = bank_with_concepts((120, 1, 2), &[]);
        let before = concept(&bank, credits, misses);
        prop_assert!(before.low <= before.score && before.score <= before.high);
        prop_assert!(0.0 <= before.low && before.high <= 1.0);
        let right = concept(&bank, credits + 1, misses);
        let wrong = concept(&bank, credits, misses + 1);
        prop_assert!(right.low >= before.low && right.score > before.score && right.high >= before.high);
        prop_assert!(wrong.low <= before.low && wrong.score < before.score && wrong.high <= before.high);
        if before.status == MasteryStatus::Mastered {
            prop_assert_eq!(right.status, MasteryStatus::Mastered);
        }
        if before.status == MasteryStatus::Gap {
            prop_assert_eq!(wrong.status, MasteryStatus::Gap);
        }
    }
}
