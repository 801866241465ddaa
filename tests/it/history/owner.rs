//! What the owner of a certification sees, and nobody else.

use learnr_protocol::Encoding;
use learnr_protocol::history::{ItemStatisticsPage, LearnerProgressPage};
use reqwest::Method;

use super::{CERTIFICATION, OWNER, of, owned, play, practice, told};
use crate::harness::{Server, until};

/// Waits until every session that ended is in the roll-ups.
pub(super) async fn rolled_up(server: &Server) {
    until("every session is rolled up", async || {
        let waiting = server.store.sessions_to_roll_up(None, 1).await;
        waiting.expect("answered").is_empty()
    })
    .await;
}

#[actix_rt::test]
async fn items_are_told_of_with_those_never_shown_page_by_page() {
    let server = owned().await;
    let mut right = 0;
    for _ in 0..3 {
        let mut client = server.client(&practice(10), Encoding::MsgPack).await;
        right += i64::from(play(&server, &mut client).await.correct);
    }
    rolled_up(&server).await;
    let (mut items, mut path) = (Vec::new(), of("items/statistics?limit=50"));
    loop {
        let page: ItemStatisticsPage = told(&server, OWNER, &path).await;
        assert_eq!(page.versions.len(), 1);
        let used = &page.versions[0];
        assert_eq!((used.sessions, used.answers, used.correct), (3, 30, right));
        assert_eq!(used.version, page.version);
        items.extend(page.items);
        let Some(next) = page.next else { break };
        path = of(&format!("items/statistics?limit=50&cursor={next}"));
    }
    let stored = server.store.certification(CERTIFICATION, None).await;
    let stored = stored.expect("answered").expect("it is there");
    let ids: Vec<_> = stored.items.iter().map(|item| &item.item_id).collect();
    assert!(items.iter().map(|item| &item.item_id).eq(ids));
    assert_eq!(items.iter().map(|item| item.answers).sum::<i64>(), 30);
    assert_eq!(items.iter().map(|item| item.correct).sum::<i64>(), right);
    assert_eq!(items.iter().map(|item| item.judged).sum::<i64>(), 30);
    for item in &items {
        let shown = item.served > 0;
        assert_eq!(item.served, item.answers, "{item:?}");
        assert_eq!(item.p_value.is_some(), shown);
        assert_eq!(item.infit.is_some(), shown);
        assert_eq!(item.mean_elapsed_ms, shown.then_some(10_000));
        let rate = item.served as f64 / 3.0;
        assert!((item.exposure_rate - rate).abs() < 1e-12);
        assert_eq!(item.misfit, None, "three answers judge nothing");
    }
    server.stop().await;
}

#[actix_rt::test]
async fn learners_are_told_of_latest_first_and_by_a_random_id() {
    let server = owned().await;
    let mut learners = Vec::new();
    for rounds in 1..=3_u32 {
        let mut client = server.client(&practice(5), Encoding::MsgPack).await;
        play(&server, &mut client).await;
        for _ in 1..rounds {
            client = super::another(&server, &client.token, &practice(5)).await;
            play(&server, &mut client).await;
        }
        let row = server.stored_session(&client.session).await;
        learners.insert(0, (row.learner.to_string(), rounds, 5 * rounds));
    }
    rolled_up(&server).await;
    let (mut seen, mut path) = (Vec::new(), of("learners?limit=2"));
    loop {
        let page: LearnerProgressPage = told(&server, OWNER, &path).await;
        for one in page.learners {
            assert!(one.first_ms <= one.last_ms);
            assert_eq!(one.elapsed_ms, i64::from(one.answers) * 10_000);
            seen.push((one.learner, one.sessions, one.answers));
        }
        let Some(next) = page.next else { break };
        path = of(&format!("learners?limit=2&cursor={next}"));
    }
    assert_eq!(seen, learners);
    server.stop().await;
}

#[actix_rt::test]
async fn only_the_bearer_of_the_owners_token_is_the_owner() {
    let routes = ["items/statistics", "learners", "export?format=csv"];
    let status = async |server: &Server, token: Option<&str>, route: &str| {
        let request = server.rest.request(Method::GET, &of(route), token);
        let reply = request.send().await.expect("a reply");
        (reply.status().as_u16(), reply.text().await.expect("a body"))
    };
    let server = owned().await;
    let learner = server.rest.guest().await.expect("a guest").token;
    let longer = format!("{OWNER}x");
    for route in routes {
        for token in [None, Some(""), Some(&OWNER[1..]), Some(&longer)] {
            let (status, body) = status(&server, token, route).await;
            assert_eq!(status, 401, "{route} {token:?} {body}");
            assert!(body.contains("/v1/auth/sign-in"), "{body}");
        }
        let (forbidden, body) = status(&server, Some(&learner), route).await;
        assert_eq!(forbidden, 403, "{route} {body}");
        assert_eq!(status(&server, Some(OWNER), route).await.0, 200, "{route}");
    }
    // The owner is no learner.
    let request = server
        .rest
        .request(Method::GET, "/v1/sessions/history", Some(OWNER));
    assert_eq!(request.send().await.expect("a reply").status(), 401);
    server.stop().await;

    let server = Server::start().await;
    for route in routes {
        let (status, body) = status(&server, Some(OWNER), route).await;
        assert_eq!(status, 401, "{route} {body}");
    }
    server.stop().await;
}
