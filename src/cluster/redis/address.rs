//! Owns how `REDIS_URL` is read: one server or a Redis Cluster, as whom, and whom TLS trusts. Must not connect.

use std::path::PathBuf;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use super::OpenError;

/// Addresses of a Redis Cluster that are read; the rest of it is learnt from them.
const SEEDS_MAX: usize = 16;

/// Where Redis is.
pub(super) struct Address {
    /// One for a single server; for a Redis Cluster, servers to ask for the rest.
    pub(super) seeds: Vec<ConnectionInfo>,
    pub(super) is_cluster: bool,
    /// Certificates to trust, in PEM, in the place of the system's.
    pub(super) root_certificates: Option<Vec<u8>>,
    /// For people: hosts, never the password.
    pub(super) shown: String,
}

impl Address {
    /// Reads `redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]`, with `rediss` for TLS, and `redis-cluster` or `rediss-cluster` with one
    /// or more HOST:PORT between commas. `?sslrootcert=FILE` names the certificates that TLS trusts.
    ///
    /// # Errors
    /// [`OpenError::Address`], without what is secret in it.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("it has no scheme"))?;
        let (plain, is_cluster) = match scheme {
            "redis" | "rediss" => (scheme, false),
            "redis-cluster" => ("redis", true),
            "rediss-cluster" => ("rediss", true),
            _ => return Err(wrong("its scheme is none that is known")),
        };
        if rest.contains('#') {
            return Err(wrong("it has a #; write one in a password as %23"));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let root = root_certificates(plain, query)?;
        let (at, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = match at.rsplit_once('@') {
            Some((user, hosts)) => (format!("{user}@"), hosts),
            None => (String::new(), at),
        };
        let hosts: Vec<&str> = hosts.split(',').collect();
        if hosts.len() > SEEDS_MAX || (hosts.len() > 1 && !is_cluster) {
            let many = format!("it names {} servers", hosts.len());
            return Err(wrong(&many));
        }
        if is_cluster && !path.is_empty() {
            return Err(wrong("a Redis Cluster has no numbered databases"));
        }
        let mut seeds = Vec::new();
        for host in &hosts {
            // The crate's message may repeat what it could not read.
            let seed = format!("{plain}://{user}{host}/{path}")
                .into_connection_info()
                .map_err(|_| wrong("a part of it cannot be read"))?;
            if let ConnectionAddr::Tcp(name, _) | ConnectionAddr::TcpTls { host: name, .. } =
                seed.addr()
                && name.is_empty()
            {
                return Err(wrong("it names no host"));
            }
            seeds.push(seed);
        }
        Ok(Self {
            seeds,
            is_cluster,
            root_certificates: root,
            shown: format!("{scheme}://{}", hosts.join(",")),
        })
    }
}

fn root_certificates(scheme: &str, query: &str) -> Result<Option<Vec<u8>>, OpenError> {
    let mut root = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) if scheme == "rediss" => {
                let path = PathBuf::from(path);
                let read = std::fs::read(&path)
                    .map_err(|error| wrong(&format!("{}: {error}", path.display())))?;
                root = Some(read);
            }
            Some(("sslrootcert", _)) => {
                return Err(wrong("sslrootcert is for TLS: begin with rediss"));
            }
            _ => return Err(wrong("of what may follow a ? only sslrootcert is known")),
        }
    }
    Ok(root)
}

fn wrong(detail: &str) -> OpenError {
    OpenError::Address {
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address = Address::parse("rediss://me:hush@cache:6380/2").expect("reads");
        assert_eq!(address.shown, "rediss://cache:6380");
        assert!(!address.is_cluster);
        assert_eq!(address.seeds[0].redis_settings().password(), Some("hush"));
        let address = Address::parse("redis-cluster://:hush@a:1,b:2,[::1]:3").expect("reads");
        assert_eq!(address.shown, "redis-cluster://a:1,b:2,[::1]:3");
        assert!(address.is_cluster);
        assert_eq!(address.seeds.len(), 3);
    }

    #[test]
    fn an_address_that_makes_no_sense_is_refused_without_its_password() {
        for url in [
            "",
            "cache:6379",
            "http://me:hush@cache",
            "redis://me:hush@",
            "redis://me:hush@cache:port",
            "redis://me:hush@cache/first",
            "redis://me:hush@a:1,b:2",
            "redis-cluster://me:hush@a:1/3",
            "redis-cluster://me:hush@a:1,,b:2",
            "redis://me:hush#@cache",
            "redis://me:hush@cache?colour=blue",
            "redis://me:hush@cache?sslrootcert=ca.pem",
            "rediss://me:hush@cache?sslrootcert=/nowhere/at/all.pem",
        ] {
            let Err(error) = Address::parse(url) else {
                panic!("{url}: it was read");
            };
            let error = error.to_string();
            assert!(error.contains("redis://USER"), "{url}: {error}");
            assert!(!error.contains("hush"), "{url}: {error}");
        }
    }
}
