//! What the goals' keys mean to people: their words, their unit, and which way is good. Decides nothing.

use super::Reached;
use super::format::{kib, short};

/// Whether reaching more or less than asked is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
}

/// What a goal is about, by its key in the scenario; the key itself where it has no words.
pub(crate) fn subject(key: &str) -> &str {
    match key {
        "p50_ms" => "acknowledged, p50",
        "p99_ms" => "acknowledged, p99",
        "answers_per_s" => "durable answers a second",
        "floor_ratio" => "share of the combined floor",
        "errors" => "errors",
        "bytes_per_session" => "memory a live session",
        "back_within_s" => "all back after the storm",
        "rss_ratio" => "memory at the end over that after warm-up",
        "p99_drift" => "p99 of the last minute over the first's",
        "others_ratio" => "the others' p99 over that without the stalled",
        key => key,
    }
}

/// What was asked for: `at most 5 ms`.
pub(crate) fn asked(goal: &Reached) -> String {
    let bound = match better(&goal.goal) {
        Better::Less => "at most",
        Better::More => "at least",
    };
    format!("{bound} {}", value(&goal.goal, goal.asked))
}

/// What was reached: `3.1 ms`, or `not measured`.
pub(crate) fn reached(goal: &Reached) -> String {
    let of = |reached| value(&goal.goal, reached);
    goal.reached.map_or_else(|| "not measured".to_owned(), of)
}

/// `met` or `MISSED`.
pub(crate) fn verdict(goal: &Reached) -> &'static str {
    if goal.met { "met" } else { "MISSED" }
}

fn value(key: &str, value: f64) -> String {
    match key {
        "p50_ms" | "p99_ms" => format!("{} ms", short(value)),
        "answers_per_s" => format!("{} a second", short(value)),
        "bytes_per_session" => format!("{} KiB", short(kib(value.max(0.0) as u64))),
        "back_within_s" => format!("{} s", short(value)),
        _ => short(value),
    }
}

fn better(key: &str) -> Better {
    match key {
        "answers_per_s" | "floor_ratio" => Better::More,
        _ => Better::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_told_with_its_bound_and_its_unit() {
        let mut goal = Reached {
            goal: "bytes_per_session".to_owned(),
            asked: 30_720.0,
            reached: None,
            met: false,
        };
        assert_eq!(asked(&goal), "at most 30 KiB");
        assert_eq!(reached(&goal), "not measured");
        goal.goal = "floor_ratio".to_owned();
        goal.asked = 0.5;
        assert_eq!(asked(&goal), "at least 0.5");
    }
}
