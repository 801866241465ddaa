//! A server that says it is PostgreSQL 12: as much of the protocol as it takes to be refused.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Server's messages: a type, then the length of what follows with itself.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a short message");
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// Starts it; it lasts as long as the test.
pub(super) fn server() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            // A client that has heard enough leaves in the middle.
            drop(serve(client));
        }
    });
    address
}

/// Welcomes whoever comes, and answers every question with the number of its release.
fn serve(mut client: TcpStream) -> std::io::Result<()> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
    client.read_exact(&mut startup)?;
    let ready = message(b'Z', b"I");
    let welcome = [
        message(b'R', &[0; 4]),
        message(b'S', b"server_version\x0012.4\0"),
        message(b'K', &[0; 8]),
        ready.clone(),
    ];
    client.write_all(&welcome.concat())?;
    let answer = [
        message(b'1', b""),
        message(b'2', b""),
        // One column, a text; one row of it.
        message(
            b'T',
            b"\0\x01version\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0",
        ),
        message(b'D', b"\0\x01\0\0\0\x06120004"),
        message(b'C', b"SELECT 1\0"),
        ready,
    ]
    .concat();
    let mut head = [0; 5];
    loop {
        client.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        client.read_exact(&mut body)?;
        if kind == b'S' {
            client.write_all(&answer)?;
        }
    }
}
