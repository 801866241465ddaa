//! Difficulties of new questions from the answers so far, one answer at a time; nothing else is estimated.
//!
//! Owns the order of the updates and how sure a difficulty must be. Must not know the store or words of the report.

use learnr_domain::ItemParameters;
use learnr_domain::calibration::StreamingDifficulty;
use learnr_domain::irt::{NODES, Prior, THETA, probability};

/// Standard deviation of what a label says of a difficulty, in logits: that of the penalties of a full run.
const LABEL_DEVIATION: f64 = 1.0;

/// Largest standard deviation of a difficulty that is published, in logits. Labels stand one logit apart: with 0.4
/// the 95 % interval, 0.78 to each side, no longer reaches the next one, and five sixths of what is known of the
/// question (1 - 0.4^2 over the label's variance of 1) come from answers.
pub(super) const DEVIATION_MAX: f64 = 0.4;

/// What there is to go by.
pub(super) struct Stream<'a> {
    /// Place of each item's area.
    pub(super) area_of: &'a [usize],
    /// What each item has now, be it from its label.
    pub(super) current: &'a [ItemParameters],
    /// Which items still carry the author's label; the others are calibrated.
    pub(super) labelled: &'a [bool],
    /// Answers below which an item keeps its label.
    pub(super) answers_min: u32,
}

/// What the answers say of one item with a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NewQuestion {
    /// Its place.
    pub(super) item: usize,
    pub(super) belief: StreamingDifficulty,
    /// Right answers among those that the belief took in.
    pub(super) right: u32,
    /// Why it keeps its label; `None` when its difficulty is published.
    pub(super) kept: Option<KeepsLabel>,
}

/// Why an item keeps its label.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub(super) enum KeepsLabel {
    /// Learners are met by how able they are: without their ability a hard item of able ones looks easy.
    #[error("no question of its area is calibrated")]
    NothingCalibrated,
    #[error("{answers} answers, {needed} are needed")]
    TooFewAnswers { answers: u32, needed: u32 },
    #[error("known to {deviation:.2} logits, {DEVIATION_MAX} are needed")]
    Imprecise { deviation: f64 },
}

impl NewQuestion {
    /// Standard deviation of its difficulty, in logits.
    pub(super) fn deviation(&self) -> f64 {
        self.belief.variance.sqrt()
    }
}

impl Stream<'_> {
    /// What everybody's first answers say of each item with a label, in order of items. Learners are taken in
    /// their order, and the answers of each in theirs, so that equal answers give equal difficulties.
    pub(super) fn run(&self, first: &[Vec<(usize, bool)>]) -> Vec<NewQuestion> {
        let mut found: Vec<Option<NewQuestion>> = (0..self.current.len())
            .map(|item| self.labelled[item].then(|| self.unanswered(item)))
            .collect();
        let areas = self.area_of.iter().max().map_or(0, |last| last + 1);
        let prior = THETA.map(|theta| Prior::STANDARD.density(theta));
        for answers in first {
            let mut abilities = vec![prior; areas];
            for (item, correct) in answers.iter().filter(|(item, _)| !self.labelled[*item]) {
                let ability = &mut abilities[self.area_of[*item]];
                update(ability, &self.current[*item], *correct);
            }
            for (item, correct) in answers {
                if let Some(new) = &mut found[*item] {
                    let ability = &abilities[self.area_of[*item]];
                    new.belief.observe(&self.current[*item], ability, *correct);
                    new.right += u32::from(*correct);
                }
            }
        }
        let mut found: Vec<NewQuestion> = found.into_iter().flatten().collect();
        for new in &mut found {
            new.kept = self.keeps(new);
        }
        found
    }

    fn unanswered(&self, item: usize) -> NewQuestion {
        let belief = StreamingDifficulty::new(self.current[item].b, LABEL_DEVIATION);
        NewQuestion {
            item,
            belief: belief.expect("labels stand for -1, 0 and 1 logit"),
            right: 0,
            kept: None,
        }
    }

    fn keeps(&self, new: &NewQuestion) -> Option<KeepsLabel> {
        let area = self.area_of[new.item];
        let mut others = self.area_of.iter().zip(self.labelled);
        if !others.any(|(other, labelled)| *other == area && !labelled) {
            return Some(KeepsLabel::NothingCalibrated);
        }
        let (answers, deviation) = (new.belief.answers, new.deviation());
        if answers < self.answers_min {
            return Some(KeepsLabel::TooFewAnswers {
                answers,
                needed: self.answers_min,
            });
        }
        // Written so that what is no number is not precise.
        let precise = deviation <= DEVIATION_MAX;
        (!precise).then_some(KeepsLabel::Imprecise { deviation })
    }
}

