//! Whether what was deleted is gone from the disk: the files of the store, byte for byte.

use std::path::Path;

use learnr_protocol::SessionKind;

use super::{another, delete, learner_of, practised};
use crate::harness::Server;

/// Bytes that tell one learner's state from every other's: more than meet by chance.
const TELLING_BYTES: usize = 24;
/// Cuts taken of what is longer: one of them may lie across two pages.
const CUTS: usize = 5;

/// What is looked for, and the bytes any of which give it away.
type Wanted = (&'static str, Vec<Vec<u8>>);

/// Which of `wanted` stand in any file of a folder.
fn found(folder: &Path, wanted: &[Wanted]) -> Vec<&'static str> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            files.push(std::fs::read(&path).expect("a file"));
        }
    }
    let stands = |needle: &Vec<u8>| {
        let holds = |file: &Vec<u8>| file.windows(needle.len()).any(|window| window == needle);
        files.iter().any(holds)
    };
    let there = wanted.iter().filter(|(_, cuts)| cuts.iter().any(stands));
    there.map(|(name, _)| *name).collect()
}

fn cuts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let step = bytes.len() / (CUTS + 1);
    assert!(step > TELLING_BYTES, "{} bytes are too few", bytes.len());
    let cuts = (1..=CUTS).map(|cut| bytes[cut * step..][..TELLING_BYTES].to_vec());
    cuts.collect()
}

#[actix_rt::test]
async fn nothing_of_a_deleted_learner_is_left_in_the_files() {
    let server = Server::start().await;
    let past = practised(&server).await;
    let open = another(&server, &past.token, SessionKind::Practice).await;
    let learner = learner_of(&server, &past.session).await;
    let row = server.store.learner(learner).await.expect("answered");
    let row = row.expect("there is one");
    let certification = server.stored_session(&past.session).await.certification;
    let state = server.store.learner_state(learner, &certification).await;
    let state = state.expect("answered").expect("it was folded").body;
    let started = server.stored_events(&open.session).await.remove(0).payload;
    let subject = row.identities[0].identity.subject.clone();
    let wanted = [
        ("identity", vec![subject.into_bytes()]),
        ("learner", vec![learner.0.as_bytes().to_vec()]),
        ("state", cuts(&state)),
        // Nearly all of it is what was known of the learner.
        ("prior", cuts(&started)),
    ];
    let folder = server.data.path().to_owned();
    let all: Vec<_> = wanted.iter().map(|(name, _)| *name).collect();
    assert_eq!(found(&folder, &wanted), all, "before the deletion");

    delete(&server.rest, &past.token).await;
    assert_eq!(found(&folder, &wanted), [""; 0], "while the server runs");
    let kept = server.data;
    server.app.stop().await.expect("a clean stop");
    assert_eq!(found(kept.path(), &wanted), [""; 0], "once it is closed");
}
