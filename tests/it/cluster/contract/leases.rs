//! What a directory promises of leases.

use learnr::cluster::{Lease, Load, Member, Renewed};

use super::{Place, lease};

pub(crate) async fn a_lease_is_held_by_one_life(place: &impl Place) {
    let directory = place.directory();
    let first = lease("held", 1);
    assert_eq!(directory.renew(&first).await, Ok(Renewed::Held));
    let again = Lease { beat: 2, ..first };
    assert_eq!(directory.renew(&again).await, Ok(Renewed::Held));
    let other = directory.renew(&lease("held", 2)).await;
    assert_eq!(other, Ok(Renewed::Taken(Box::new(again.clone()))));
    assert_eq!(directory.lease("held").await, Ok(Some(again)));
    assert_eq!(directory.lease("nobody").await, Ok(None));
}

pub(crate) async fn a_lease_runs_out_and_is_anybodys(place: &impl Place) {
    let directory = place.directory();
    assert_eq!(directory.renew(&lease("brief", 1)).await, Ok(Renewed::Held));
    place.outlive("brief").await;
    assert_eq!(directory.lease("brief").await, Ok(None));
    assert_eq!(directory.renew(&lease("brief", 2)).await, Ok(Renewed::Held));
    let late = directory.renew(&lease("brief", 1)).await;
    assert_eq!(late, Ok(Renewed::Taken(Box::new(lease("brief", 2)))));
}

pub(crate) async fn only_the_life_that_holds_a_lease_gives_it_up(place: &impl Place) {
    let directory = place.directory();
    let held = lease("left", 1);
    assert_eq!(directory.renew(&held).await, Ok(Renewed::Held));
    assert_eq!(directory.leave(&lease("left", 2).member).await, Ok(()));
    assert_eq!(directory.lease("left").await, Ok(Some(held.clone())));
    assert_eq!(directory.leave(&held.member).await, Ok(()));
    assert_eq!(directory.lease("left").await, Ok(None));
    assert_eq!(directory.leave(&held.member).await, Ok(()));
    assert_eq!(directory.renew(&lease("left", 2)).await, Ok(Renewed::Held));
}

pub(crate) async fn leases_tell_all_that_was_said(place: &impl Place) {
    let directory = place.directory();
    let said = Lease {
        member: Member {
            node: "whole".to_owned(),
            incarnation: i64::MIN,
            address: "[::1]:7000".to_owned(),
        },
        beat: u64::MAX,
        draining: true,
        version: "1.2.3-\"rc\"".to_owned(),
        secret_fingerprint: "0f3a".to_owned(),
        http_address: "quiz.example:443".to_owned(),
        load: Load {
            sessions: 1,
            sockets: 2,
            relayed_in: 3,
            relayed_out: 4,
        },
    };
    assert_eq!(directory.renew(&said).await, Ok(Renewed::Held));
    assert_eq!(directory.lease("whole").await, Ok(Some(said)));
}

pub(crate) async fn lives_that_differ_only_in_the_last_bit_are_two(place: &impl Place) {
    let directory = place.directory();
    // As floating-point numbers they would be the same.
    let (one, other) = (lease("bit", i64::MAX), lease("bit", i64::MAX - 1));
    assert_eq!(directory.renew(&one).await, Ok(Renewed::Held));
    let taken = directory.renew(&other).await;
    assert_eq!(taken, Ok(Renewed::Taken(Box::new(one.clone()))));
    assert_eq!(directory.leave(&other.member).await, Ok(()));
    assert_eq!(directory.lease("bit").await, Ok(Some(one)));
}

pub(crate) async fn every_lease_is_listed_by_name_until_it_runs_out(place: &impl Place) {
    let directory = place.directory();
    for node in ["listed c", "listed a", "listed b"] {
        assert_eq!(directory.renew(&lease(node, 1)).await, Ok(Renewed::Held));
    }
    let listed = async || {
        let leases = directory.leases().await.expect("the directory answers");
        let names = leases.into_iter().map(|lease| lease.member.node);
        names
            .filter(|name| name.starts_with("listed"))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed().await, ["listed a", "listed b", "listed c"]);
    let leaving = lease("listed b", 1).member;
    assert_eq!(directory.leave(&leaving).await, Ok(()));
    assert_eq!(listed().await, ["listed a", "listed c"]);
    place.outlive("listed a").await;
    assert!(!listed().await.contains(&"listed a".to_owned()));
}
