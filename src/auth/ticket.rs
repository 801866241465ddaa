//! Tickets: the right to open one socket on one session, once, within 30 seconds.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret::Secret;
use crate::store::{LearnerId, SessionId};

/// How long a ticket lasts, in milliseconds.
pub const TICKET_LIFETIME_MS: i64 = 30_000;

const PURPOSE: &str = "t1";

/// What the holder of a ticket may do in the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers questions.
    Learner,
}

/// What a ticket says. Its owner remembers `nonce` until `expires_ms`, so that it works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Whose socket it will be.
    pub learner: LearnerId,
    /// The session it is for.
    pub session: SessionId,
    /// What it allows.
    pub role: Role,
    /// When it stops being valid, milliseconds since the epoch.
    pub expires_ms: i64,
    /// Tells it from every other ticket.
    pub nonce: Uuid,
}

/// A ticket's fields as they are signed.
#[derive(Serialize, Deserialize)]
struct Claims(Uuid, Uuid, Role, i64, Uuid);

/// Why a ticket is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Not one of ours, or for another session.
    #[error("the ticket is not valid for this session")]
    Bad,
    /// Was valid once.
    #[error("the ticket has expired")]
    Expired,
}

impl Ticket {
    /// A fresh ticket.
    #[must_use]
    pub fn issue(learner: LearnerId, session: SessionId, now_ms: i64) -> Self {
        Self {
            learner,
            session,
            role: Role::Learner,
            expires_ms: now_ms.saturating_add(TICKET_LIFETIME_MS),
            nonce: Uuid::new_v4(),
        }
    }

    /// The ticket as the client carries it.
    #[must_use]
    pub fn seal(&self, secret: &Secret) -> String {
        let claims = Claims(
            self.learner.0,
            self.session.0,
            self.role,
            self.expires_ms,
            self.nonce,
        );
        let claims = rmp_serde::to_vec(&claims).expect("plain values pack");
        secret.sign(PURPOSE, &claims)
    }

    /// Reads a ticket meant for `session`.
    ///
    /// # Errors
    /// [`TicketError::Bad`] for anything forged or foreign, [`TicketError::Expired`] for one of ours
    /// that is too old.
    pub fn open(
        secret: &Secret,
        text: &str,
        session: SessionId,
        now_ms: i64,
    ) -> Result<Self, TicketError> {
        let claims = secret.open(PURPOSE, text).ok_or(TicketError::Bad)?;
        let Claims(learner, for_session, role, expires_ms, nonce) =
            rmp_serde::from_slice(&claims).map_err(|_| TicketError::Bad)?;
        let ticket = Self {
            learner: LearnerId(learner),
            session: SessionId(for_session),
            role,
            expires_ms,
            nonce,
        };
        if ticket.session != session {
            return Err(TicketError::Bad);
        }
        if now_ms >= ticket.expires_ms {
            return Err(TicketError::Expired);
        }
        Ok(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_opens_its_own_session_until_it_expires() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let session = SessionId(Uuid::from_u128(1));
        let ticket = Ticket::issue(LearnerId(Uuid::from_u128(2)), session, 1_000);
        let text = ticket.seal(&secret);
        let open = |session, now| Ticket::open(&secret, &text, session, now);
        assert_eq!(open(session, 30_999), Ok(ticket.clone()));
        assert_eq!(open(session, 31_000), Err(TicketError::Expired));
        let foreign = SessionId(Uuid::from_u128(3));
        assert_eq!(open(foreign, 1_000), Err(TicketError::Bad));
        assert_eq!(
            Ticket::open(&secret, "t1.x.y", session, 0),
            Err(TicketError::Bad)
        );
    }
}
