//! The report as people read it.
//!
//! Owns its words. Must not decide anything.

use std::fmt;

use super::outcome::{Figure, ItemFigures, Outcome, Report};

/// Questions shown in each list, as many as one looks at at once; `--json` has all.
const SHOWN_MAX: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        if let Some(withheld) = &self.withheld {
            writeln!(f, "  {withheld}")?;
        }
        writeln!(
            f,
            "  {} respondents, {} answers, from {} sessions",
            self.respondents, self.answers, self.sessions
        )?;
        self.left_out(f)?;
        if self.new_questions {
            self.new_questions(f)?;
        } else if self.calibrated > 0 {
            writeln!(
                f,
                "  {} questions calibrated, {} keep what they had",
                self.calibrated, self.kept
            )?;
        }
        figure(f, "correlation of areas (rho)", self.rho)?;
        figure(f, "drift in practice (q)", self.q)?;
        self.misfits(f)?;
        if !self.new_questions {
            self.parameters(f)?;
        }
        if let (Outcome::Published, Some(version)) = (self.outcome, &self.version) {
            writeln!(f, "  version {version}, in {:.2} s", self.seconds)?;
        }
        Ok(())
    }
}

impl Report {
    fn heading(&self) -> String {
        let what = match self.outcome {
            Outcome::Published if self.new_questions => {
                "new questions have a difficulty, published as a new version"
            }
            Outcome::Checked if self.new_questions => {
                "new questions have a difficulty; not published (--dry-run)"
            }
            Outcome::Published => "calibrated, published as a new version",
            Outcome::Unchanged => "calibrated, unchanged: the current version has these parameters",
            Outcome::Checked => "calibrated; not published (--dry-run)",
            Outcome::Withheld => "too little to go by, nothing was published",
        };
        match self.title == self.certification {
            true => format!("{}: {what}", self.certification),
            false => format!("{} ({}): {what}", self.title, self.certification),
        }
    }

    fn left_out(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (out, guests) = (self.left_out, self.guests);
        for (count, what) in [
            (
                out.repeats,
                "answers left out: the question had been seen in the 30 days before",
            ),
            (
                out.of_guests,
                "answers of guests left out: too few of theirs, too quick, or implausible",
            ),
            (
                out.to_other_questions,
                "answers left out: the question is no longer the same",
            ),
            (
                out.unreadable_sessions,
                "sessions left out: they cannot be read",
            ),
            (
                guests.too_few_answers,
                "guests have fewer than 30 plausible answers",
            ),
            (guests.hasty, "guests answered too quickly"),
            (guests.one_place, "guests kept to one place of the screen"),
            (guests.aberrant, "guests answered against all odds"),
        ] {
            if count > 0 {
                writeln!(f, "  {count} {what}")?;
            }
        }
        Ok(())
    }

    fn misfits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let misfits: Vec<&ItemFigures> = self
            .items
            .iter()
            .filter(|item| item.misfit.is_some())
            .collect();
        if misfits.is_empty() {
            return Ok(());
        }
        let verb = if misfits.len() == 1 {
            "question does"
        } else {
            "questions do"
        };
        writeln!(f, "  {} {verb} not fit:", misfits.len())?;
        for item in misfits.iter().take(SHOWN_MAX) {
            let words = match item.misfit {
                Some("does_not_discriminate") => {
                    "who knows more answers it no better: is the key right?"
                }
                Some("noisy") => "more surprises than the model allows: is it clear?",
                _ => "fewer surprises than the model allows: does it repeat another?",
            };
            writeln!(
                f,
                "    {}: {words} (infit {}, outfit {}, with the rest {})",
                item.item,
                number(item.infit),
                number(item.outfit),
                number(item.item_rest)
            )?;
        }
        more(f, misfits.len())
    }

    /// Those that have a difficulty now, then those that keep their label, with what is known of them so far.
    fn new_questions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.items.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "  {} of {} questions with a label have a difficulty now, {} keep the label",
            self.calibrated,
            self.items.len(),
            self.kept
        )?;
        writeln!(
            f,
            "  {:>7} {:>7} {:>7} {:>14}  question",
            "answers", "right", "label", "b"
        )?;
        for keeps in [false, true] {
            let list = self
                .items
                .iter()
                .filter(|item| item.kept.is_some() == keeps);
            for item in list.clone().take(SHOWN_MAX) {
                writeln!(
                    f,
                    "  {:>7} {:>7} {:>7.2} {:>14}  {}{}",
                    item.answers,
                    number(item.right),
                    item.before.b,
                    with_error(item.estimate.map(|at| at.b), item.b_error),
                    item.item,
                    item.kept
                        .iter()
                        .map(|kept| format!(": {kept}"))
                        .collect::<String>()
                )?;
            }
            more(f, list.count())?;
        }
        Ok(())
    }

    fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calibrated: Vec<&ItemFigures> = self
            .items
            .iter()
            .filter(|item| item.kept.is_none() && item.estimate.is_some())
            .collect();
        if calibrated.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "  {:>7} {:>7} {:>14} {:>14}  question",
            "answers", "right", "a", "b"
        )?;
        for item in calibrated.iter().take(SHOWN_MAX) {
            let at = item.estimate;
            writeln!(
                f,
                "  {:>7} {:>7} {:>14} {:>14}  {}",
                item.answers,
                number(item.right),
                with_error(at.map(|at| at.a), item.a_error),
                with_error(at.map(|at| at.b), item.b_error),
                item.item
            )?;
        }
        more(f, calibrated.len())
    }
}

fn figure(f: &mut fmt::Formatter<'_>, what: &str, figure: Option<Figure>) -> fmt::Result {
    match figure {
        None => Ok(()),
        Some(Figure {
            value,
            standard_error: Some(error),
        }) => writeln!(f, "  {what}: {value:.3} ± {error:.3}"),
        Some(Figure { value, .. }) => writeln!(f, "  {what}: {value:.3}, at the end of its range"),
    }
}

fn with_error(value: Option<f64>, error: Option<f64>) -> String {
    match (value, error) {
        (Some(value), Some(error)) => format!("{value:.2} ± {error:.2}"),
        _ => number(value),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.saturating_sub(SHOWN_MAX) {
        0 => Ok(()),
        more => writeln!(f, "    and {more} more; --json shows them"),
    }
}
