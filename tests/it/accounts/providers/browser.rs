//! A browser that goes to a provider and comes back, one step at a time.
//!
//! Owns its cookies, at the server and at the provider. Must not know what is right.

use std::collections::BTreeMap;

use learnr_protocol::account::ProviderStart;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::harness::Server;

/// Pages one goes through at a provider, at most.
const STEPS_MAX: usize = 10;
/// The cookie by which the server knows a browser that comes back.
const ATTEMPT: &str = "learnr_provider";
/// The cookie of who is signed in.
const REFRESH: &str = "learnr_refresh";

/// A browser at one server.
#[derive(Clone)]
pub(super) struct Browser {
    http: Client,
    /// The server's address, without a slash at the end.
    home: String,
    cookies: BTreeMap<String, String>,
}

/// Where somebody is who came back.
#[derive(Debug)]
pub(super) struct Landed {
    /// The page they are sent to.
    pub(super) location: String,
    /// The cookie of who is signed in, as it is sent back.
    pub(super) refresh: Option<String>,
    /// Whether what was begun is over: its cookie is taken away.
    pub(super) over: bool,
}

impl Landed {
    /// What they are told went wrong.
    pub(super) fn problem(&self) -> &str {
        assert_eq!(self.refresh, None, "nobody is signed in");
        let problem = self.location.split_once("/sign-in?problem=");
        problem.expect("a page that says what is wrong").1
    }
}

impl Browser {
    /// A browser without a cookie.
    pub(super) fn of(server: &Server) -> Self {
        let http = Client::builder().no_proxy().redirect(Policy::none());
        Self {
            http: http.build().expect("a client without TLS"),
            home: format!("http://{}", server.rest.base().authority()),
            cookies: BTreeMap::new(),
        }
    }

    /// Goes to the provider and comes back.
    pub(super) async fn sign_in(mut self, guest: Option<&str>) -> Landed {
        let url = self.go("school", guest).await;
        let back = self.visit(&url).await;
        self.land(&back).await
    }

    /// Asks where to go.
    pub(super) async fn start(&self, provider: &str, token: Option<&str>) -> Response {
        let url = format!("{}/v1/auth/providers/{provider}/start", self.home);
        let request = self.http.post(url).header(COOKIE, self.cookies());
        let request = token.into_iter().fold(request, |request, token| {
            request.header("authorization", format!("Bearer {token}"))
        });
        request.send().await.expect("a reply")
    }

    /// Asks where to go, and keeps the cookie.
    pub(super) async fn go(&mut self, provider: &str, guest: Option<&str>) -> String {
        let reply = self.start(provider, guest).await;
        assert_eq!(reply.status(), 200);
        self.keep(&reply);
        let start: ProviderStart = reply.json().await.expect("where to go");
        start.url
    }

    /// Goes through the provider's pages; where it sends the browser back to.
    pub(super) async fn visit(&mut self, url: &str) -> String {
        let mut url: Url = url.parse().expect("an address");
        for _ in 0..STEPS_MAX {
            let request = self.http.get(url.clone()).header(COOKIE, self.cookies());
            let reply = request.send().await.expect("a page");
            self.keep(&reply);
            let location = reply.headers().get(LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let location = location.unwrap_or_else(|| panic!("{} leads nowhere", url.path()));
            if let Some(back) = location.strip_prefix(&self.home) {
                return back.to_owned();
            }
            url = url.join(location).expect("an address");
        }
        panic!("the provider sends nobody back");
    }

    /// Comes back with what the provider gave, at this path and query.
    pub(super) async fn land(&self, back: &str) -> Landed {
        let request = self.http.get(format!("{}{back}", self.home));
        let reply = request.header(COOKIE, self.cookies()).send().await;
        let reply = reply.expect("a reply");
        assert_eq!(reply.status(), 302, "a person is told by a page");
        let (mut refresh, mut over) = (None, false);
        for (name, value) in set(&reply) {
            match name.as_str() {
                REFRESH => refresh = Some(format!("{name}={value}")),
                ATTEMPT => {
                    assert_eq!(value, "", "the attempt is over");
                    over = true;
                }
                _ => panic!("no other cookie, got {name}"),
            }
        }
        let location = reply.headers()[LOCATION].to_str().expect("text");
        Landed {
            location: location.to_owned(),
            refresh,
            over,
        }
    }

    /// Has the cookie of who is signed in.
    pub(super) fn holds(&mut self, refresh: &str) {
        let (name, value) = refresh.split_once('=').expect("a cookie");
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Changes the cookie by which it is known.
    pub(super) fn tamper(&mut self) {
        let cookie = self.cookies.get_mut(ATTEMPT).expect("a cookie");
        let changed = if cookie.contains('A') {
            ("A", "B")
        } else {
            ("B", "A")
        };
        *cookie = cookie.replacen(changed.0, changed.1, 1);
    }

    fn cookies(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs = pairs.map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, reply: &Response) {
        self.cookies.extend(set(reply));
    }
}

/// The cookies that a reply sets.
fn set(reply: &Response) -> Vec<(String, String)> {
    let set = reply.headers().get_all(SET_COOKIE).iter();
    set.filter_map(|set| {
        let pair = set.to_str().ok()?.split(';').next()?;
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    })
    .collect()
}
