//! The page's own files: what browsers are told of them, and the way out of a broken service worker.

use reqwest::Response;

use crate::harness::Server;

async fn file(server: &Server, path: &str) -> Response {
    reqwest::get(format!("http://{}{path}", server.app.address))
        .await
        .expect("it answers")
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

#[actix_rt::test]
async fn the_page_can_be_installed_and_each_file_says_what_it_is_and_how_long_it_holds() {
    let server = Server::start().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/service-worker.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/icons/icon-192.png", "image/png"),
        ("/icons/icon-512.png", "image/png"),
        ("/icons/maskable-512.png", "image/png"),
        ("/icons/touch-180.png", "image/png"),
    ] {
        let response = file(&server, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        // A worker that is kept by a cache on the way could not be taken back.
        assert_eq!(header(&response, "cache-control"), "no-cache", "{path}");
        assert_eq!(
            header(&response, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        let policy = header(&response, "content-security-policy");
        for part in [
            "worker-src 'self'",
            "manifest-src 'self'",
            "default-src 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_broken_service_worker_is_taken_out_of_browsers_by_a_flag() {
    let server = Server::flagged(&["--no-worker"]).await;
    let worker = file(&server, "/service-worker.js").await;
    assert_eq!(worker.status(), 200);
    assert_eq!(header(&worker, "cache-control"), "no-cache");
    let text = worker.text().await.expect("text");
    assert!(text.contains("unregister()"), "{text}");
    assert!(!text.contains("precache"), "{text}");
    server.stop().await;
}

#[actix_rt::test]
async fn a_page_of_an_id_with_a_dot_is_a_page_and_a_file_that_is_not_there_is_none() {
    let server = Server::start().await;
    for (path, status) in [
        ("/start/iso.27001", 200),
        ("/progress/iso.27001", 200),
        ("/own/a:b_c.d", 200),
        ("/gone.js", 404),
        ("/assets/gone.js", 404),
        ("/assets/gone", 404),
        ("/icons/gone.png", 404),
        ("/.well-known/security.txt", 404),
    ] {
        let response = file(&server, path).await;
        assert_eq!(response.status(), status, "{path}");
        let page = header(&response, "content-type").starts_with("text/html");
        assert_eq!(page, status == 200, "{path}");
    }
    server.stop().await;
}
