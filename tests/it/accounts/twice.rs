//! One refresh token that comes twice: its answer was lost, or somebody stole it.

use std::time::Duration;

use learnr::store::sqlite::SqliteStore;
use rusqlite::Connection;

use super::{Device, account_status, cookie, registered, served, signed_in, with_cookie};

const REFRESH: &str = "/v1/auth/refresh";
const ADA: &str = "ada@example.org";
/// Longer than two tabs are apart.
const LATER: Duration = Duration::from_secs(61);

#[actix_rt::test]
async fn a_stolen_cookie_used_after_its_owner_ends_the_sign_in_for_both() {
    let (server, mailbox) = served("off").await;
    let stolen = registered((&server, &mailbox), ADA, None).await;
    let elsewhere = signed_in(&server, ADA).await;
    let owner = Device::of(with_cookie(&server, REFRESH, &stolen.cookie).await).await;
    server.advance(LATER);
    let owner = Device::of(with_cookie(&server, REFRESH, &owner.cookie).await).await;
    let thief = with_cookie(&server, REFRESH, &stolen.cookie).await;
    assert_eq!(thief.status(), 401);
    let taken_away = cookie(&thief);
    assert_eq!(taken_away.as_deref(), Some("learnr_refresh="));
    assert_eq!(account_status(&server, &owner.token).await, 401);
    let refused = with_cookie(&server, REFRESH, &owner.cookie).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(cookie(&refused), None, "another tab may have signed in");
    assert_eq!(account_status(&server, &elsewhere.token).await, 200);
    server.stop().await;
}

#[actix_rt::test]
async fn a_stolen_cookie_used_before_its_owner_ends_as_well() {
    let (server, mailbox) = served("off").await;
    let owner = registered((&server, &mailbox), ADA, None).await;
    let thief = Device::of(with_cookie(&server, REFRESH, &owner.cookie).await).await;
    server.advance(LATER);
    let thief = Device::of(with_cookie(&server, REFRESH, &thief.cookie).await).await;
    let refused = with_cookie(&server, REFRESH, &owner.cookie).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(account_status(&server, &thief.token).await, 401);
    let refused = with_cookie(&server, REFRESH, &thief.cookie).await;
    assert_eq!(refused.status(), 401);
    server.stop().await;
}

#[actix_rt::test]
async fn a_thief_who_waits_is_found_out_by_what_the_owner_has() {
    let (server, mailbox) = served("off").await;
    let stolen = registered((&server, &mailbox), ADA, None).await;
    let owner = Device::of(with_cookie(&server, REFRESH, &stolen.cookie).await).await;
    server.advance(LATER);
    // Taken for an answer that was lost, until the owner comes with it.
    let thief = Device::of(with_cookie(&server, REFRESH, &stolen.cookie).await).await;
    let refused = with_cookie(&server, REFRESH, &owner.cookie).await;
    assert_eq!(refused.status(), 401);
    for token in [&owner.token, &thief.token] {
        assert_eq!(account_status(&server, token).await, 401);
    }
    let refused = with_cookie(&server, REFRESH, &thief.cookie).await;
    assert_eq!(refused.status(), 401);
    server.stop().await;
}

#[actix_rt::test]
async fn who_asks_again_because_an_answer_was_lost_stays_signed_in_whenever_that_is() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), ADA, None).await;
    for wait in [1, 10, 11, 61, 3_600, 30 * 86_400] {
        // Nobody reads this one.
        let lost = with_cookie(&server, REFRESH, &device.cookie).await;
        assert_eq!(lost.status(), 200);
        server.advance(Duration::from_secs(wait));
    }
    let next = Device::of(with_cookie(&server, REFRESH, &device.cookie).await).await;
    server.advance(LATER);
    let next = Device::of(with_cookie(&server, REFRESH, &next.cookie).await).await;
    assert_eq!(account_status(&server, &next.token).await, 200);
    server.stop().await;
}

#[actix_rt::test]
async fn a_store_that_fails_once_a_token_is_spent_takes_nobodys_cookie() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), ADA, None).await;
    let file = SqliteStore::file_in(server.data.path());
    let beside = Connection::open(file).expect("the server's own store");
    // The token is spent in other tables: what comes after that fails.
    let rename = |sql| beside.execute_batch(sql).expect("a table renamed");
    rename("ALTER TABLE accounts RENAME TO elsewhere");
    let failed = with_cookie(&server, REFRESH, &device.cookie).await;
    assert!(failed.status().is_server_error(), "{}", failed.status());
    rename("ALTER TABLE elsewhere RENAME TO accounts");
    let given = cookie(&failed).expect("the next token");
    assert_ne!(given, device.cookie);
    server.advance(LATER);
    let next = Device::of(with_cookie(&server, REFRESH, &given).await).await;
    assert_eq!(next.learner, device.learner);
    server.stop().await;
}
