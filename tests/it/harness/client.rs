//! One learner on one socket, one verb for each thing a client can do.

use bytes::Bytes;
use learnr_loadtest::api::Rest;
use learnr_loadtest::socket::{DEADLINE, Dial, Frame, Incoming, Socket};
use learnr_protocol::rest::SessionTicket;
use learnr_protocol::{
    Answer, Answered, ClientMessage, Encoding, ErrorCode, Hello, Question, Recorded, Refused,
    Response, ResumePoint, Saving, ServerMessage, SessionChanged, State, Summary, Welcome,
    decode_server,
};
use tokio::time::Instant;

/// A learner who was welcomed.
pub(crate) struct Client {
    pub(crate) rest: Rest,
    pub(crate) token: String,
    pub(crate) session: String,
    pub(crate) socket: Socket,
    pub(crate) welcome: Welcome,
    /// The state of the last full one received.
    pub(crate) state: Option<State>,
    /// Every message heard, as its bytes came.
    pub(crate) wire: Vec<Bytes>,
    requests: u32,
}

impl Client {
    /// Connects with a ticket from nothing, and reads the welcome and the state.
    pub(crate) async fn join(
        rest: &Rest,
        token: &str,
        ticket: &SessionTicket,
        encoding: Encoding,
    ) -> Self {
        let socket = Self::dial(rest, &ticket.session_id, encoding).await;
        let mut client = Self::greet(rest, token, ticket, socket, None).await;
        match client.next().await {
            ServerMessage::State(state) => client.state = Some(state),
            other => panic!("the state follows the welcome, got {other:?}"),
        }
        client
    }

    /// Another socket on the same session, with the state from nothing.
    pub(crate) async fn again(&self) -> Self {
        let ticket = self.ticket().await;
        Self::join(&self.rest, &self.token, &ticket, self.socket.encoding()).await
    }

    /// Another socket on the same session that resumes after `offset`; what was missed is still to be read.
    pub(crate) async fn resume_from(&self, offset: u32) -> Self {
        let ticket = self.ticket().await;
        let encoding = self.socket.encoding();
        let socket = Self::dial(&self.rest, &self.session, encoding).await;
        let resume = ResumePoint {
            stream: self.welcome.stream.clone(),
            offset,
        };
        Self::greet(&self.rest, &self.token, &ticket, socket, Some(resume)).await
    }

    /// A fresh ticket for the session.
    pub(crate) async fn ticket(&self) -> SessionTicket {
        self.rest
            .ticket(&self.token, &self.session)
            .await
            .expect("a ticket")
    }

    /// A socket on which nothing was said yet.
    pub(crate) async fn dial(rest: &Rest, session: &str, encoding: Encoding) -> Socket {
        let dial = Dial::new(rest.base().clone(), session, encoding);
        Socket::connect(&dial).await.expect("the upgrade")
    }

    async fn greet(
        rest: &Rest,
        token: &str,
        ticket: &SessionTicket,
        mut socket: Socket,
        resume: Option<ResumePoint>,
    ) -> Self {
        socket
            .send(&hello(&ticket.ticket, resume))
            .await
            .expect("hello is sent");
        let mut wire = Vec::new();
        let welcome = match hear(&mut socket, &mut wire).await {
            ServerMessage::Welcome(welcome) => welcome,
            other => panic!("a welcome answers hello, got {other:?}"),
        };
        Self {
            rest: rest.clone(),
            token: token.to_owned(),
            session: ticket.session_id.clone(),
            socket,
            welcome,
            state: None,
            wire,
            requests: 0,
        }
    }

    /// The question open when the client joined.
    pub(crate) fn question(&self) -> Question {
        let state = self.state.as_ref().expect("the client joined from nothing");
        state.question.clone().expect("a question is open")
    }

    /// The next message but `saving`, which a busy disk may bring at any time.
    pub(crate) async fn next(&mut self) -> ServerMessage {
        loop {
            match self.hear().await {
                ServerMessage::Saving(_) => {}
                message => return message,
            }
        }
    }

    /// The next message, whatever it is.
    pub(crate) async fn hear(&mut self) -> ServerMessage {
        hear(&mut self.socket, &mut self.wire).await
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        self.socket
            .send(message)
            .await
            .expect("the message is sent");
    }

    /// Answers with the first option and returns what was stored.
    pub(crate) async fn answer(&mut self, question: &Question) -> Answered {
        self.requests += 1;
        let request_id = format!("{}-{}", question.position, self.requests);
        self.say(&answer(&request_id, question)).await;
        self.answered().await
    }

    /// The next message, which is an answer stored.
    pub(crate) async fn answered(&mut self) -> Answered {
        match self.next().await {
            ServerMessage::Answered(answered) => answered,
            other => panic!("an answer stored, got {other:?}"),
        }
    }

    /// The next message, which is an exam's answer stored.
    pub(crate) async fn recorded(&mut self) -> Recorded {
        match self.next().await {
            ServerMessage::Recorded(recorded) => recorded,
            other => panic!("an exam's answer stored, got {other:?}"),
        }
    }

