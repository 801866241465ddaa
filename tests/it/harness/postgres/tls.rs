//! A certificate for `localhost` and the authority that signed it. Must not know who connects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::{Programs, said};

/// What an authority's certificate is written to.
pub(super) fn authority(folder: &Path) -> PathBuf {
    folder.join("authority.crt")
}

/// The server's settings for the certificate in this folder.
pub(super) fn settings(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
    )
}

/// Makes an authority, and a certificate of it for `localhost` that is PostgreSQL's to read.
pub(super) fn give_certificate(programs: &Programs, folder: &Path) {
    make_certificate(folder);
    for name in ["server.key", "server.crt"] {
        programs.give(&folder.join(name));
    }
}

/// Makes `authority.crt`, and of it `server.crt` and `server.key` for `localhost`.
pub(crate) fn make_certificate(folder: &Path) {
    make_authority(folder);
    let path = |name: &str| folder.join(name);
    fs::write(
        path("names"),
        "subjectAltName = DNS:localhost\nbasicConstraints = CA:FALSE\n",
    )
    .expect("the folder takes files");
    let mut request = openssl("req", folder);
    request.args(["-new", "-subj", "/CN=localhost", "-out", "server.csr"]);
    said(request.args(key_in("server.key")));
    let mut sign = openssl("x509", folder);
    sign.args([
        "-req",
        "-in",
        "server.csr",
        "-out",
        "server.crt",
        "-days",
        "2",
    ]);
    sign.args([
        "-CA",
        "authority.crt",
        "-CAkey",
        "authority.key",
        "-CAcreateserial",
    ]);
    said(sign.args(["-extfile", "names"]));
    said(Command::new("chmod").arg("600").arg(path("server.key")));
}

/// Makes an authority in a folder; its certificate's path. By itself: one that has signed nothing.
pub(crate) fn make_authority(folder: &Path) -> PathBuf {
    let mut make = openssl("req", folder);
    make.args([
        "-x509",
        "-subj",
        "/CN=LearnR tests",
        "-days",
        "2",
        "-out",
        "authority.crt",
    ]);
    said(make.args(key_in("authority.key")));
    authority(folder)
}

fn key_in(file: &str) -> [&str; 7] {
    let curve = "ec_paramgen_curve:prime256v1";
    [
        "-newkey", "ec", "-pkeyopt", curve, "-nodes", "-keyout", file,
    ]
}

fn openssl(verb: &str, folder: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.arg(verb).current_dir(folder);
    command
}
