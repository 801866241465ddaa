//! The wire contract: both encodings round-trip every message, bad frames are told apart, and the
//! published files are what the types generate.

use std::path::Path;

use learnr_protocol::{
    CloseCode, DecodeError, Encoding, decode_client, decode_server, encode, examples, schema,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn every_message_survives_both_encodings() {
    for encoding in Encoding::ALL {
        for (name, message) in examples::client() {
            let frame = encode(&message, encoding);
            assert_eq!(
                decode_client(&frame, encoding).as_ref(),
                Ok(&message),
                "{name}"
            );
        }
        for (name, message) in examples::server() {
            let frame = encode(&message, encoding);
            assert_eq!(
                decode_server(&frame, encoding).as_ref(),
                Ok(&message),
                "{name}"
            );
        }
    }
}

#[test]
fn both_encodings_carry_the_same_map() {
    for (name, message) in examples::server() {
        let packed: Value = rmp_serde::from_slice(&encode(&message, Encoding::MsgPack))
            .expect("a MessagePack map reads as a JSON value");
        let text: Value = serde_json::from_slice(&encode(&message, Encoding::Json))
            .expect("JSON reads as a JSON value");
        assert_eq!(packed, text, "{name}");
    }
}

fn frame(value: &Value) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("a JSON value packs")
}

#[test]
fn unknown_fields_are_ignored() {
    let frame = frame(&json!({"type": "ping", "t": 5, "colour": {"deep": [1, 2]}}));
    assert!(decode_client(&frame, Encoding::MsgPack).is_ok());
}

#[test]
fn a_bad_frame_is_told_apart_by_what_can_be_done_about_it() {
    let check = |frame: &[u8], expected: fn(&DecodeError) -> bool| {
        let error = decode_client(frame, Encoding::MsgPack).expect_err("the frame is bad");
        assert!(expected(&error), "{frame:?} gave {error:?}");
    };
    let garbage = |e: &DecodeError| matches!(e, DecodeError::Garbage);
    let shape = |e: &DecodeError| matches!(e, DecodeError::BadShape { .. });
    let unknown = |e: &DecodeError| matches!(e, DecodeError::UnknownType { request_id: Some(id), .. } if id == "r1");
    check(b"", garbage);
    check(&[0xc1; 40], garbage);
    check(&[0xdd, 0xff, 0xff, 0xff, 0xff], garbage);
    check(&[0x01, 0x02], garbage);
    check(&frame(&json!([1, 2])), shape);
    check(&frame(&json!({"type": 5})), shape);
    check(&frame(&json!({})), shape);
    check(
        &frame(&json!({"type": "answer", "request_id": "r1"})),
        shape,
    );
    check(&frame(&json!({"type": "pause", "request_id": ""})), shape);
    check(
        &frame(&json!({"type": "pause", "request_id": "x".repeat(65)})),
        shape,
    );
    check(
        &frame(&json!({"type": "answer", "request_id": "r", "position": 1,
            "response": {"kind": "choice", "options": vec!["a"; 9]}})),
        shape,
    );
    check(
        &frame(&json!({"type": "dance", "request_id": "r1"})),
        unknown,
    );
}

#[test]
fn close_codes_are_distinct_and_say_who_reconnects() {
    let mut numbers: Vec<u16> = CloseCode::ALL.iter().map(|code| code.number()).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), CloseCode::ALL.len());
    assert!(CloseCode::reconnects(CloseCode::TicketSpent.number()));
    assert!(!CloseCode::reconnects(CloseCode::BadTicket.number()));
    assert!(!CloseCode::reconnects(CloseCode::TooBig.number()));
}

#[test]
fn the_published_files_are_what_the_types_generate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stale: Vec<String> = schema::files()
        .into_iter()
        .filter(|(path, text)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert!(stale.is_empty(), "stale, run `make schema`: {stale:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoders_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        for encoding in Encoding::ALL {
            if let Err(error) = decode_client(&bytes, encoding) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
