//! Who is where and what: how learners are spread over processes, threads and servers, and which of them are
//! stalled, slow or dead. Pure.

use std::ops::Range;

use crate::scenario::Learners;

/// Sockets that one process holds at most: some 20,000 descriptors, less those beside the sockets.
pub const SOCKETS_A_PROCESS_MAX: usize = 15_000;
/// Steps between neighbours among places; one of them shares no divisor with any number of learners below
/// their product.
const STRIDES: [usize; 2] = [7_919, 6_101];

/// What a learner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Answers and reads.
    Usual,
    /// Sends pings and never reads.
    Stalled,
    /// Reads a few KiB a second.
    Slow,
    /// Falls silent without closing.
    Dead,
}

/// Processes that `learners` are spread over.
#[must_use]
pub fn processes(learners: &Learners) -> usize {
    let least = learners.sessions.div_ceil(SOCKETS_A_PROCESS_MAX).max(1);
    least.max(learners.processes)
}

/// Learners of one of `processes` among those with a number below `up_to`: every `processes`-th, so that each
/// starts as many a second as another.
pub(super) fn numbers(
    process: usize,
    processes: usize,
    range: Range<usize>,
) -> impl Iterator<Item = usize> {
    range.filter(move |number| number % processes == process)
}

/// A learner's place among all, 0 to `sessions` - 1, each once: neighbours in number are far apart, so that
/// who is odd, whose bell rings first and whose server is which do not depend on one another.
pub(super) fn place(number: usize, sessions: usize) -> usize {
    let stride = STRIDES
        .into_iter()
        .find(|stride| !sessions.is_multiple_of(*stride))
        .unwrap_or(1);
    number * stride % sessions
}

/// What the learner at a place does.
pub(super) fn role(place: usize, learners: &Learners) -> Role {
    let odd = [
        (learners.stalled, Role::Stalled),
        (learners.slow, Role::Slow),
        (learners.dead, Role::Dead),
    ];
    let mut from = 0;
    for (count, role) in odd {
        from += count;
        if place < from {
            return role;
        }
    }
    Role::Usual
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::scenario::Scenario;

    fn learners(sessions: usize) -> Learners {
        let text = format!(
            "name = 's'\ntitle = 's'\nseconds = 1\nlearners.sessions = {sessions}\npace.kind = 'idle'\n"
        );
        let scenario = Scenario::read("s", &text).expect("the text is a scenario");
        scenario.learners
    }

    #[test]
    fn a_process_has_no_more_sockets_than_its_descriptors_allow() {
        for (sessions, asked, expected) in [
            (1, 0, 1),
            (15_000, 0, 1),
            (15_001, 0, 2),
            (30_000, 0, 2),
            (30_001, 0, 3),
            (100, 4, 4),
        ] {
            let mut learners = learners(sessions);
            learners.processes = asked;
            assert_eq!(processes(&learners), expected, "{sessions} {asked}");
        }
    }

    #[test]
    fn every_learner_is_in_one_process_and_each_has_as_many() {
        let mut seen = HashSet::new();
        for process in 0..3 {
            let own: Vec<_> = numbers(process, 3, 0..31_000).collect();
            assert!((10_333..=10_334).contains(&own.len()));
            assert!(own.iter().all(|number| seen.insert(*number)));
        }
        assert_eq!(seen.len(), 31_000);
    }

    #[test]
    fn every_place_is_taken_once() {
        for sessions in [1, 2, 10, 1_000, 7_919, 15_838, 30_000] {
            let places: HashSet<_> = (0..sessions)
                .map(|number| place(number, sessions))
                .collect();
            assert_eq!(places.len(), sessions);
        }
    }

    #[test]
    fn odd_clients_are_as_many_as_asked_for() {
        let mut learners = learners(2_000);
        (learners.stalled, learners.slow, learners.dead) = (1_000, 20, 3);
        let count = |role_asked| {
            let roles = (0..2_000).map(|number| role(place(number, 2_000), &learners));
            roles.filter(|role| *role == role_asked).count()
        };
        assert_eq!(count(Role::Stalled), 1_000);
        assert_eq!(count(Role::Slow), 20);
        assert_eq!(count(Role::Dead), 3);
        assert_eq!(count(Role::Usual), 977);
    }
}
