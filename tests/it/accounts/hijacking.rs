//! Registering with somebody else's address: what a stranger asks for opens nothing to them.

use learnr_protocol::account::{LinkAsker, LinkPurpose, LinkView};
use reqwest::Method;
use serde_json::json;

use super::{Device, PASSWORD, account_status, asked, post, send, served};
use crate::harness::Server;

const EMAIL: &str = "ada@example.org";

/// What the page of a link says, before anything is done.
async fn told(server: &Server, token: &str, bearer: Option<&str>) -> LinkView {
    let to = (Method::POST, "/v1/auth/link");
    let reply = send(server, to, bearer, &json!({"token": token})).await;
    assert_eq!(reply.status(), 200);
    reply.json().await.expect("what it is for")
}

#[actix_rt::test]
async fn a_stranger_who_registers_with_an_address_cannot_choose_its_password() {
    let (server, mailbox) = served("off").await;
    let theirs = json!({"email": EMAIL, "name": "", "password": "seven quiet lanterns drift"});
    let reply = post(&server, "/v1/auth/register", &theirs).await;
    assert_eq!(reply.status(), 400, "there is no such field");
    let token = asked((&server, &mailbox), EMAIL, None).await;
    for weak in [
        json!({"token": token}),
        json!({"token": token, "password": "short"}),
        json!({"token": token, "password": EMAIL}),
    ] {
        let reply = post(&server, "/v1/auth/confirm", &weak).await;
        assert_eq!(reply.status(), 422, "{weak}");
    }
    let view = told(&server, &token, None).await;
    assert_eq!((view.email.as_str(), view.name.as_str()), (EMAIL, "Ada"));
    assert_eq!(
        (view.purpose, view.asker),
        (LinkPurpose::Register, LinkAsker::Nobody)
    );
    let chosen = json!({"token": token, "password": PASSWORD});
    Device::of(post(&server, "/v1/auth/confirm", &chosen).await).await;
    let used = post(&server, "/v1/auth/link", &json!({"token": token})).await;
    assert_eq!(used.status(), 404);
    server.stop().await;
}

#[actix_rt::test]
async fn a_guest_who_asked_in_anothers_name_is_no_part_of_the_account() {
    let (server, mailbox) = served("off").await;
    let client = server.practice().await;
    let stranger = client.token.as_str();
    let owner = server.rest.guest().await.expect("a guest").token;
    let token = asked((&server, &mailbox), EMAIL, Some(stranger)).await;
    for (bearer, asker) in [
        (None, LinkAsker::Another),
        (Some("nonsense"), LinkAsker::Another),
        (Some(owner.as_str()), LinkAsker::Another),
        (Some(stranger), LinkAsker::You),
    ] {
        let view = told(&server, &token, bearer).await;
        assert_eq!(view.asker, asker, "{bearer:?}");
    }
    let to = (Method::POST, "/v1/auth/confirm");
    let body = json!({"token": token, "password": PASSWORD});
    let made = Device::of(send(&server, to, Some(&owner), &body).await).await;
    let guest = server.stored_session(&client.session).await.learner;
    assert_ne!(made.learner, guest.to_string());
    let seen = server.rest.session_view(&made.token, &client.session).await;
    assert_eq!(seen.expect_err("the stranger's").status(), Some(404));
    // The stranger goes on as the guest they are, and is nobody else.
    let own = server.rest.session_view(stranger, &client.session).await;
    assert!(own.is_ok());
    assert_eq!(account_status(&server, stranger).await, 403);
    server.stop().await;
}
