//! PostgreSQL's programs: where they are and as whom they run, as scripts/postgres.sh says. Must not know what they are for.

use std::ffi::OsStr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A user that PostgreSQL runs as when the tests run as root, which it refuses.
struct User {
    uid: u32,
    gid: u32,
}

/// What starts PostgreSQL here.
pub(super) struct Programs {
    bin: PathBuf,
    user: Option<User>,
    /// Whether setpriv (Linux) is there to end what a killed test leaves.
    has_setpriv: bool,
}

impl Programs {
    /// What this machine has. Without it the test fails, and says what to do.
    pub(super) fn here() -> &'static Self {
        static FOUND: OnceLock<Programs> = OnceLock::new();
        FOUND.get_or_init(|| {
            let user = script("user");
            let number = |flag: &str| {
                let number = said(Command::new("id").args([flag, &user]));
                number.parse().expect("id prints a number")
            };
            Self {
                bin: PathBuf::from(script("bin")),
                has_setpriv: runs(Command::new("setpriv").arg("--version")),
                user: (!user.is_empty()).then(|| User {
                    uid: number("-u"),
                    gid: number("-g"),
                }),
            }
        })
    }

    /// One of PostgreSQL's own programs, as the user it runs as.
    pub(super) fn postgres(&self, program: &str) -> Command {
        self.command(self.bin.join(program))
    }

    /// Any program as that user. It ends with the thread that starts it: start it from the test's own.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if self.has_setpriv {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL"]);
            if let Some(user) = &self.user {
                command.arg(format!("--reuid={}", user.uid));
                command.arg(format!("--regid={}", user.gid));
                command.arg("--init-groups");
            }
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        // A folder that anybody may be in: the test's own may be closed to that user.
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// Whose files PostgreSQL's are.
    pub(super) fn uid(&self) -> String {
        match &self.user {
            Some(user) => user.uid.to_string(),
            None => said(Command::new("id").arg("-u")),
        }
    }

    /// Makes a file or folder that user's.
    pub(super) fn give(&self, path: &Path) {
        if let Some(user) = &self.user {
            chown(path, Some(user.uid), Some(user.gid)).expect("root gives files away");
        }
    }
}

/// Runs a command that must succeed; what it printed, without the last line's end.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
    let printed = String::from_utf8(output.stdout).expect("it prints words");
    printed.trim_end().to_owned()
}

fn runs(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn script(verb: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres.sh");
    said(Command::new("bash").arg(path).arg(verb))
}
