//! From an address of mail to an account, and to another password.

use learnr_protocol::account::AccountView;
use reqwest::Method;
use serde_json::json;

use super::{
    Device, PASSWORD, account_status, asked, post, registered, send, served, signed_in, stored,
    with_cookie,
};
use crate::harness::mailbox::REFUSED;

#[actix_rt::test]
async fn a_guest_who_registers_keeps_what_they_did_and_their_guest_token_is_refused() {
    let (server, mailbox) = served("off").await;
    let client = server.practice().await;
    let learner = server.stored_session(&client.session).await.learner;
    let guest = client.token.as_str();
    let device = registered((&server, &mailbox), "ada@example.org", Some(guest)).await;
    assert_eq!(device.learner, learner.to_string());
    let view = server.rest.session_view(&device.token, &client.session);
    assert!(view.await.is_ok(), "the session is theirs still");
    let refused = server.rest.session_view(guest, &client.session).await;
    assert_eq!(refused.expect_err("a guest no more").status(), Some(401));
    let account: AccountView = server
        .rest
        .get("/v1/account", &device.token)
        .await
        .expect("an account");
    assert_eq!(account.email.as_deref(), Some("ada@example.org"));
    assert!(account.has_password && account.roles.is_empty());
    server.stop().await;
}

#[actix_rt::test]
async fn a_link_works_once_and_for_what_it_was_sent_for() {
    let (server, mailbox) = served("off").await;
    registered((&server, &mailbox), "ada@example.org", None).await;
    let confirm = mailbox.mail("ada@example.org", 1).await.token();
    for token in [&confirm, "", "nonsense", &"A".repeat(43)] {
        let reply = post(&server, "/v1/auth/confirm", &json!({"token": token})).await;
        assert_eq!(reply.status(), 404, "{token}");
        let body = json!({"token": token, "password": PASSWORD});
        let reply = post(&server, "/v1/auth/reset", &body).await;
        assert_eq!(reply.status(), 404, "{token}");
    }
    post(
        &server,
        "/v1/auth/forgot",
        &json!({"email": "ada@example.org"}),
    )
    .await;
    let reset = mailbox.mail("ada@example.org", 2).await.token();
    let reply = post(&server, "/v1/auth/confirm", &json!({"token": reset})).await;
    assert_eq!(reply.status(), 404, "a reset confirms no account");
    server.stop().await;
}

#[actix_rt::test]
async fn another_password_by_mail_signs_every_device_out_and_the_old_one_is_worth_nothing() {
    let (server, mailbox) = served("off").await;
    let email = "ada@example.org";
    let first = registered((&server, &mailbox), email, None).await;
    let second = signed_in(&server, email).await;
    post(
        &server,
        "/v1/auth/forgot",
        &json!({"email": "ADA@example.org"}),
    )
    .await;
    let token = mailbox.mail(email, 2).await.token();
    let weak = json!({"token": token, "password": "password1"});
    let reply = post(&server, "/v1/auth/reset", &weak).await;
    assert_eq!(reply.status(), 422);
    let chosen = "seven quiet lanterns drift";
    let reset = json!({"token": token, "password": chosen});
    let reply = post(&server, "/v1/auth/reset", &reset).await;
    assert_eq!(
        reply.status(),
        200,
        "a weak password did not use the link up"
    );
    for device in [&first, &second] {
        assert_eq!(account_status(&server, &device.token).await, 401);
        let refused = with_cookie(&server, "/v1/auth/refresh", &device.cookie).await;
        assert_eq!(refused.status(), 401);
    }
    for (password, status) in [(PASSWORD, 401), (chosen, 200)] {
        let body = json!({"email": email, "password": password});
        let reply = post(&server, "/v1/auth/sign-in", &body).await;
        assert_eq!(reply.status(), status, "{password}");
    }
    let told = mailbox.mail(email, 3).await;
    assert!(told.text.contains("was changed"), "{}", told.text);
    server.stop().await;
}

