//! A socket of another instance whose session is here: an actor like every connection, fed by a channel instead of a socket.
//!
//! Owns what other instances may ask of this one. Must not trust them further than their link has proved: that they are of the fleet.

use std::future::poll_fn;
use std::sync::{Arc, Weak};

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, StreamHandler, WrapFuture,
};
use bytes::Bytes;
use futures_util::stream;
use learnr_protocol::{CloseCode, Encoding, ResumePoint};
use uuid::Uuid;

use super::ConnectionContext;
use super::counted::Counted;
use super::intake::Intake;
use super::joining::refused_with;
use crate::cluster::link::{Answer, Channel, Host, Received, Sender};
use crate::cluster::{Member, Reply};
use crate::session::fleet::{Asked, Told};
use crate::session::{Admission, Attach, Detach, Next, Outbox, OutboxBound, SessionHandle};
use crate::store::{LearnerId, SessionId};

/// Answers what other instances ask.
pub struct Reception {
    /// What the connections of this instance share.
    pub context: Weak<ConnectionContext>,
}

/// A socket that asks to be let in.
struct Joining {
    session: SessionId,
    learner: LearnerId,
    encoding: Encoding,
    resume: Option<ResumePoint>,
}

impl Host for Reception {
    fn opened(&self, by: Member, request: Bytes, channel: Channel, answer: Answer) {
        let Some(context) = self.context.upgrade() else {
            return;
        };
        let registry = Arc::clone(&context.registry);
        match Asked::from_bytes(&request) {
            Some(Asked::HandOver { session, errand }) => {
                let id = SessionId(session);
                let on = Arc::clone(&registry);
                on.on_thread_of(id, async move {
                    let told = told(registry.hand_over(id, errand).await);
                    tracing::debug!(session.id = %id, node = %by.node, ?errand, ?told, "asked for a session");
                    tell(answer, told);
                    // Nothing follows; dropped before, it would have closed what is answered on.
                    drop(channel);
                });
            }
            Some(Asked::Join {
                session,
                learner,
                json,
                resume,
            }) => {
                let joining = joining(session, learner, json, resume);
                let on = joining.session;
                registry.on_thread_of(on, joining.join(context, channel, answer));
            }
            None => tell(answer, Told::NotUnderstood),
        }
    }
}

fn tell(answer: Answer, told: Told) {
    if let Err(error) = answer.send(told.to_bytes()) {
        tracing::debug!(%error, "whoever asked has gone");
    }
}

fn joining(session: Uuid, learner: Uuid, json: bool, resume: Option<(String, u32)>) -> Joining {
    Joining {
        session: SessionId(session),
        learner: LearnerId(learner),
        encoding: if json {
            Encoding::Json
        } else {
            Encoding::MsgPack
        },
        resume: resume.map(|(stream, offset)| ResumePoint { stream, offset }),
    }
}

fn told(reply: Reply) -> Told {
    match reply {
        Reply::Holds => Told::Holds,
        Reply::Stays => Told::Stays,
        Reply::LetGo | Reply::Dead | Reply::Silent => Told::LetGo,
    }
}

impl Joining {
    async fn join(self, context: Arc<ConnectionContext>, channel: Channel, answer: Answer) {
        let Some(place) = context.place_relayed() else {
            return tell(answer, Told::Refused(CloseCode::Unavailable.number()));
        };
        let outbox = Arc::new(Outbox::bounded(OutboxBound::default()));
        let id = context.next_id();
        let attach = Attach {
            connection: id,
            admission: Admission::Vouched(self.learner),
            encoding: self.encoding,
            resume: self.resume,
            outbox: Arc::clone(&outbox),
            relayed: true,
        };
        let attached = context.registry.attach_relayed(self.session, attach).await;
        let handle = match attached {
            Some(Ok(handle)) => handle,
            Some(Err(refused)) => {
                let code = refused_with(refused);
                return tell(answer, Told::Refused(code.number()));
            }
            None => return tell(answer, Told::LetGo),
        };
        tell(answer, Told::Joined);
        let intake = Intake::new(context, id, self.encoding, outbox);
        RelayedActor::launch(intake, handle, channel, place);
    }
}

/// One socket of another instance.
struct RelayedActor {
    intake: Intake,
    handle: SessionHandle,
    /// Taken by the task that writes.
    sender: Option<Sender>,
    /// Held for as long as the socket is part of the session.
    _place: Counted,
}

impl RelayedActor {
    fn launch(intake: Intake, handle: SessionHandle, channel: Channel, place: Counted) {
        let (sender, receiver) = channel.split();
        let received = stream::unfold(receiver, |mut receiver| async move {
            let received = receiver.recv().await?;
            if matches!(received, Received::Frame(_)) {
                // Taken at once: what waits for the session has its own bound.
                receiver.grant(1);
            }
            Some((received, receiver))
        });
        Self::create(|ctx| {
            ctx.add_stream(received);
            Self {
                intake,
                handle,
                sender: Some(sender),
                _place: place,
            }
        });
    }
}

impl Actor for RelayedActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let Some(sender) = self.sender.take() else {
            return;
        };
        let written = write(Arc::clone(&self.intake.outbox), sender);
        ctx.spawn(written.into_actor(self).map(|(), _, ctx| ctx.stop()));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.intake.outbox.close(CloseCode::Normal);
        self.handle.addr.do_send(Detach {
            connection: self.intake.id,
        });
    }
}

impl StreamHandler<Received> for RelayedActor {
    fn handle(&mut self, received: Received, ctx: &mut Self::Context) {
        match received {
            Received::Frame(_) if self.intake.outbox.is_closing() => {}
            Received::Frame(frame) => {
                if let Some(message) = self.intake.decode(&frame) {
                    self.intake.hand_to(&self.handle, message);
                }
            }
            Received::Closed(_) => ctx.stop(),
        }
    }

    /// The link is gone, and the socket's instance with it or not: it will ask again.
    fn finished(&mut self, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

/// Writes what waits for the socket to its instance, as fast as that takes it.
async fn write(outbox: Arc<Outbox>, sender: Sender) {
    loop {
        match poll_fn(|cx| outbox.poll_next(cx)).await {
            Next::Frame(frame) => {
                let sent = tokio::select! {
                    sent = sender.send(frame) => sent.is_ok(),
                    () = too_slow(&outbox) => {
                        sender.close(CloseCode::TooSlow.number());
                        false
                    }
                };
                if !sent {
                    return;
                }
            }
            Next::Ping | Next::Pong(_) => {}
            Next::Close(code) => return sender.close(code.number()),
        }
    }
}

/// Ends when what waits for the socket has found no more room: nothing of it will be sent, so that nobody waits for it to be.
async fn too_slow(outbox: &Outbox) {
    if outbox.closing().await != CloseCode::TooSlow {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt;

    use super::*;
    use crate::session::Worth;

    #[test]
    fn only_a_socket_that_takes_no_more_is_given_up_before_what_waits_for_it() {
        let leaving = Outbox::default();
        assert!(leaving.push(Worth::Durable, Bytes::from_static(b"last")));
        leaving.close(CloseCode::Draining);
        assert_eq!(too_slow(&leaving).now_or_never(), None);
        let slow = Outbox::bounded(OutboxBound {
            frames: 1,
            bytes: 8,
        });
        assert!(slow.push(Worth::Durable, Bytes::from_static(b"first")));
        assert_eq!(too_slow(&slow).now_or_never(), None);
        assert!(!slow.push(Worth::Durable, Bytes::from_static(b"second")));
        assert_eq!(too_slow(&slow).now_or_never(), Some(()));
    }
}
