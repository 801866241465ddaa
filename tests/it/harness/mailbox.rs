//! A server of mail that keeps what it is given, for tests to read.
//!
//! Owns as much of SMTP as a client needs that sends plain text. Must not know who writes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::until;

/// A recipient that is refused for good.
pub(crate) const REFUSED: &str = "refused@example.org";
/// How recipients begin that are put off whenever they are named.
pub(crate) const PUT_OFF: &str = "put-off";
/// A recipient that is put off unless somebody was before.
pub(crate) const LATE: &str = "late@example.org";

/// What arrived.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) text: String,
}

/// The server; it stops with the test's runtime.
pub(crate) struct Mailbox {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<Mail>>>,
    put_off: Arc<AtomicUsize>,
}

impl Mailbox {
    /// A server on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let put_off = Arc::new(AtomicUsize::new(0));
        let (kept, counted) = (Arc::clone(&arrived), Arc::clone(&put_off));
        actix_rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, counted) = (Arc::clone(&kept), Arc::clone(&counted));
                actix_rt::spawn(async move {
                    // A client that goes away in the middle has sent nothing.
                    drop(converse(stream, &kept, &counted).await);
                });
            }
        });
        Self {
            address,
            arrived,
            put_off,
        }
    }

    /// How often somebody was put off so far.
    pub(crate) fn put_off(&self) -> usize {
        self.put_off.load(Ordering::Relaxed)
    }

    /// Where a client finds it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What arrived for an address so far, in order.
    pub(crate) fn arrived(&self, to: &str) -> Vec<Mail> {
        let arrived = self.arrived.lock().expect("no test panics here");
        let of = arrived.iter().filter(|mail| mail.to == to);
        of.cloned().collect()
    }

    /// The `count`th mail to an address, once it is there.
    pub(crate) async fn mail(&self, to: &str, count: usize) -> Mail {
        until("the mail arrives", async || self.arrived(to).len() >= count).await;
        self.arrived(to).swap_remove(count - 1)
    }
}

impl Mail {
    /// The token that its link carries.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.text.split_once("?token=").expect("a link");
        let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        rest.split(odd).next().unwrap_or_default().to_owned()
    }
}

async fn converse(
    stream: TcpStream,
    kept: &Mutex<Vec<Mail>>,
    put_off: &AtomicUsize,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mailbox ESMTP\r\n").await?;
    let (mut line, mut to) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-mailbox\r\n250 8BITMIME\r\n",
            "RCPT" if line.contains(REFUSED) => "550 nobody of that name\r\n",
            "RCPT" if is_put_off(&line, put_off) => "450 another time\r\n",
            "RCPT" => {
                let of = line.split(['<', '>']).nth(1).unwrap_or_default();
                to = of.to_owned();
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let text = text(&mut stream).await?;
                let mail = Mail {
                    to: to.clone(),
                    text,
                };
                kept.lock().expect("no test panics here").push(mail);
                "250 kept\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}

fn is_put_off(line: &str, put_off: &AtomicUsize) -> bool {
    let late = line.contains(LATE) && put_off.load(Ordering::Relaxed) == 0;
    let is = late || line.contains(PUT_OFF);
    if is {
        put_off.fetch_add(1, Ordering::Relaxed);
    }
    is
}

/// A mail up to its end, with what quoted-printable has changed of it put back.
async fn text(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut text, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(text.replace("=\r\n", "").replace("=3D", "="));
        }
        text.push_str(&line);
    }
}
