//! Figures for Prometheus: one recorder for the process, rendered by `/metrics`.

use std::sync::OnceLock;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder on the first call; every call returns its handle.
///
/// # Errors
/// [`BuildError`] when another recorder was installed before.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder();
    match handle {
        Ok(handle) => {
            describe();
            Ok(RECORDER.get_or_init(|| handle).clone())
        }
        // Another test of this process was faster.
        Err(error) => RECORDER.get().cloned().ok_or(error),
    }
}

fn describe() {
    describe_gauge!("learnr_sessions_live", "Sessions in memory");
    describe_gauge!("learnr_sockets_open", "Sockets open");
    describe_counter!(
        "learnr_sessions_activated_total",
        "Sessions claimed and replayed"
    );
    describe_counter!("learnr_learners_deleted_total", "Accounts deleted here");
    describe_counter!(
        "learnr_sign_ins_total",
        "Attempts to sign in with a password, by outcome"
    );
    describe_counter!(
        "learnr_provider_sign_ins_total",
        "Sign-ins that came back from a provider, by outcome"
    );
    describe_counter!(
        "learnr_refresh_tokens_reused_total",
        "Refresh tokens that two had, each the end of a sign-in"
    );
    describe_counter!(
        "learnr_password_hashes_total",
        "Passwords hashed or held against a hash"
    );
    describe_counter!("learnr_mails_total", "Mails, by outcome");
    describe_counter!(
        "learnr_reminders_total",
        "Evenings of learners who want reminders, by outcome"
    );
    describe_counter!("learnr_refusals_total", "Commands the domain refused");
    describe_counter!(
        "learnr_rate_limited_total",
        "Messages over a learner's limits"
    );
    describe_store();
    describe_fleet();
    describe_links();
    describe_histogram!(
        "learnr_answer_stored_seconds",
        Unit::Seconds,
        "Time from handing events to the writer until they are stored"
    );
}

fn describe_store() {
    describe_histogram!("learnr_store_batch_rows", "Rows in a batch");
    describe_gauge!(
        "learnr_store_queue_rows",
        "Rows handed to the writer and not answered"
    );
    describe_histogram!(
        "learnr_store_commit_seconds",
        Unit::Seconds,
        "Time that a batch took"
    );
    describe_counter!(
        "learnr_store_retries_total",
        "Batches tried again because the store did not take them"
    );
    describe_counter!(
        "learnr_store_refused_total",
        "Writes refused because too many wait"
    );
    describe_counter!(
        "learnr_store_outcomes_total",
        "What came of writes, by outcome"
    );
}

fn describe_fleet() {
    describe_counter!(
        "learnr_claims_total",
        "Claims of sessions: claimed, taken over from an owner that had not released it, or lost to somebody faster"
    );
    describe_counter!(
        "learnr_handovers_asked_total",
        "Times another instance was asked for a session, by its reply"
    );
    describe_counter!(
        "learnr_fenced_total",
        "Writes refused because another instance had claimed the session"
    );
    describe_counter!(
        "learnr_sessions_superseded_total",
        "Sessions found claimed elsewhere when a socket came for them"
    );
    describe_gauge!(
        "learnr_relays_in",
        "Sockets of other instances whose session is here"
    );
    describe_gauge!(
        "learnr_relays_out",
        "Sockets here whose session is on another instance"
    );
    describe_counter!(
        "learnr_relays_resumed_total",
        "Sockets that stayed when the instance of their session went"
    );
    describe_counter!(
        "learnr_sockets_refused_total",
        "Sockets over the rate at which they are opened"
    );
    describe_gauge!(
        "learnr_lease_age_seconds",
        Unit::Seconds,
        "Time since this instance last renewed its lease"
    );
    describe_histogram!(
        "learnr_redis_seconds",
        Unit::Seconds,
        "Time that a call to Redis took, answered or not, by operation"
    );
    describe_counter!(
        "learnr_redis_errors_total",
        "Calls to Redis that failed, by operation and kind"
    );
}

fn describe_links() {
    describe_gauge!(
        "learnr_links_open",
        "Internal links, by who dialled: out is this instance"
    );
    describe_gauge!(
        "learnr_link_channels_open",
        "Channels in internal links, by who opened them"
    );
    describe_counter!(
        "learnr_link_frames_total",
        "Frames over internal links, each channel's counted"
    );
    describe_counter!(
        "learnr_link_bytes_total",
        Unit::Bytes,
        "Bytes of messages over internal links"
    );
    describe_counter!(
        "learnr_link_handshakes_refused_total",
        "Internal links refused, by reason"
    );
    describe_counter!(
        "learnr_links_lost_total",
        "Internal links that ended, by reason"
    );
}
