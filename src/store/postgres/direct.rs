//! Owns the question whether a connection leads straight to a server, or to a pooler that gives each transaction
//! whichever server is free. Must not know what is done with the answer.
//!
//! A server tells a client its process at the start, for cancelling. A pooler cannot tell the process of a server that
//! it has not chosen yet: it makes a number up. So the two are held against each other.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_postgres::{CancelToken, Client, Error};

/// Which process serves this transaction.
const SERVED_BY: &str = "SELECT pg_backend_pid()";
/// Bytes of a request to cancel: its length, its code, the process, the secret. Four each.
const REQUEST_BYTES: usize = 16;
/// Bytes that the driver writes at most: a request for TLS, then the request.
const WRITTEN_BYTES_MAX: usize = 64;

/// Whether `client` talks to the server that it was connected to.
///
/// # Errors
/// The driver's, when the server does not say which process it is.
pub(super) async fn is_direct(client: &Client) -> Result<bool, Error> {
    let row = client.query_typed_one(SERVED_BY, &[]).await?;
    // What answers otherwise is no server of ours: whoever asks it for more will say so.
    let served_by: Option<i32> = row.try_get(0).ok();
    Ok(served_by.is_some() && served_by == told(client.cancel_token()).await)
}

/// The process that was told at the start. The driver keeps it to itself but for requests to cancel: one is written
/// here, and sent nowhere.
async fn told(token: CancelToken) -> Option<i32> {
    let (request, mut written) = tokio::io::duplex(WRITTEN_BYTES_MAX);
    // Where TLS is required the driver asks for it first, and waits for this.
    written.write_all(b"S").await.ok()?;
    token.cancel_query_raw(request, InTheClear).await.ok()?;
    let mut bytes = Vec::with_capacity(WRITTEN_BYTES_MAX);
    written.read_to_end(&mut bytes).await.ok()?;
    let request = bytes.get(bytes.len().checked_sub(REQUEST_BYTES)?..)?;
    Some(i32::from_be_bytes(request[8..12].try_into().ok()?))
}

/// Stands where TLS would, and leaves what is written as it is.
struct InTheClear;

impl TlsConnect<DuplexStream> for InTheClear {
    type Stream = Clear;
    type Error = Infallible;
    type Future = Ready<Result<Clear, Infallible>>;

    fn connect(self, stream: DuplexStream) -> Self::Future {
        ready(Ok(Clear(stream)))
    }
}

/// A stream that is no TLS.
struct Clear(DuplexStream);

impl TlsStream for Clear {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Clear {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Clear {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