    /// The next message, which tells of a change in the session.
    pub(crate) async fn changed(&mut self) -> SessionChanged {
        match self.next().await {
            ServerMessage::SessionChanged(changed) => changed,
            other => panic!("a change of the session, got {other:?}"),
        }
    }

    /// The next message, which tells of the end.
    pub(crate) async fn completed(&mut self) -> Summary {
        match self.next().await {
            ServerMessage::Completed(completed) => completed.summary,
            other => panic!("the end, got {other:?}"),
        }
    }

    /// The next message, which is a refusal with this code.
    pub(crate) async fn refused(&mut self, code: ErrorCode) -> Refused {
        match self.next().await {
            ServerMessage::Error(refused) if refused.code == code => refused,
            other => panic!("a refusal {code:?}, got {other:?}"),
        }
    }

    /// Everything that comes up to the answer to a message that queues behind all that was sent before.
    pub(crate) async fn settled(&mut self) -> Vec<ServerMessage> {
        self.requests += 1;
        let request_id = format!("settled-{}", self.requests);
        self.say(&resume(&request_id)).await;
        let mut heard = Vec::new();
        loop {
            match self.next().await {
                ServerMessage::Error(refused)
                    if refused.request_id.as_deref() == Some(&request_id) =>
                {
                    return heard;
                }
                other => heard.push(other),
            }
        }
    }

    /// The next message, which reports a command taken and not stored.
    pub(crate) async fn saving(&mut self) -> Saving {
        match self.hear().await {
            ServerMessage::Saving(saving) => saving,
            other => panic!("a command being saved, got {other:?}"),
        }
    }

    /// Asks for a pong and reads it as the next message: what was sent before has reached the session.
    pub(crate) async fn ping(&mut self) {
        self.say(&ClientMessage::Ping { t: 7 }).await;
        match self.next().await {
            ServerMessage::Pong(pong) => assert_eq!(pong.t, 7),
            other => panic!("a pong, got {other:?}"),
        }
    }

    /// Holds that the session stands at `question`, has `answered` answers, and goes on.
    pub(crate) async fn assert_intact(&self, question: &Question, answered: u16) {
        let mut back = self.again().await;
        assert_eq!(back.question(), *question);
        let progress = back.state.as_ref().map(|state| state.progress.answered);
        assert_eq!(progress, Some(answered));
        assert_eq!(back.answer(question).await.position, question.position);
    }

    /// Reads until the socket is closed; its code.
    pub(crate) async fn closed(&mut self) -> u16 {
        closed(&mut self.socket).await
    }
}

/// The next message of a socket, kept on `wire` as it came.
async fn hear(socket: &mut Socket, wire: &mut Vec<Bytes>) -> ServerMessage {
    match socket.incoming(Instant::now() + DEADLINE).await {
        Some(Incoming::Payload(payload)) => {
            wire.push(payload.clone());
            decode_server(&payload, socket.encoding()).expect("a message of the contract")
        }
        other => panic!("a message, got {other:?}"),
    }
}

/// Reads until a socket is closed; its code.
pub(crate) async fn closed(socket: &mut Socket) -> u16 {
    loop {
        match socket.next().await {
            Ok(Frame::Close { code, .. }) => return code,
            Ok(Frame::Message(_)) => {}
            other => panic!("a close frame, got {other:?}"),
        }
    }
}

/// The first message of every socket.
pub(crate) fn hello(ticket: &str, resume: Option<ResumePoint>) -> ClientMessage {
    ClientMessage::Hello(Hello {
        ticket: ticket.to_owned(),
        resume,
        client: "learnr-tests/0".to_owned(),
    })
}

/// An answer with the first option.
pub(crate) fn answer(request_id: &str, question: &Question) -> ClientMessage {
    answer_with(request_id, question.position, &[&question.options[0].id])
}

/// An answer with any options to any position.
pub(crate) fn answer_with(request_id: &str, position: u16, options: &[&str]) -> ClientMessage {
    ClientMessage::Answer(Answer {
        request_id: request_id.to_owned(),
        position,
        response: Response::Choice {
            options: options.iter().map(ToString::to_string).collect(),
        },
        confidence: None,
    })
}

/// Stops the clocks.
pub(crate) fn pause(request_id: &str) -> ClientMessage {
    ClientMessage::Pause {
        request_id: request_id.to_owned(),
    }
}

/// Starts the clocks.
pub(crate) fn resume(request_id: &str) -> ClientMessage {
    ClientMessage::Resume {
        request_id: request_id.to_owned(),
    }
}

/// Marks a question of an exam.
pub(crate) fn flag(request_id: &str, position: u16) -> ClientMessage {
    ClientMessage::Flag {
        request_id: request_id.to_owned(),
        position,
    }
}

/// Takes the mark away.
pub(crate) fn unflag(request_id: &str, position: u16) -> ClientMessage {
    ClientMessage::Unflag {
        request_id: request_id.to_owned(),
        position,
    }
}

/// Turns to a question of an exam.
pub(crate) fn go_to(position: u16) -> ClientMessage {
    ClientMessage::GoTo { position }
}

/// Ends the session.
pub(crate) fn finish(request_id: &str) -> ClientMessage {
    ClientMessage::Finish {
        request_id: request_id.to_owned(),
    }
}
