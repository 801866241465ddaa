//! Owns what an error of Redis means for whoever called, in words that say what to do. Must not call.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::cluster::DirectoryError;

/// What came of a call that failed.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) error: DirectoryError,
    /// Whether the connection is to be made anew, and calls to fail at once until it is.
    pub(super) breaks: bool,
    /// Whether it is only that Redis does not know the hash of a script.
    pub(super) unknown_script: bool,
}

impl Fault {
    /// Nothing came in time, or the connection is gone.
    pub(super) fn unavailable(detail: impl ToString) -> Self {
        Self {
            error: DirectoryError::Unavailable(detail.to_string()),
            breaks: true,
            unknown_script: false,
        }
    }

    /// The word for it in a metric's label.
    pub(super) fn kind(&self) -> &'static str {
        match self.error {
            DirectoryError::Unavailable(_) => "unavailable",
            DirectoryError::Refused(_) => "refused",
            DirectoryError::Unreadable { .. } => "unreadable",
        }
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        if error.kind() == ErrorKind::AuthenticationFailed {
            return refused(
                "the user or the password is wrong: correct it in REDIS_URL",
                true,
            );
        }
        let advice = match error.code() {
            Some("WRONGPASS") => "the user or the password is wrong: correct it in REDIS_URL",
            Some("NOAUTH") => "it asks for a password: write one into REDIS_URL",
            Some("NOPERM") => {
                let what = error.detail().unwrap_or("a command or a key");
                let advice = format!(
                    "this user may not do what is needed ({what}): grant what docs/redis.md lists"
                );
                return refused(&advice, false);
            }
            Some("READONLY") => {
                "it is a replica, which takes no writes: point REDIS_URL to the primary"
            }
            Some("OOM") => {
                "its memory is full: raise maxmemory, or set a maxmemory-policy that evicts keys with a time to live"
            }
            Some("MISCONF") => {
                "it cannot save to its disk and takes no writes: free its disk, or turn its snapshots off"
            }
            Some("NOREPLICAS") => {
                "it has fewer replicas than min-replicas-to-write: bring them back"
            }
            _ => return other(&error),
        };
        // A replica behind a name may not be who answers to the name after a failover, and who asks for a password again has
        // forgotten us.
        let anew = matches!(error.code(), Some("READONLY" | "NOAUTH" | "WRONGPASS"));
        refused(advice, anew)
    }
}

fn refused(advice: &str, breaks: bool) -> Fault {
    Fault {
        error: DirectoryError::Refused(advice.to_owned()),
        breaks,
        unknown_script: false,
    }
}

fn other(error: &RedisError) -> Fault {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::NoScript) => Fault {
            unknown_script: true,
            ..refused("it forgets scripts while they run", false)
        },
        // Wrong types, wrong arguments, scripts that fail: somebody has written under our keys, or this server lacks a command. The
        // connection is as good as it was.
        ErrorKind::Server(ServerErrorKind::ResponseError | ServerErrorKind::ExecAbort)
        | ErrorKind::UnexpectedReturnType
        | ErrorKind::Extension => refused(
            &format!(
                "{error}: it has to be Redis 6 or later, and the keys learnr:* left to LearnR"
            ),
            false,
        ),
        _ => Fault::unavailable(error),
    }
}
