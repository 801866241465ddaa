//! What links have done, in numbers. Owns the counters and their metrics. Must not know what is counted for whom.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the links of an instance carry, and have carried since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Links that this instance dialled.
    pub links_out: u64,
    /// Links that others dialled.
    pub links_in: u64,
    /// Channels open that this instance opened.
    pub channels_out: u64,
    /// Channels open that others opened.
    pub channels_in: u64,
    /// Times a link was dialled, in vain or not.
    pub dialled: u64,
    /// Frames sent, each channel's counted.
    pub frames_sent: u64,
    /// Messages that carried them: fewer, since a frame for several channels of one link crosses once.
    pub messages_sent: u64,
    /// Frames received, each channel's counted.
    pub frames_received: u64,
    /// Bytes of messages sent.
    pub bytes_sent: u64,
    /// Bytes of messages received.
    pub bytes_received: u64,
    /// Handshakes of others refused.
    pub refused: u64,
    /// Links cut because the other end broke the protocol.
    pub violations: u64,
    /// Links lost to silence.
    pub silent: u64,
}

/// The counters behind [`Counts`].
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) links: [AtomicU64; 2],
    pub(super) channels: [AtomicU64; 2],
    pub(super) dialled: AtomicU64,
    pub(super) frames_sent: AtomicU64,
    pub(super) messages_sent: AtomicU64,
    pub(super) frames_received: AtomicU64,
    pub(super) bytes_sent: AtomicU64,
    pub(super) bytes_received: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) violations: AtomicU64,
    pub(super) silent: AtomicU64,
}

/// Which end of a link this instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It dialled, and opens channels.
    Dialler,
    /// It was dialled, and serves them.
    Acceptor,
}

impl End {
    fn label(self) -> &'static str {
        match self {
            End::Dialler => "out",
            End::Acceptor => "in",
        }
    }
}

impl Tally {
    pub(super) fn link(&self, end: End, opened: bool) {
        step(&self.links[end as usize], opened);
        gauge("learnr_links_open", end, opened);
    }

    pub(super) fn channel(&self, end: End, opened: bool) {
        step(&self.channels[end as usize], opened);
        gauge("learnr_link_channels_open", end, opened);
    }

    pub(super) fn sent(&self, frames: u64, bytes: u64) {
        if frames > 0 {
            self.frames_sent.fetch_add(frames, Ordering::Relaxed);
            self.messages_sent.fetch_add(1, Ordering::Relaxed);
        }
        self.bytes_sent.fetch_add(bytes, Ordering::Relaxed);
        metrics::counter!("learnr_link_frames_total", "direction" => "out").increment(frames);
        metrics::counter!("learnr_link_bytes_total", "direction" => "out").increment(bytes);
    }

    pub(super) fn received(&self, frames: u64, bytes: u64) {
        self.frames_received.fetch_add(frames, Ordering::Relaxed);
        self.bytes_received.fetch_add(bytes, Ordering::Relaxed);
        metrics::counter!("learnr_link_frames_total", "direction" => "in").increment(frames);
        metrics::counter!("learnr_link_bytes_total", "direction" => "in").increment(bytes);
    }

    pub(super) fn refused(&self, reason: &'static str) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("learnr_link_handshakes_refused_total", "reason" => reason).increment(1);
    }

    pub(super) fn lost(&self, reason: &'static str) {
        match reason {
            "violation" => self.violations.fetch_add(1, Ordering::Relaxed),
            "silent" => self.silent.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        metrics::counter!("learnr_links_lost_total", "reason" => reason).increment(1);
    }

    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            links_out: read(&self.links[End::Dialler as usize]),
            links_in: read(&self.links[End::Acceptor as usize]),
            channels_out: read(&self.channels[End::Dialler as usize]),
            channels_in: read(&self.channels[End::Acceptor as usize]),
            dialled: read(&self.dialled),
            frames_sent: read(&self.frames_sent),
            messages_sent: read(&self.messages_sent),
            frames_received: read(&self.frames_received),
            bytes_sent: read(&self.bytes_sent),
            bytes_received: read(&self.bytes_received),
            refused: read(&self.refused),
            violations: read(&self.violations),
            silent: read(&self.silent),
        }
    }
}

fn step(counter: &AtomicU64, up: bool) {
    if up {
        counter.fetch_add(1, Ordering::Relaxed);
    } else {
        counter.fetch_sub(1, Ordering::Relaxed);
    }
}

fn gauge(name: &'static str, end: End, up: bool) {
    metrics::gauge!(name, "direction" => end.label()).increment(if up { 1.0 } else { -1.0 });
}
