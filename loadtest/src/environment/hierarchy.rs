//! Where control groups can be made on this machine: the mounted hierarchies, and this process's own place in them.
//! Owns the reading of `/proc/self/mountinfo` and `/proc/self/cgroup`; makes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Which of the two interfaces a hierarchy has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// One hierarchy for each controller.
    One,
    /// One for all.
    Two,
}

/// A mounted hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hierarchy {
    /// Its interface.
    pub(super) version: Version,
    /// Where it is mounted.
    pub(super) mounted: PathBuf,
    /// The group of this process, as a folder below that.
    pub(super) own: PathBuf,
}

/// The hierarchy that has `controller`, as this machine is.
///
/// # Errors
/// When there is none, in words.
pub(super) fn of(controller: &str) -> anyhow::Result<Hierarchy> {
    let read = |path: &str| fs::read_to_string(path).with_context(|| format!("read {path}"));
    let found = find(
        controller,
        &read("/proc/self/mountinfo")?,
        &read("/proc/self/cgroup")?,
        |mounted| fs::read_to_string(mounted.join("cgroup.controllers")).unwrap_or_default(),
    );
    found
        .with_context(|| format!("no control group hierarchy here has the {controller} controller"))
}

/// `offered` gives the controllers of a version 2 hierarchy.
fn find(
    controller: &str,
    mountinfo: &str,
    memberships: &str,
    offered: impl Fn(&Path) -> String,
) -> Option<Hierarchy> {
    let mounts: Vec<Mount<'_>> = mountinfo.lines().filter_map(Mount::parse).collect();
    let one = mounts
        .iter()
        .find(|mount| mount.kind == "cgroup" && mount.options.split(',').any(|o| o == controller));
    let two = mounts.iter().find(|mount| {
        mount.kind == "cgroup2"
            && offered(Path::new(mount.point))
                .split_whitespace()
                .any(|name| name == controller)
    });
    let (version, mount) = match (one, two) {
        (Some(mount), _) => (Version::One, mount),
        (None, Some(mount)) => (Version::Two, mount),
        (None, None) => return None,
    };
    let path = memberships.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        let is_it = match version {
            Version::One => controllers.split(',').any(|name| name == controller),
            Version::Two => controllers.is_empty(),
        };
        is_it.then_some(path)
    })?;
    // In a container the mount shows a part of the hierarchy, and the path may be told from its top.
    let below = path.strip_prefix(mount.root).unwrap_or(path);
    let mounted = PathBuf::from(mount.point);
    Some(Hierarchy {
        version,
        own: mounted.join(below.trim_start_matches('/')),
        mounted,
    })
}

struct Mount<'a> {
    root: &'a str,
    point: &'a str,
    kind: &'a str,
    options: &'a str,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let mut after = after.split(' ');
        Some(Self {
            root: before.next()?,
            point: before.next()?,
            kind: after.next()?,
            options: after.nth(1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n\
         32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
         33 31 0:30 /box /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
         34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    const OWN: &str = "4:memory:/box/inner\n2:cpu,cpuacct:/\n0::/outside\n";

    fn check(controller: &str, offered: &str, expected: Option<(Version, &str)>) {
        let found = find(controller, ONE, OWN, |_| offered.to_owned());
        let seen = found
            .as_ref()
            .map(|found| (found.version, found.own.to_str().expect("it is text")));
        assert_eq!(seen, expected, "{controller} of {offered:?}");
    }

    #[test]
    fn each_controller_is_found_where_it_is_mounted() {
        check(
            "cpu",
            "",
            Some((Version::One, "/sys/fs/cgroup/cpu,cpuacct/")),
        );
        check(
            "memory",
            "",
            Some((Version::One, "/sys/fs/cgroup/memory/inner")),
        );
        check("pids", "", None);
        let two = Some((Version::Two, "/sys/fs/cgroup/unified/outside"));
        check("pids", "cpu pids\n", two);
    }
}
