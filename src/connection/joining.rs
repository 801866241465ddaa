//! How a socket becomes part of its session, here or on another instance.
//!
//! Owns the tries, and what a client is told when none succeeds. Must not decide where a session runs.

use std::sync::Arc;
use std::time::Duration;

use learnr_protocol::{CloseCode, Encoding, ResumePoint};

use super::ConnectionContext;
use crate::cluster::Member;
use crate::cluster::link::Channel;
use crate::session::fleet::{self, Told};
use crate::session::{
    ActivationError, Admission, Attach, AttachRefused, ConnectionId, Joined, Outbox, SessionHandle,
};
use crate::store::{LearnerId, SessionId};

/// Longest a session may take to come up before the client is told to try again.
const ATTACH_WITHIN: Duration = Duration::from_secs(10);
/// Instances tried that turn out not to have the session any more.
const JOINS_MAX: usize = 4;

/// What a socket is part of.
pub(super) enum Part {
    /// A session of this instance.
    Here(SessionHandle),
    /// One of another; its frames come over this channel.
    There(Channel),
}

/// A socket on its way into a session.
pub(super) struct Joining {
    pub(super) context: Arc<ConnectionContext>,
    pub(super) session: SessionId,
    pub(super) connection: ConnectionId,
    pub(super) encoding: Encoding,
    pub(super) learner: LearnerId,
    pub(super) admission: Admission,
    pub(super) resume: Option<ResumePoint>,
    pub(super) outbox: Arc<Outbox>,
}

impl Joining {
    /// Joins the session wherever it runs.
    ///
    /// # Errors
    /// What the socket is to be closed with.
    pub(super) async fn join(mut self) -> Result<Part, CloseCode> {
        if let Admission::Ticket(ticket) = &self.admission {
            let shared = self.context.registry.context();
            if shared.fleet.has_others() {
                let now = shared.clock.now_ms();
                let spent = shared.spend_in_fleet(ticket, now).await;
                spent.map_err(refused_with)?;
            }
        }
        tokio::time::timeout(ATTACH_WITHIN, self.somewhere())
            .await
            .unwrap_or(Err(CloseCode::Unavailable))
    }

    async fn somewhere(&mut self) -> Result<Part, CloseCode> {
        let registry = Arc::clone(&self.context.registry);
        for _ in 0..JOINS_MAX {
            let attached = registry.attach(self.session, || self.attach()).await;
            match attached.map_err(|error| close_code(self.session, &error))? {
                Ok(Joined::Here(handle)) => return Ok(Part::Here(handle)),
                Ok(Joined::There(member)) => {
                    if let Some(channel) = self.there(&member).await? {
                        return Ok(Part::There(channel));
                    }
                }
                Err(refused) => return Err(refused_with(refused)),
            }
        }
        Err(CloseCode::Unavailable)
    }

    fn attach(&self) -> Attach {
        Attach {
            connection: self.connection,
            admission: self.admission.clone(),
            encoding: self.encoding,
            resume: self.resume.clone(),
            outbox: Arc::clone(&self.outbox),
            relayed: false,
        }
    }

    /// Joins the session on another instance; `None` when it is not there any more.
    async fn there(&mut self, member: &Member) -> Result<Option<Channel>, CloseCode> {
        let shared = self.context.registry.context();
        if let Admission::Ticket(ticket) = &self.admission {
            shared
                .spend(ticket, shared.clock.now_ms())
                .map_err(refused_with)?;
            self.admission = Admission::Vouched(self.learner);
        }
        let resume = self.resume.as_ref();
        let asked = fleet::join(
            self.session,
            self.learner,
            self.encoding == Encoding::Json,
            resume.map(|resume| (resume.stream.clone(), resume.offset)),
        );
        match shared.fleet.open(member, &asked).await {
            Ok((Told::Joined, channel)) => Ok(Some(channel)),
            Ok((Told::Refused(number), _)) => {
                Err(CloseCode::from_number(number).unwrap_or(CloseCode::Unavailable))
            }
            Ok(_) | Err(_) => Ok(None),
        }
    }
}

/// What a refused socket is closed with.
pub(super) fn refused_with(refused: AttachRefused) -> CloseCode {
    match refused {
        AttachRefused::TicketSpent => CloseCode::TicketSpent,
        AttachRefused::BadTicket => CloseCode::BadTicket,
        AttachRefused::Busy | AttachRefused::Leaving => CloseCode::Unavailable,
    }
}

/// How a client learns that its session cannot be brought up.
fn close_code(session: SessionId, error: &ActivationError) -> CloseCode {
    match error {
        ActivationError::NotFound | ActivationError::Deleted => CloseCode::Removed,
        // Coming back for another ticket, the client is told the rest.
        ActivationError::Faulted => CloseCode::Faulted,
        ActivationError::Busy | ActivationError::Elsewhere | ActivationError::Store(_) => {
            CloseCode::Unavailable
        }
        ActivationError::Draining => CloseCode::Draining,
        ActivationError::Bank(_) | ActivationError::Record(_) | ActivationError::Replay(_) => {
            tracing::error!(session.id = %session, %error, "session cannot be brought up");
            CloseCode::Removed
        }
    }
}
