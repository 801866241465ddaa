//! Whether the answers of somebody nobody knows are those of a person who tries.
//!
//! Four published signs: time on each question, person fit, length of runs on one place of the screen, and
//! enough of it all. Owns the signs and their limits. Must not know who is a guest.

use crate::irt::{ItemParameters, NODES, THETA, dot, normalise, probability};

/// One answer as it is judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedResponse {
    /// The item, with the parameters it was served under.
    pub item: ItemParameters,
    /// Whether it was right.
    pub correct: bool,
    /// Milliseconds from question to answer.
    pub elapsed_ms: i64,
    /// Place on the screen of the option named, from 0; `None` when several were.
    pub place: Option<u8>,
}

/// The limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlausibilityRule {
    /// Plausible responses a person must have given.
    pub responses_min: usize,
    /// Milliseconds nobody reads and answers a question in. Kong, Wise & Bhola (2007): 3 s.
    pub elapsed_ms_min: i64,
    /// Share of responses that must have taken that long. Wise & Kong (2005), response time effort: 0.9.
    pub effort_min: f64,
    /// Least lz, the standardised log likelihood of the pattern. Drasgow, Levine & Williams (1985): about -2.
    pub lz_min: f64,
    /// Longest run of answers on one place. Johnson (2005); by chance 1 in 3,000 sessions of 60 questions of two
    /// options has one of 18.
    pub run_max: usize,
}

impl Default for PlausibilityRule {
    fn default() -> Self {
        Self {
            responses_min: 30,
            elapsed_ms_min: 3_000,
            effort_min: 0.9,
            lz_min: -2.0,
            run_max: 17,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plausibility {
    /// Responses that took long enough.
    pub plausible: usize,
    /// Their share of all.
    pub effort: f64,
    /// lz of those; `None` where it has no spread to be measured in.
    pub lz: Option<f64>,
    /// Longest run on one place.
    pub run: usize,
    /// What follows.
    pub verdict: Verdict,
}

/// Whether a person's plausible responses count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They do.
    Counts,
    /// Not yet: there are too few.
    TooFew,
    /// Too many answers came before the question can have been read.
    Hasty,
    /// Too long a run on one place of the screen.
    OnePlace,
    /// Right where wrong was likely, and the other way round, beyond chance.
    Aberrant,
}

impl PlausibilityRule {
    /// Whether one response may be that of somebody who read the question.
    pub fn is_plausible(&self, response: &TimedResponse) -> bool {
        response.elapsed_ms >= self.elapsed_ms_min
    }

    /// Judges one person by all their responses, in order. None are too few.
    pub fn judge(&self, responses: &[TimedResponse]) -> Plausibility {
        let plausible: Vec<&TimedResponse> = responses
            .iter()
            .filter(|response| self.is_plausible(response))
            .collect();
        let effort = plausible.len() as f64 / responses.len().max(1) as f64;
        let (lz, run) = (lz(&plausible), longest_run(responses));
        let verdict = if plausible.len() < self.responses_min {
            Verdict::TooFew
        } else if effort < self.effort_min {
            Verdict::Hasty
        } else if run > self.run_max {
            Verdict::OnePlace
        } else if lz.is_some_and(|lz| lz < self.lz_min) {
            Verdict::Aberrant
        } else {
            Verdict::Counts
        };
        Plausibility {
            plausible: plausible.len(),
            effort,
            lz,
            run,
            verdict,
        }
    }
}

/// Person fit at the posterior mean of ability: (l - E l) / SD l. Items for which the model does not hold are
/// left out. With ability estimated its variance is under 1, so that a limit errs on the person's side.
fn lz(responses: &[&TimedResponse]) -> Option<f64> {
    let mut posterior: [f64; NODES] = THETA.map(|theta| libm::exp(-0.5 * theta * theta));
    let valid = || responses.iter().filter(|response| response.item.is_valid());
    for response in valid() {
        for (mass, theta) in posterior.iter_mut().zip(&THETA) {
            let p = probability(&response.item, *theta);
            *mass *= if response.correct { p } else { 1.0 - p }.max(1e-12);
        }
        normalise(&mut posterior);
    }
    let theta = dot(&posterior, &THETA);
    let (mut off, mut variance) = (0.0, 0.0);
    for response in valid() {
        let p = probability(&response.item, theta).clamp(1e-12, 1.0 - 1e-12);
        let logit = libm::log(p / (1.0 - p));
        let u = if response.correct { 1.0 } else { 0.0 };
        off += (u - p) * logit;
        variance += p * (1.0 - p) * logit * logit;
    }
    (variance > 1e-6).then(|| off / variance.sqrt())
}

fn longest_run(responses: &[TimedResponse]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for response in responses {
        run = match response.place {
            None => 0,
            place if place == last => run + 1,
            _ => 1,
        };
        last = response.place;
        longest = longest.max(run);
    }
    longest
}
