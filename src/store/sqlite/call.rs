//! Owns how a write other than an append travels to the writer and its result back. Must not know
//! what it writes.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::queue::Write;
use crate::store::StoreError;

/// A statement, run as often as its batch is, and its latest result.
pub(super) struct Call<F, T> {
    run: F,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Call<F, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    T: Send + 'static,
{
    /// The call, and where its result will be.
    pub(super) fn with_reply(run: F) -> (Box<dyn Write>, oneshot::Receiver<Result<T, StoreError>>) {
        let (reply, result) = oneshot::channel();
        let call = Call {
            run,
            result: None,
            reply,
        };
        (Box::new(call), result)
    }
}

impl<F, T> Write for Call<F, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, tx: &Connection) -> rusqlite::Result<()> {
        self.result = Some(Ok((self.run)(tx)?));
        Ok(())
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or(Err(StoreError::Closed));
        // Dropped when the caller has stopped waiting: the write stands all the same.
        drop(self.reply.send(result));
    }
}
