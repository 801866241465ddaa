//! A second cluster that follows a first: streaming, behind, promoted. Must not know what is replicated.

use super::cluster::append;
use super::processes::settled;
use super::programs::{Programs, said};
use super::{Cluster, PASSWORD, USER};

impl Cluster {
    /// Copies this cluster into a new one that follows it under `name`, and waits until it streams.
    pub(crate) async fn standby(&self, name: &str) -> Cluster {
        let programs = Programs::here();
        let folder = tempfile::tempdir().expect("a temporary folder");
        programs.give(folder.path());
        let data = folder.path().join("data");
        let source = format!(
            "host=127.0.0.1 port={} user={USER} password={PASSWORD} application_name={name}",
            self.port
        );
        let mut copy = programs.postgres("pg_basebackup");
        copy.arg("-d").arg(source).arg("-D").arg(&data);
        said(copy.args(["--write-recovery-conf", "--checkpoint", "fast", "--no-sync"]));
        let sockets = folder.path().display();
        let settings = format!("unix_socket_directories = '{sockets}'\n");
        append(&data.join("postgresql.conf"), &settings);
        let mut standby = Cluster::stopped(folder, data, None);
        standby.start_on_a_free_port().await;
        self.followed_by(name, "streaming").await;
        standby
    }

    /// Lets commits wait until the standby `name` has them on disk, and waits until that holds.
    pub(crate) async fn synchronous_with(&self, name: &str) {
        self.set("synchronous_standby_names", &format!("\"{name}\""));
        settled("the standby is synchronous", || {
            let sql = format!(
                "SELECT sync_state FROM pg_stat_replication WHERE application_name = '{name}'"
            );
            self.sql("postgres", &sql) == "sync"
        })
        .await;
    }

    async fn followed_by(&self, name: &str, state: &str) {
        settled("the standby follows", || {
            let sql =
                format!("SELECT state FROM pg_stat_replication WHERE application_name = '{name}'");
            self.sql("postgres", &sql) == state
        })
        .await;
    }

    /// Makes a standby a primary of its own.
    pub(crate) fn promote(&self) {
        assert_eq!(self.sql("postgres", "SELECT pg_promote(true, 60)"), "t");
    }

    /// Lets a standby show nothing new until [`Cluster::resume_replay`]; it still receives, and confirms what is on its disk.
    pub(crate) async fn pause_replay(&self) {
        self.sql("postgres", "SELECT pg_wal_replay_pause()");
        settled("replay is paused", || {
            self.sql("postgres", "SELECT pg_get_wal_replay_pause_state()") == "paused"
        })
        .await;
    }

    /// Lets a standby catch up.
    pub(crate) fn resume_replay(&self) {
        self.sql("postgres", "SELECT pg_wal_replay_resume()");
    }
}
