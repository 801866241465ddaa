//! The key that signs tokens and tickets: HMAC-SHA-256, given by configuration or kept beside the data.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Fewest bytes a configured secret may have.
pub(super) const SECRET_BYTES_MIN: usize = 32;
/// Bytes of a fingerprint: enough that two secrets hardly ever share one.
const FINGERPRINT_BYTES: usize = 9;
/// Most bytes read from the secret's file.
const SECRET_BYTES_MAX: u64 = 4096;

/// Why there is no secret to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The secret is too short to be one.
    #[error(
        "{place}: a secret needs at least {SECRET_BYTES_MIN} bytes, got {found}: generate one with `openssl rand -hex 32`"
    )]
    TooShort {
        /// Where it was given.
        place: String,
        /// Its bytes.
        found: usize,
    },
    /// The file cannot be read or written.
    #[error("{}: cannot read or create the signing secret: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The signing key. It has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct Secret {
    mac: Hmac<Sha256>,
}

impl Secret {
    /// A secret from configuration.
    ///
    /// # Errors
    /// [`SecretError::TooShort`].
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        Self::from_bytes(text.trim().as_bytes(), "LEARNR_SECRET")
    }

    /// The secret kept in `path`, created with mode 0600 on the first start. Several processes may start
    /// at once: one creates it, the others read it.
    ///
    /// # Errors
    /// [`SecretError`] names the file and what is wrong with it.
    pub fn load_or_create(path: &Path) -> Result<Self, SecretError> {
        let io = |source| SecretError::Io {
            path: path.to_owned(),
            source,
        };
        let fresh = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let staged = path.with_extension(format!("new-{}", Uuid::new_v4().simple()));
        match std::fs::metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Written whole under another name first: whoever reads the file never sees a part of it.
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&staged)
                    .and_then(|mut file| {
                        file.write_all(fresh.as_bytes())?;
                        file.sync_all()
                    })
                    .map_err(io)?;
                let linked = std::fs::hard_link(&staged, path);
                std::fs::remove_file(&staged).map_err(io)?;
                match linked {
                    Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                        return Err(io(error));
                    }
                    _ => {}
                }
            }
            Err(error) => return Err(io(error)),
        }
        let mut text = String::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(SECRET_BYTES_MAX).read_to_string(&mut text))
            .map_err(io)?;
        Self::from_bytes(text.trim().as_bytes(), &path.display().to_string())
    }

    fn from_bytes(bytes: &[u8], place: &str) -> Result<Self, SecretError> {
        if bytes.len() < SECRET_BYTES_MIN {
            return Err(SecretError::TooShort {
                place: place.to_owned(),
                found: bytes.len(),
            });
        }
        let mac = Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length");
        Ok(Self { mac })
    }

    /// Tells this secret from others without telling what it is.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut mac = self.mac.clone();
        mac.update(b"fingerprint");
        let tag = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&tag[..FINGERPRINT_BYTES])
    }

    /// A number for a text that only whoever has the secret can find the text of. No two purposes share one.
    pub(super) fn number(&self, purpose: &str, text: &[u8]) -> u64 {
        let mut mac = self.mac.clone();
        // A purpose has no space, and no token of ours begins with one.
        mac.update(b" ");
        mac.update(purpose.as_bytes());
        mac.update(b" ");
        mac.update(text);
        let tag = mac.finalize().into_bytes();
        let first = tag.first_chunk().expect("a tag has 32 bytes");
        u64::from_be_bytes(*first)
    }

    /// `purpose.claims.signature`, each part safe in a URL.
    pub(super) fn sign(&self, purpose: &str, claims: &[u8]) -> String {
        let body = format!("{purpose}.{}", URL_SAFE_NO_PAD.encode(claims));
        let mut mac = self.mac.clone();
        mac.update(body.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{body}.{signature}")
    }

    /// The claims of a text that [`Secret::sign`] made for the same purpose; `None` for any other text.
    pub(super) fn open(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        let (body, signature) = text.rsplit_once('.')?;
        let claims = body.strip_prefix(purpose)?.strip_prefix('.')?;
        let mut mac = self.mac.clone();
        mac.update(body.as_bytes());
        mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?)
            .ok()?;
        URL_SAFE_NO_PAD.decode(claims).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_ever_after() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("secret");
        let first = Secret::load_or_create(&path).expect("created");
        let again = Secret::load_or_create(&path).expect("read");
        let signed = first.sign("t1", b"claims");
        assert_eq!(again.open("t1", &signed).as_deref(), Some(&b"claims"[..]));
        let left: Vec<_> = std::fs::read_dir(dir.path()).expect("listed").collect();
        assert_eq!(left.len(), 1, "the staged file is removed");
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(matches!(
            Secret::from_text("short"),
            Err(SecretError::TooShort { found: 5, .. })
        ));
    }

    #[test]
    fn another_purpose_or_a_changed_byte_opens_nothing() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let signed = secret.sign("t1", b"claims");
        assert_eq!(secret.open("g1", &signed), None);
        for at in 0..signed.len() {
            let mut bytes = signed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("still ASCII");
            if changed != signed {
                assert_eq!(secret.open("t1", &changed), None, "byte {at}");
            }
        }
        assert_eq!(secret.open("t1", ""), None);
        assert_eq!(secret.open("t1", "t1.."), None);
    }
}
