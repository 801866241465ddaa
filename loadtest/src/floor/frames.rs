//! How large the frames of an answer are: what the learner sends, and what comes back. Owns the constants and the
//! measuring of one session, by which a test of the server holds the constants to what is so.

use anyhow::{Context, bail};
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{
    Answer, ClientMessage, Encoding, Hello, Question, Response, ServerMessage, SessionKind,
    decode_server, encode,
};
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::Rest;
use crate::base::Base;
use crate::scenario::Wire;
use crate::socket::{DEADLINE, Dial, Incoming, Socket};

/// Answers that are measured: the size differs little from one to the next.
const ANSWERS: usize = 10;
/// Questions of the session they are in.
const LENGTH: u16 = 20;

/// Mean sizes of the frames of an answer, bytes, without the WebSocket's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameBytes {
    /// The answer.
    pub request: usize,
    /// What acknowledges it: the explanations, and the next question.
    pub reply: usize,
}

impl FrameBytes {
    /// What they are with the load test's own certification.
    #[must_use]
    pub fn of(encoding: Wire) -> Self {
        match encoding {
            Wire::Msgpack => Self {
                request: 115,
                reply: 1_750,
            },
            Wire::Json => Self {
                request: 137,
                reply: 1_880,
            },
        }
    }

    /// Plays a part of a session on the server at `base` and measures.
    ///
    /// # Errors
    /// When that session does not go as sessions go.
    pub async fn measure(base: &Base, encoding: Encoding) -> anyhow::Result<Self> {
        let mut learner = Learner::join(base, encoding).await?;
        let (mut request, mut reply) = (0, 0);
        for _ in 0..ANSWERS {
            let answer = learner.answer()?;
            request += encode(&answer, encoding).len();
            learner.socket.send(&answer).await?;
            reply += learner.acknowledged().await?;
        }
        Ok(Self {
            request: request / ANSWERS,
            reply: reply / ANSWERS,
        })
    }
}

/// One who answers with the first option.
struct Learner {
    socket: Socket,
    question: Option<Question>,
}

impl Learner {
    async fn join(base: &Base, encoding: Encoding) -> anyhow::Result<Self> {
        let rest = Rest::new(base.clone());
        let guest = rest.guest().await?;
        let list = rest.certifications().await?;
        let first = list.certifications.into_iter().next();
        let create = CreateSession {
            certification: first.context("no certification")?.id,
            kind: SessionKind::Practice,
            length: Some(LENGTH),
            areas: Vec::new(),
            concepts: Vec::new(),
            time_limit_minutes: None,
        };
        let ticket = rest.create_session(&guest.token, &create).await?;
        let dial = Dial::new(base.clone(), &ticket.session_id, encoding);
        let mut socket = Socket::connect(&dial).await?;
        let hello = ClientMessage::Hello(Hello {
            ticket: ticket.ticket,
            resume: None,
            client: "learnr-loadtest".to_owned(),
        });
        socket.send(&hello).await?;
        let mut learner = Self {
            socket,
            question: None,
        };
        while learner.question.is_none() {
            learner.hear().await?;
        }
        Ok(learner)
    }

    fn answer(&self) -> anyhow::Result<ClientMessage> {
        let question = self.question.as_ref().context("the session has ended")?;
        let option = question.options.first().context("no option")?;
        Ok(ClientMessage::Answer(Answer {
            request_id: Uuid::new_v4().to_string(),
            position: question.position,
            response: Response::Choice {
                options: vec![option.id.clone()],
            },
            confidence: None,
        }))
    }

    /// Bytes of the frame that acknowledges the answer.
    async fn acknowledged(&mut self) -> anyhow::Result<usize> {
        loop {
            let (message, bytes) = self.hear().await?;
            match message {
                ServerMessage::Answered(_) => return Ok(bytes),
                ServerMessage::Error(error) => bail!("refused: {error:?}"),
                _ => {}
            }
        }
    }

    /// The next message and its bytes; keeps the question in it.
    async fn hear(&mut self) -> anyhow::Result<(ServerMessage, usize)> {
        let heard = self.socket.incoming(Instant::now() + DEADLINE).await;
        let Some(Incoming::Payload(payload)) = heard else {
            bail!("the server gave {heard:?}");
        };
        let decoded = decode_server(&payload, self.socket.encoding());
        let message = decoded.map_err(|error| anyhow::anyhow!("not a message: {error}"))?;
        match &message {
            ServerMessage::State(state) => self.question.clone_from(&state.question),
            ServerMessage::Answered(answered) => self.question.clone_from(&answered.next),
            _ => {}
        }
        Ok((message, payload.len()))
    }
}
