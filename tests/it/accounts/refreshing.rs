//! Refreshing without end: by who is signed in, and by who is not.

use std::time::Duration;

use learnr::auth::RandomToken;
use learnr::store::sqlite::SqliteStore;
use rusqlite::Connection;

use super::{Device, cookie, registered, served, with_cookie};

const REFRESH: &str = "/v1/auth/refresh";
const ADA: &str = "ada@example.org";

/// A cookie that no server gave.
fn of_nobody() -> String {
    let token = RandomToken::fresh().expect("random bytes");
    format!("learnr_refresh={}", token.text())
}

#[actix_rt::test]
async fn a_device_is_given_so_many_tokens_an_hour_and_stays_signed_in() {
    let (server, mailbox) = served("on").await;
    let mut device = registered((&server, &mailbox), ADA, None).await;
    let mut given = 0;
    let refused = loop {
        let reply = with_cookie(&server, REFRESH, &device.cookie).await;
        if reply.status() != 200 {
            break reply;
        }
        device = Device::of(reply).await;
        given += 1;
        assert!(given <= 240, "no limit");
    };
    assert_eq!((given, refused.status().as_u16()), (240, 429));
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(cookie(&refused), None);
    // What is nobody's counts for the network as well.
    let mut asked = given + 1;
    while with_cookie(&server, REFRESH, &of_nobody()).await.status() == 401 {
        asked += 1;
        assert!(asked <= 600, "no limit");
    }
    assert_eq!(asked, 600);
    let out = with_cookie(&server, "/v1/auth/sign-out", &of_nobody()).await;
    assert_eq!(out.status(), 429);
    server.advance(Duration::from_secs(15));
    Device::of(with_cookie(&server, REFRESH, &device.cookie).await).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_token_that_is_nobodys_is_no_work_for_who_writes() {
    let (server, _mailbox) = served("off").await;
    let file = SqliteStore::file_in(server.data.path());
    let beside = Connection::open(file).expect("the server's own store");
    let held = beside.execute_batch("BEGIN IMMEDIATE");
    held.expect("nobody else can write from here on");
    for (path, status) in [(REFRESH, 401), ("/v1/auth/sign-out", 204)] {
        let reply = with_cookie(&server, path, &of_nobody()).await;
        assert_eq!(reply.status(), status, "{path}");
    }
    beside.execute_batch("COMMIT").expect("let go");
    server.stop().await;
}