/// Takes an answer into the masses of an ability, which sum to one afterwards. One that no ability gives any
/// probability (a wrong answer to an item of b = -10, as numbers go) says nothing and changes nothing.
fn update(ability: &mut [f64; NODES], item: &ItemParameters, correct: bool) {
    let mut after = *ability;
    for (mass, theta) in after.iter_mut().zip(THETA) {
        let p = probability(item, theta);
        *mass *= if correct { p } else { 1.0 - p };
    }
    let sum: f64 = after.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        *ability = after.map(|mass| mass / sum);
    }
}

#[cfg(test)]
mod tests {
    use learnr_domain::tick::Chance;

    use super::*;

    const ITEMS: [ItemParameters; 4] = [
        ItemParameters::three_pl(1.5, -0.5, 0.25),
        ItemParameters::three_pl(1.5, 0.5, 0.25),
        ItemParameters::three_pl(1.0, 0.0, 0.25),
        ItemParameters::three_pl(1.0, 1.0, 0.25),
    ];

    fn stream(labelled: &[bool; 4]) -> Stream<'_> {
        Stream {
            area_of: &[0, 0, 0, 1],
            current: &ITEMS,
            labelled,
            answers_min: 20,
        }
    }

    /// So many learners who are right or wrong on both calibrated items and then answer the item in question.
    fn learners(count: usize, able: bool, correct: bool) -> Vec<Vec<(usize, bool)>> {
        vec![vec![(0, able), (2, correct), (1, able)]; count]
    }

    #[test]
    fn over_many_schools_difficulties_are_off_by_what_their_deviations_say() {
        let truth = ItemParameters::three_pl(1.0, 0.8, 0.25);
        let labelled = [false, false, true, false];
        let mut chance = Chance::new(11);
        let (mut off, mut claimed, mut bias) = (0.0, 0.0, 0.0);
        for _ in 0..200 {
            let mut first = Vec::new();
            for _ in 0..200 {
                let theta = (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0;
                let mut right = |item| chance.unit() < probability(item, theta);
                first.push(vec![
                    (0, right(&ITEMS[0])),
                    (1, right(&ITEMS[1])),
                    (2, right(&truth)),
                ]);
            }
            let belief = stream(&labelled).run(&first)[0].belief;
            bias += (belief.mean - truth.b) / 200.0;
            off += (belief.mean - truth.b) * (belief.mean - truth.b) / 200.0;
            claimed += belief.variance / 200.0;
        }
        assert!(off.sqrt() < 0.25 && bias.abs() < 0.1, "{off} {bias}");
        let ratio = off / claimed;
        assert!((0.7..1.4).contains(&ratio), "{off}, claimed {claimed}");
    }

    #[test]
    fn a_wrong_answer_of_the_able_says_more_than_one_of_others() {
        let labelled = [false, false, true, false];
        let stream = stream(&labelled);
        let b = |able| stream.run(&learners(30, able, false))[0].belief.mean;
        assert!(
            b(true) > b(false) && b(false) > 0.0,
            "{} {}",
            b(true),
            b(false)
        );
        let right = stream.run(&learners(30, true, true))[0];
        assert!(right.belief.mean < 0.0 && (right.right, right.belief.answers) == (30, 30));
    }

    #[test]
    fn a_label_is_kept_until_answers_are_many_and_precise_and_the_area_has_a_scale() {
        let labelled = [false, false, true, true];
        let stream = stream(&labelled);
        let few = stream.run(&learners(19, true, false));
        let needed = KeepsLabel::TooFewAnswers {
            answers: 19,
            needed: 20,
        };
        assert_eq!(few[0].kept, Some(needed));
        assert_eq!(few[1].kept, Some(KeepsLabel::NothingCalibrated));
        assert_eq!((few[1].belief.mean, few[1].deviation()), (1.0, 1.0));
        let vague = stream.run(&learners(20, true, false));
        assert!(matches!(vague[0].kept, Some(KeepsLabel::Imprecise { .. })));
        let mut many = learners(100, true, true);
        many.extend(learners(100, true, false));
        assert_eq!(stream.run(&many)[0].kept, None);
    }

    #[test]
    fn an_answer_that_no_ability_explains_changes_nothing() {
        let mut ability = THETA.map(|theta| Prior::STANDARD.density(theta));
        let before = ability;
        update(&mut ability, &ItemParameters::two_pl(10.0, -10.0), false);
        assert_eq!(ability, before);
        for _ in 0..5_000 {
            update(&mut ability, &ITEMS[0], true);
        }
        assert!((ability.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
