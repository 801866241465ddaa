//! The tickets used on this instance, so that each opens one socket, whatever became of its session since.
//!
//! Owns the one memory of them and its bound. It ends with the process; docs/decisions/0008 says why that will do.
//! Must not know what a ticket allows.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use uuid::Uuid;

use super::SessionContext;
use super::messages::AttachRefused;
use crate::auth::Ticket;

/// Tickets remembered at once. They last 30 s, so that this is some 4,000 sockets opened a second; beyond it
/// sockets are refused as busy, rather than a used ticket forgotten.
const SPENT_MAX: usize = 131_072;

/// How far the clocks of two instances may be apart; both follow the database's.
const CLOCKS_APART_MAX: Duration = Duration::from_secs(10);

/// Why a ticket is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It was used before.
    Spent,
    /// No more can be remembered before some expire.
    Full,
}

/// The tickets used, earliest to expire first.
#[derive(Debug, Default)]
pub struct SpentTickets {
    spent: Mutex<BTreeSet<(i64, Uuid)>>,
}

impl SpentTickets {
    /// Uses a ticket up.
    pub(super) fn spend(&self, ticket: &Ticket, now_ms: i64) -> Result<(), NotTaken> {
        let mut spent = self
            .spent
            .lock()
            .expect("no code panics while it holds the tickets");
        while spent
            .first()
            .is_some_and(|(expires_ms, _)| *expires_ms <= now_ms)
        {
            spent.pop_first();
        }
        let key = (ticket.expires_ms, ticket.nonce);
        if spent.contains(&key) {
            return Err(NotTaken::Spent);
        }
        if spent.len() >= SPENT_MAX {
            return Err(NotTaken::Full);
        }
        spent.insert(key);
        Ok(())
    }
}

impl SessionContext {
    /// Uses a ticket up in the whole fleet, before it is used up here. Where the fleet cannot say, this instance's own memory is all
    /// there is: a ticket could then open one socket on each instance, within its 30 seconds.
    ///
    /// # Errors
    /// [`AttachRefused::TicketSpent`] when any instance has seen it.
    pub async fn spend_in_fleet(&self, ticket: &Ticket, now_ms: i64) -> Result<(), AttachRefused> {
        let left_ms = u64::try_from(ticket.expires_ms.saturating_sub(now_ms)).unwrap_or(0);
        // By a clock that is behind the others' it lasts longer.
        let lasts = Duration::from_millis(left_ms) + CLOCKS_APART_MAX;
        match self.shared.spend(ticket.nonce, lasts).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(AttachRefused::TicketSpent),
            Err(error) => {
                tracing::debug!(%error, "the fleet does not know whether a ticket was used");
                Ok(())
            }
        }
    }

    /// Uses a ticket up.
    ///
    /// # Errors
    /// [`AttachRefused`] when it was used before, or cannot be remembered.
    pub fn spend(&self, ticket: &Ticket, now_ms: i64) -> Result<(), AttachRefused> {
        self.spent
            .spend(ticket, now_ms)
            .map_err(|not_taken| match not_taken {
                NotTaken::Spent => AttachRefused::TicketSpent,
                NotTaken::Full => AttachRefused::Busy,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::TICKET_LIFETIME_MS;
    use crate::store::{LearnerId, SessionId};

    fn ticket(now_ms: i64) -> Ticket {
        Ticket::issue(
            LearnerId(Uuid::from_u128(1)),
            SessionId(Uuid::from_u128(2)),
            now_ms,
        )
    }

    #[test]
    fn a_ticket_is_taken_once_until_it_expires_and_is_then_forgotten() {
        let spent = SpentTickets::default();
        let (one, other) = (ticket(0), ticket(0));
        assert_eq!(spent.spend(&one, 0), Ok(()));
        assert_eq!(spent.spend(&other, 0), Ok(()));
        let last = TICKET_LIFETIME_MS - 1;
        assert_eq!(spent.spend(&one, last), Err(NotTaken::Spent));
        let late = ticket(TICKET_LIFETIME_MS);
        assert_eq!(spent.spend(&late, TICKET_LIFETIME_MS), Ok(()));
        assert_eq!(spent.spent.lock().expect("not poisoned").len(), 1);
    }

    #[test]
    fn at_the_bound_no_more_are_taken_and_none_is_forgotten() {
        let spent = SpentTickets::default();
        let first = ticket(0);
        assert_eq!(spent.spend(&first, 0), Ok(()));
        for _ in 1..SPENT_MAX {
            assert_eq!(spent.spend(&ticket(1), 1), Ok(()));
        }
        assert_eq!(spent.spend(&ticket(1), 1), Err(NotTaken::Full));
        assert_eq!(spent.spend(&first, 1), Err(NotTaken::Spent));
        assert_eq!(
            spent.spend(&ticket(2), TICKET_LIFETIME_MS),
            Ok(()),
            "the first has made room"
        );
    }
}
