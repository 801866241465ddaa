//! What comes back and is not believed.

use std::time::Duration;

use super::browser::Browser;
use super::scene;
use crate::harness::until;

#[actix_rt::test]
async fn nobody_is_signed_in_by_what_another_browser_began() {
    let Some(scene) = scene("nobody_is_signed_in_by_what_another_browser_began").await else {
        return;
    };
    let server = &scene.server;
    let mut victim = Browser::of(server);
    let mut attacker = Browser::of(server);
    let url = attacker.go("school", None).await;
    let back = attacker.visit(&url).await;
    // Lured to the attacker's way back: without a cookie, and with one of another attempt of their own.
    assert_eq!(victim.land(&back).await.problem(), "again");
    victim.go("school", None).await;
    assert_eq!(victim.land(&back).await.problem(), "again");
    let (_, query) = back.split_once('?').expect("a query");
    for wrong in [
        format!("/v1/auth/providers/college/callback?{query}"),
        "/v1/auth/providers/school/callback".to_owned(),
        format!("/v1/auth/providers/school/callback?{query}&{query}"),
        back.replace("code=", "other="),
        back.replace("state=", "state=x"),
        format!("{back}&code={}", "a".repeat(5_000)),
    ] {
        assert_eq!(attacker.land(&wrong).await.problem(), "again", "{wrong}");
    }
    let mixed_up = back.replace("iss=http", "iss=https");
    assert_eq!(attacker.land(&mixed_up).await.problem(), "refused");
    let mut tampering = attacker.clone();
    tampering.tamper();
    assert_eq!(tampering.land(&back).await.problem(), "again");
    scene.signed_in(&attacker.land(&back).await).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn a_code_is_worth_something_once() {
    let Some(scene) = scene("a_code_is_worth_something_once").await else {
        return;
    };
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", None).await;
    let back = browser.visit(&url).await;
    scene.signed_in(&browser.land(&back).await).await;
    assert_eq!(browser.land(&back).await.problem(), "refused");
    // A code for one attempt is worth nothing in another: it was given out for another verifier.
    let url = browser.go("school", None).await;
    let first = browser.visit(&url).await;
    let code_of = |back: &str| {
        let (_, rest) = back.split_once("code=").expect("a code");
        rest.split('&').next().unwrap_or_default().to_owned()
    };
    let url = browser.go("school", None).await;
    let second = browser.visit(&url).await;
    let mixed = second.replace(&code_of(&second), &code_of(&first));
    assert_eq!(browser.land(&mixed).await.problem(), "refused");
    scene.signed_in(&browser.land(&second).await).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn an_id_token_that_is_not_the_providers_for_us_and_for_this_attempt_is_refused() {
    let test = "an_id_token_that_is_not_the_providers_for_us_and_for_this_attempt_is_refused";
    let Some(scene) = scene(test).await else {
        return;
    };
    for fault in [
        "nonce",
        "no-nonce",
        "audience",
        "audiences",
        "issuer",
        "expired",
        "access-token",
        "signature",
        "unsigned",
    ] {
        scene.provider.fault(fault).await;
        let landed = scene.sign_in(None).await;
        assert_eq!(landed.problem(), "refused", "{fault}");
    }
    scene.provider.fault("").await;
    scene.device(None).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn of_two_tabs_that_sign_in_at_once_the_later_one_counts() {
    let Some(scene) = scene("of_two_tabs_that_sign_in_at_once_the_later_one_counts").await else {
        return;
    };
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", None).await;
    let earlier = browser.visit(&url).await;
    let url = browser.go("school", None).await;
    let later = browser.visit(&url).await;
    // Neither the earlier tab nor a link that anybody posted undoes what the later one began.
    for other in [
        earlier.as_str(),
        "/v1/auth/providers/school/callback?state=x",
    ] {
        let landed = browser.land(other).await;
        assert_eq!((landed.problem(), landed.over), ("again", false), "{other}");
    }
    let landed = browser.land(&later).await;
    assert!(landed.over);
    scene.signed_in(&landed).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn who_takes_longer_than_ten_minutes_begins_again() {
    let Some(scene) = scene("who_takes_longer_than_ten_minutes_begins_again").await else {
        return;
    };
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", None).await;
    let back = browser.visit(&url).await;
    scene.server.advance(Duration::from_secs(600));
    assert_eq!(browser.land(&back).await.problem(), "again");
    scene.device(None).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn keys_that_the_provider_changes_are_fetched() {
    let Some(scene) = scene("keys_that_the_provider_changes_are_fetched").await else {
        return;
    };
    let first = scene.device(None).await;
    for key in ["second", "second again"] {
        scene.provider.key(key).await;
        // They were fetched a moment ago: so soon they are not fetched again.
        until("the new keys are known", async || {
            scene.sign_in(None).await.refresh.is_some()
        })
        .await;
    }
    assert_eq!(scene.device(None).await.learner, first.learner);
    scene.server.stop().await;
}
