//! Frames that are not messages.

use learnr_loadtest::raw::{self, BINARY, CLOSE, CONTINUATION, PING, TEXT, header};
use learnr_loadtest::socket::RawMessage;
use learnr_protocol::{Encoding, ErrorCode, SessionKind, encode};
use serde_json::{Value, json};

use crate::harness::{Bare, Server, demonstration};

/// A frame of the encoding with these bytes as its payload.
fn frame(encoding: Encoding, payload: &[u8]) -> RawMessage {
    match encoding {
        Encoding::MsgPack => RawMessage::Binary(payload.to_vec().into()),
        Encoding::Json => RawMessage::Text(
            String::from_utf8(payload.to_vec())
                .expect("the test writes UTF-8")
                .into(),
        ),
    }
}

fn message(encoding: Encoding, value: &Value) -> RawMessage {
    frame(encoding, &encode(value, encoding))
}

#[actix_rt::test]
async fn garbage_closes_the_socket_and_leaves_the_session_as_it_was() {
    let server = Server::start().await;
    let trailing = [
        encode(&json!({"type": "ping", "t": 1}), Encoding::MsgPack).as_ref(),
        &[0],
    ]
    .concat();
    let deep = |byte: u8| vec![byte; 16_000];
    let msgpack = [
        vec![0xc1, 0xff, 0x00],
        vec![],
        vec![0x81],
        vec![0xdb, 0xff, 0xff, 0xff, 0xff, b'a'],
        vec![0xdd, 0xff, 0xff, 0xff, 0xff, 0x01],
        deep(0x91),
        trailing,
    ];
    let json = [
        b"{nonsense".to_vec(),
        vec![],
        b"{\"type\":\"ping\",\"t\":1}}".to_vec(),
        deep(b'['),
    ];
    for (encoding, cases) in [
        (Encoding::MsgPack, &msgpack[..]),
        (Encoding::Json, &json[..]),
    ] {
        for garbage in cases {
            let mut client = server
                .client(&demonstration(SessionKind::Practice), encoding)
                .await;
            let question = client.question();
            let next = client
                .answer(&question)
                .await
                .next
                .expect("a next question");
            client
                .socket
                .send_raw(frame(encoding, garbage))
                .await
                .expect("sent");
            assert_eq!(client.closed().await, 4501, "{garbage:x?}");
            client.assert_intact(&next, 1).await;
        }
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_message_of_the_wrong_shape_is_refused_and_the_socket_stays_open() {
    let server = Server::start().await;
    let answer = |field: &str, value: Value| {
        let mut answer = json!({
            "type": "answer", "request_id": "r", "position": 1,
            "response": {"kind": "choice", "options": ["a"]},
        });
        answer[field] = value;
        answer
    };
    let many: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    let named = Some("r");
    let cases = [
        (json!([1, 2]), None),
        (json!(null), None),
        (json!({}), None),
        (json!({"type": 5}), None),
        (json!({"type": "answer"}), None),
        (json!({"type": "pause", "request_id": 7}), None),
        (answer("position", json!("one")), named),
        (answer("position", json!(-1)), named),
        (answer("position", json!(65_536)), named),
        (
            answer("response", json!({"kind": "essay", "text": "long"})),
            named,
        ),
        (
            answer("response", json!({"kind": "choice", "options": "a"})),
            named,
        ),
        (
            answer("response", json!({"kind": "choice", "options": many})),
            named,
        ),
        (
            answer(
                "response",
                json!({"kind": "choice", "options": ["x".repeat(65)]}),
            ),
            named,
        ),
        (answer("request_id", json!("x".repeat(65))), None),
        (answer("request_id", json!("")), Some("")),
    ];
    for encoding in Encoding::ALL {
        let mut client = server
            .client(&demonstration(SessionKind::Practice), encoding)
            .await;
        for (case, request_id) in &cases {
            client
                .socket
                .send_raw(message(encoding, case))
                .await
                .expect("sent");
            let refused = client.refused(ErrorCode::BadMessage).await;
            assert_eq!(refused.request_id.as_deref(), *request_id, "{case}");
            assert!(!refused.retryable, "{case}");
        }
        let question = client.question();
        assert_eq!(client.answer(&question).await.offset, 2);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn an_unknown_type_is_refused_and_the_socket_stays_open() {
    let server = Server::start().await;
    for encoding in Encoding::ALL {
        let mut client = server
            .client(&demonstration(SessionKind::Practice), encoding)
            .await;
        let cases = [
            ("levitate", "r1"),
            ("", "r2"),
            ("Answer", "r3"),
            ("welcome", "r4"),
        ];
        for (kind, request_id) in cases {
            let unknown = json!({"type": kind, "request_id": request_id, "more": [1, {"a": null}]});
            client
                .socket
                .send_raw(message(encoding, &unknown))
                .await
                .expect("sent");
        }
        for (kind, request_id) in cases {
            let refused = client.refused(ErrorCode::UnknownType).await;
            assert_eq!(refused.request_id.as_deref(), Some(request_id));
            assert!(
                refused.message.contains(&format!("{kind:?}")),
                "{}",
                refused.message
            );
        }
        let question = client.question();
        assert_eq!(client.answer(&question).await.offset, 2);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_field_that_is_not_known_is_ignored() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    let answer = json!({
        "type": "answer", "request_id": "r", "position": 1, "mood": "good",
        "response": {"kind": "choice", "options": [question.options[0].id], "ink": "blue"},
    });
    client
        .socket
        .send_raw(message(Encoding::MsgPack, &answer))
        .await
        .expect("sent");
    assert_eq!(client.answered().await.request_id, "r");
    server.stop().await;
}

#[actix_rt::test]
async fn frames_of_the_other_kind_than_agreed_close_the_socket() {
    let server = Server::start().await;
    let ping = json!({"type": "ping", "t": 1});
    for (agreed, sent) in [
        (Encoding::MsgPack, Encoding::Json),
        (Encoding::Json, Encoding::MsgPack),
    ] {
        let mut client = server
            .client(&demonstration(SessionKind::Practice), agreed)
            .await;
        client
            .socket
            .send_raw(message(sent, &ping))
            .await
            .expect("sent");
        assert_eq!(client.closed().await, 4501);
        client.assert_intact(&client.question(), 0).await;
    }
    server.stop().await;
}

#[actix_rt::test]
async fn bytes_that_are_no_frame_close_the_socket_and_leave_the_session_as_it_was() {
    let server = Server::start().await;
    let client = server.practice().await;
    let frame = |opcode, fin, mask| [header(opcode, fin, 2, mask), vec![0xff, 0xfe]].concat();
    let mask = Some([0; 4]);
    let mut reserved = frame(BINARY, true, mask);
    reserved[0] |= 0x40;
    let mut overlong = header(PING, true, 126, mask);
    overlong.extend([0; 126]);
    let closing = |payload: &[u8]| raw::frame(CLOSE, true, payload);
    let cases = [
        ("no mask", frame(BINARY, true, None), 1002),
        ("a reserved bit", reserved, 1002),
        ("no such opcode", frame(3, true, mask), 1002),
        ("a ping in pieces", frame(PING, false, mask), 1002),
        ("a ping of 126 bytes", overlong, 1002),
        ("half a close code", closing(b"a"), 1002),
        ("a close code nobody may send", closing(&[3, 237]), 1002),
        ("text that is not UTF-8", frame(TEXT, true, mask), 1007),
        (
            "pieces of text that are not UTF-8",
            [
                raw::frame(TEXT, false, b"a"),
                raw::frame(CONTINUATION, true, &[0xff]),
            ]
            .concat(),
            1007,
        ),
    ];
    for (case, bytes, code) in cases {
        let mut bare = Bare::joined(&client).await;
        bare.write(&bytes).await;
        assert_eq!(bare.closed().await, Some(code), "{case}");
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}
