//! What the writer found queued, as messages: a frame for several channels becomes one.
//!
//! Owns which frames may cross together: the same bytes in memory, and nothing of the channel's own between. Must not know the queue.

use std::collections::HashMap;

use bytes::Bytes;

use super::envelope::{Envelope, RECIPIENTS_MAX};
use super::outbound::{Command, Outbound};

/// Messages to write, and what becomes free once they are.
pub(super) struct Batch {
    pub(super) envelopes: Vec<Envelope>,
    /// Permits to give back to [`Outbound::room`].
    pub(super) room: usize,
}

impl Batch {
    /// Empties `commands`. Commands of one channel stay in their order; a frame may overtake those of others.
    pub(super) fn of(commands: &mut Vec<Command>) -> Self {
        let mut batch = Self {
            envelopes: Vec::with_capacity(commands.len()),
            room: 0,
        };
        let mut places = Places::default();
        let alone = commands.len() == 1;
        for command in commands.drain(..) {
            batch.room += command.cost();
            match command {
                Command::Frame { id, frame } if !alone => batch.frame(&mut places, id, frame),
                other => batch.single(&mut places, other),
            }
        }
        batch
    }

    fn single(&mut self, places: &mut Places, command: Command) {
        let envelope = match command {
            Command::Open { id, request } => Envelope::Open { id, request },
            Command::Reply { id, reply } => Envelope::Reply { id, reply },
            Command::Close { id, code } => Envelope::Close { id, code },
            Command::Frame { id, frame } => Envelope::Frame {
                ids: vec![id],
                frame,
            },
            Command::Credit(channel) => {
                let frames = channel.take_pending();
                if frames > 0 {
                    let id = channel.id;
                    self.envelopes.push(Envelope::Credit { id, frames });
                }
                return;
            }
        };
        if let Envelope::Open { id, .. } | Envelope::Reply { id, .. } | Envelope::Close { id, .. } =
            envelope
        {
            places.last.insert(id, self.envelopes.len());
        }
        self.envelopes.push(envelope);
    }

    fn frame(&mut self, places: &mut Places, id: u64, frame: Bytes) {
        let bytes = (frame.as_ptr() as usize, frame.len());
        let last = places.last.get(&id).copied();
        if let Some(&at) = places.frames.get(&bytes)
            && last.is_none_or(|last| last < at)
            && let Some(Envelope::Frame { ids, .. }) = self.envelopes.get_mut(at)
            && ids.len() < RECIPIENTS_MAX
        {
            ids.push(id);
            places.last.insert(id, at);
            return;
        }
        let at = self.envelopes.len();
        places.frames.insert(bytes, at);
        places.last.insert(id, at);
        self.envelopes.push(Envelope::Frame {
            ids: vec![id],
            frame,
        });
    }
}

/// Where in the batch things are.
#[derive(Default)]
struct Places {
    /// The newest message with these bytes, by where they are in memory: the batch keeps them alive.
    frames: HashMap<(usize, usize), usize>,
    /// The last message of a channel.
    last: HashMap<u64, usize>,
}

impl Command {
    /// What it took from [`Outbound::room`].
    fn cost(&self) -> usize {
        match self {
            Self::Open { request: bytes, .. } | Self::Frame { frame: bytes, .. } => {
                Outbound::cost(bytes) as usize
            }
            Self::Reply { .. } | Self::Credit(_) | Self::Close { .. } => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(id: u64, frame: &Bytes) -> Command {
        let frame = frame.clone();
        Command::Frame { id, frame }
    }

    fn laid_out(mut commands: Vec<Command>) -> Vec<(Vec<u64>, Bytes)> {
        let frames = Batch::of(&mut commands).envelopes.into_iter();
        frames
            .map(|envelope| match envelope {
                Envelope::Frame { ids, frame } => (ids, frame),
                Envelope::Close { id, .. } => (vec![id], Bytes::from_static(b"closed")),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn the_same_bytes_for_several_channels_are_one_message() {
        let (one, other) = (
            Bytes::from("one".to_owned()),
            Bytes::from("other".to_owned()),
        );
        let laid = laid_out(vec![
            frame(1, &one),
            frame(9, &other),
            frame(2, &one),
            frame(3, &one),
        ]);
        assert_eq!(laid, [(vec![1, 2, 3], one), (vec![9], other)]);
    }

    #[test]
    fn equal_bytes_that_are_not_the_same_are_left_apart() {
        let (one, twin) = (Bytes::from("one".to_owned()), Bytes::from("one".to_owned()));
        let laid = laid_out(vec![frame(1, &one), frame(2, &twin)]);
        assert_eq!(laid, [(vec![1], one), (vec![2], twin)]);
    }

    #[test]
    fn no_frame_overtakes_another_of_its_channel() {
        let (a, b) = (Bytes::from("a".to_owned()), Bytes::from("b".to_owned()));
        // Channel 2 has `b` before its `a`: it cannot join the first `a`.
        let laid = laid_out(vec![frame(1, &a), frame(2, &b), frame(2, &a), frame(3, &a)]);
        assert_eq!(
            laid,
            [(vec![1], a.clone()), (vec![2], b), (vec![2, 3], a.clone())]
        );
        // The same bytes twice to one channel are two frames.
        assert_eq!(
            laid_out(vec![frame(1, &a), frame(1, &a)]),
            [(vec![1], a.clone()), (vec![1], a.clone())]
        );
        let closed = Command::Close { id: 1, code: 1000 };
        assert_eq!(
            laid_out(vec![frame(2, &a), closed, frame(1, &a)]),
            [
                (vec![2], a.clone()),
                (vec![1], Bytes::from_static(b"closed")),
                (vec![1], a)
            ]
        );
    }
}
