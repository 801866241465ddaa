//! The last admin, whom nobody could make one again.

use learnr::store::{LearnerId, RoleName};
use reqwest::Method;
use serde_json::Value;

use super::{OWNER, send, served, stored};
use crate::harness::{Server, ServerOptions};

async fn taken_from(server: &Server, whose: LearnerId, by: &str) -> u16 {
    let path = format!("/v1/admin/people/{whose}/roles/admin");
    let taken = send(server, (Method::DELETE, &path), Some(by), &Value::Null);
    taken.await.status().as_u16()
}

#[actix_rt::test]
async fn the_last_admin_stays_one_where_nobody_could_make_another() {
    let options = ServerOptions {
        manual_clock: true,
        ..ServerOptions::default()
    };
    let server = Server::with(options).await;
    let (ada, by_ada) = stored(&server, &[RoleName::Admin], None).await;
    let (bob, by_bob) = stored(&server, &[RoleName::Admin], None).await;
    assert_eq!(taken_from(&server, bob, &by_ada).await, 204);
    assert_eq!(taken_from(&server, ada, &by_bob).await, 403);
    assert_eq!(taken_from(&server, bob, &by_ada).await, 204);
    assert_eq!(taken_from(&server, ada, &by_ada).await, 409);
    let audit = server
        .rest
        .request(Method::GET, "/v1/admin/audit", Some(&by_ada));
    assert_eq!(audit.send().await.expect("a reply").status(), 200);
    server.stop().await;
    // With the owner's token there is somebody: one who was an admin and is not to be any more can be put out.
    let (server, _mailbox) = served("off").await;
    let (ada, _) = stored(&server, &[RoleName::Admin], None).await;
    assert_eq!(taken_from(&server, ada, OWNER).await, 204);
    server.stop().await;
}