#[actix_rt::test]
async fn another_address_is_the_accounts_once_it_is_confirmed() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let to = || (Method::POST, "/v1/account/email");
    let token = Some(device.token.as_str());
    let body = json!({"email": "ada@example.net", "password": "wrong"});
    assert_eq!(send(&server, to(), token, &body).await.status(), 403);
    let body = json!({"email": "ada@example.net", "password": PASSWORD});
    assert_eq!(send(&server, to(), token, &body).await.status(), 202);
    let mail = mailbox.mail("ada@example.net", 1).await;
    signed_in(&server, "ada@example.org").await;
    let confirm = json!({"token": mail.token()});
    let link = |token| send(&server, (Method::POST, "/v1/auth/confirm"), token, &confirm);
    // Whoever reads that mailbox may think the account is theirs: it is its owner's, who knows its password.
    let (_, stranger) = stored(&server, &[], None).await;
    for other in [None, Some(stranger.as_str())] {
        assert_eq!(link(other).await.status(), 403);
    }
    assert_eq!(link(token).await.status(), 200);
    let told = mailbox.mail("ada@example.org", 2).await;
    assert!(
        told.text.contains("was changed to another"),
        "{}",
        told.text
    );
    assert_eq!(
        account_status(&server, &device.token).await,
        401,
        "it has another"
    );
    signed_in(&server, "ada@example.net").await;
    let old = json!({"email": "ada@example.org", "password": PASSWORD});
    let reply = post(&server, "/v1/auth/sign-in", &old).await;
    assert_eq!(reply.status(), 401);
    server.stop().await;
}

#[actix_rt::test]
async fn who_opens_a_link_where_another_account_is_signed_in_leaves_that_one() {
    let (server, mailbox) = served("off").await;
    let ada = registered((&server, &mailbox), "ada@example.org", None).await;
    let token = asked((&server, &mailbox), "bob@example.org", None).await;
    let to = (Method::POST, "/v1/auth/confirm");
    let body = json!({"token": token, "password": PASSWORD});
    let bob = Device::of(send(&server, to, Some(&ada.token), &body).await).await;
    assert_ne!(bob.learner, ada.learner);
    // The browser has one cookie: nobody would have that of the account before.
    assert_eq!(account_status(&server, &ada.token).await, 401);
    let refused = with_cookie(&server, "/v1/auth/refresh", &ada.cookie).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(account_status(&server, &bob.token).await, 200);
    server.stop().await;
}

#[actix_rt::test]
async fn what_is_no_account_is_refused_with_what_to_do() {
    let (server, mailbox) = served("off").await;
    let long = "n".repeat(81);
    for (email, name) in [
        ("ada", "Ada"),
        ("ada@example.org\r\nBcc: bob@example.org", "Ada"),
        ("ada@example.org", long.as_str()),
        ("ada@example.org", "A\u{0}da"),
    ] {
        let body = json!({"email": email, "name": name});
        let reply = post(&server, "/v1/auth/register", &body).await;
        assert_eq!(reply.status(), 422, "{email} {name}");
    }
    let (_, token) = stored(&server, &[], None).await;
    let body = json!({"email": "b@example.org", "name": ""});
    for (token, status) in [(token.as_str(), 403), ("nonsense", 401)] {
        let to = (Method::POST, "/v1/auth/register");
        let reply = send(&server, to, Some(token), &body).await;
        assert_eq!(reply.status(), status);
    }
    // A server of mail that refuses somebody keeps nobody else waiting.
    let body = json!({"email": REFUSED, "name": ""});
    assert_eq!(
        post(&server, "/v1/auth/register", &body).await.status(),
        202
    );
    registered((&server, &mailbox), "ada@example.org", None).await;
    assert!(mailbox.arrived(REFUSED).is_empty());
    server.stop().await;
}
