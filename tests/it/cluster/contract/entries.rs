//! What a directory promises of entries.

use learnr::cluster::{Entry, Renewed};
use uuid::Uuid;

use super::{Place, lease};

fn entry(node: &str, epoch: i64) -> Entry {
    Entry {
        node: node.to_owned(),
        incarnation: i64::MAX,
        epoch,
    }
}

pub(crate) async fn an_entry_is_noted_and_found(place: &impl Place) {
    let (directory, session) = (place.directory(), Uuid::new_v4());
    assert_eq!(directory.entry(session).await, Ok(None));
    assert_eq!(directory.record(session, &entry("a", 1)).await, Ok(true));
    assert_eq!(directory.entry(session).await, Ok(Some(entry("a", 1))));
    assert_eq!(directory.entry(Uuid::new_v4()).await, Ok(None));
}

pub(crate) async fn an_earlier_epoch_does_not_replace_a_later_one(place: &impl Place) {
    let (directory, session) = (place.directory(), Uuid::new_v4());
    assert_eq!(directory.record(session, &entry("a", 10)).await, Ok(true));
    assert_eq!(directory.record(session, &entry("b", 9)).await, Ok(false));
    assert_eq!(directory.entry(session).await, Ok(Some(entry("a", 10))));
    // A failover may use an epoch again: the last claim that is noted is the last one made.
    assert_eq!(directory.record(session, &entry("b", 10)).await, Ok(true));
    assert_eq!(directory.record(session, &entry("c", 11)).await, Ok(true));
    assert_eq!(directory.entry(session).await, Ok(Some(entry("c", 11))));
}

pub(crate) async fn only_an_entry_that_still_says_so_is_erased(place: &impl Place) {
    let (directory, session) = (place.directory(), Uuid::new_v4());
    assert_eq!(directory.erase(session, &entry("a", 1)).await, Ok(false));
    assert_eq!(directory.record(session, &entry("a", 1)).await, Ok(true));
    assert_eq!(directory.record(session, &entry("b", 2)).await, Ok(true));
    assert_eq!(directory.erase(session, &entry("a", 1)).await, Ok(false));
    assert_eq!(directory.entry(session).await, Ok(Some(entry("b", 2))));
    assert_eq!(directory.erase(session, &entry("b", 2)).await, Ok(true));
    assert_eq!(directory.entry(session).await, Ok(None));
}

pub(crate) async fn names_of_any_kind_are_kept_apart(place: &impl Place) {
    let directory = place.directory();
    let names = [
        "host.example:7000",
        "{tag}",
        "ein Wort",
        "\"",
        "日本",
        "a\nb",
    ];
    for (number, name) in (1..).zip(names) {
        assert_eq!(
            directory.renew(&lease(name, number)).await,
            Ok(Renewed::Held)
        );
    }
    let listed = directory.leases().await.expect("the directory answers");
    for (number, name) in (1..).zip(names) {
        let found = lease(name, number);
        assert_eq!(directory.lease(name).await, Ok(Some(found.clone())));
        assert!(listed.contains(&found), "{name}");
    }
}
