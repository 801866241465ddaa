//! A provider that does not do its part, and people who do not want to.

use reqwest::Method;

use super::browser::Browser;
use super::provider::{Provider, served_with};
use super::scene;
use crate::harness::until;

/// What a provider does that does not do its part, but for answering at all.
const FAULTS: [&str; 5] = ["down", "garbage", "huge", "elsewhere", "error"];

#[actix_rt::test]
async fn a_provider_that_does_not_do_its_part_keeps_nobody_from_starting_or_from_what_else_there_is()
 {
    let test = "a_provider_that_does_not_do_its_part_keeps_nobody_from_starting_or_from_what_else_there_is";
    let Some(provider) = Provider::start(test).await else {
        return;
    };
    for fault in FAULTS {
        // A server that knows nothing of it yet.
        let (server, _mailbox) = served_with(&provider, "off").await;
        provider.fault(fault).await;
        let browser = Browser::of(&server);
        let refused = browser.start("school", None).await;
        assert_eq!(refused.status(), 503, "{fault}");
        assert!(refused.headers().contains_key("retry-after"));
        let text = refused.text().await.expect("a body");
        assert!(text.contains("sign in another way"), "{text}");
        assert!(!text.contains("own words"), "{text}");
        provider.fault("").await;
        server.stop().await;
    }
    assert_eq!(provider.followed().await, 0, "no redirect is followed");
    let (server, _mailbox) = served_with(&provider, "off").await;
    let browser = Browser::of(&server);
    provider.fault("down").await;
    assert_eq!(browser.start("school", None).await.status(), 503);
    provider.fault("").await;
    until("the provider is asked again", async || {
        browser.start("school", None).await.status() == 200
    })
    .await;
    assert!(browser.clone().sign_in(None).await.refresh.is_some());
    let unknown = browser.start("college", None).await;
    assert_eq!(unknown.status(), 404);
    server.stop().await;
}

#[actix_rt::test]
async fn a_provider_that_fails_while_somebody_is_there_is_said_in_our_words() {
    let test = "a_provider_that_fails_while_somebody_is_there_is_said_in_our_words";
    let Some(scene) = scene(test).await else {
        return;
    };
    scene.device(None).await;
    for fault in FAULTS.into_iter().chain(["unsendable"]) {
        let mut browser = Browser::of(&scene.server);
        let url = browser.go("school", None).await;
        let back = browser.visit(&url).await;
        scene.provider.fault(fault).await;
        let landed = browser.land(&back).await;
        assert_eq!(landed.problem(), "provider", "{fault}");
        scene.provider.fault("").await;
    }
    assert_eq!(
        scene.provider.followed().await,
        0,
        "no redirect is followed"
    );
    scene.device(None).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn a_provider_that_never_answers_is_given_up() {
    let Some(scene) = scene("a_provider_that_never_answers_is_given_up").await else {
        return;
    };
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", None).await;
    let back = browser.visit(&url).await;
    scene.provider.fault("slow").await;
    assert_eq!(browser.land(&back).await.problem(), "provider");
    scene.server.stop().await;
}

#[actix_rt::test]
async fn who_does_not_want_to_is_back_where_they_were() {
    let Some(scene) = scene("who_does_not_want_to_is_back_where_they_were").await else {
        return;
    };
    scene.provider.fault("declined").await;
    let landed = scene.sign_in(None).await;
    assert_eq!(landed.problem(), "cancelled");
    scene.provider.fault("").await;
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", None).await;
    let back = browser.visit(&url).await;
    let (before, _) = back.split_once("code=").expect("a code");
    let state = back
        .split(['?', '&'])
        .find(|part| part.starts_with("state="));
    let state = state.expect("a state");
    let (path, _) = before.split_once('?').expect("a query");
    for (error, problem) in [
        ("access_denied", "cancelled"),
        ("server_error", "provider"),
        ("<script>", "provider"),
    ] {
        let back = format!("{path}?{state}&error={error}&error_description=own%20words");
        assert_eq!(browser.land(&back).await.problem(), problem, "{error}");
    }
    scene.server.stop().await;
}

#[actix_rt::test]
async fn a_page_of_somebody_else_begins_nothing() {
    let Some(scene) = scene("a_page_of_somebody_else_begins_nothing").await else {
        return;
    };
    let path = "/v1/auth/providers/school/start";
    let own = format!("http://{}", scene.server.rest.base().authority());
    for (origin, status) in [
        ("https://evil.example", 403),
        ("null", 403),
        (own.as_str(), 200),
    ] {
        let request = scene.server.rest.request(Method::POST, path, None);
        let reply = request.header("origin", origin).send().await;
        let reply = reply.expect("a reply");
        assert_eq!(reply.status(), status, "{origin}");
        let set = reply.headers().get("set-cookie");
        let set = set.map(|set| set.to_str().expect("text").to_owned());
        assert_eq!(set.is_some(), status == 200, "{origin}");
        for part in [
            "Path=/v1/auth/providers",
            "Max-Age=600",
            "HttpOnly",
            "SameSite=Lax",
        ] {
            assert!(set.as_ref().is_none_or(|set| set.contains(part)), "{set:?}");
        }
    }
    scene.server.stop().await;
}
