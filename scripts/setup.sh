#!/usr/bin/env bash
# Makes sure that what the tests need is installed, and installs what is missing: once, and only then.
# Says what to do by hand where it cannot.
set -euo pipefail

RUST_MINOR_MIN=95 # rust-version in Cargo.toml

fail() {
    echo "setup: $*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

require_rust() {
    has cargo || fail "cargo is missing; install Rust 1.$RUST_MINOR_MIN or later with rustup"
    local minor
    minor=$(rustc --version | sed -E 's/^rustc 1\.([0-9]+)\..*/\1/')
    [ "$minor" -ge "$RUST_MINOR_MIN" ] || fail "Rust 1.$minor is too old; install 1.$RUST_MINOR_MIN or later"
    local component
    for component in fmt clippy; do
        cargo "$component" --version >/dev/null 2>&1 && continue
        has rustup || fail "cargo $component is missing; install that component of Rust"
        rustup component add "${component/#fmt/rustfmt}"
    done
}

require_node() {
    has node || fail "node is missing; install Node 20.19, 22.12 or later"
    local version major minor
    version=$(node --version)
    version=${version#v}
    major=${version%%.*}
    minor=${version#*.}
    minor=${minor%%.*}
    case $major in
    20) [ "$minor" -ge 19 ] ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -ge 23 ] ;;
    esac || fail "Node $version is too old; install 20.19, 22.12 or later"
}

# The same as web/e2e/harness/executable.ts opens.
has_browser() {
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] || fail "CHROMIUM names $CHROMIUM, which is no program"
        return
    fi
    has chromium || has chromium-browser || has google-chrome
}

require_nextest() {
    cargo nextest --version >/dev/null 2>&1 && return
    echo "setup: installing cargo-nextest; this takes some minutes, once"
    cargo install --locked cargo-nextest || fail "could not install cargo-nextest; install it by hand and run this again"
}

# Installs Debian packages without asking; as root, or with a sudo that asks for no password when nobody could type it.
apt_install() {
    has apt-get || fail "missing: $*; this system has no apt-get, install them by hand"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || fail "missing: $*; become root, or install them by hand"
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n)
    fi
    echo "setup: installing $*"
    local with_env=(env DEBIAN_FRONTEND=noninteractive)
    "${as_root[@]}" apt-get update -qq </dev/null || echo "setup: apt-get update failed, trying with the lists as they are" >&2
    "${as_root[@]}" "${with_env[@]}" apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null ||
        fail "apt-get could not install $*; install them by hand"
}

# Debian's packages start what they install: a server that nobody asked for, on a port that others may want. What this
# function writes to prevent that is not there any more when it has ended. `$1` says how to go without.
install_unstarted() {
    local as_root=() policy=/usr/sbin/policy-rc.d status=0 without=$1
    shift
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    has apt-get || fail "missing: $*; this system has no apt-get, install them by hand, or set $without=1"
    if [ -e "$policy" ]; then
        apt_install "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    (apt_install "$@") || status=$?
    "${as_root[@]}" rm -f "$policy"
    [ "$status" -eq 0 ] || exit "$status"
}

# One line stays, that keeps the server from being made.
postgres_install() {
    local as_root=() no_cluster=/etc/postgresql-common/createcluster.d/learnr.conf
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    if has apt-get && [ ! -e "$no_cluster" ] && [ ! -e /etc/postgresql ]; then
        "${as_root[@]}" mkdir -p "$(dirname "$no_cluster")"
        echo "create_main_cluster = false" | "${as_root[@]}" tee "$no_cluster" >/dev/null
    fi
    install_unstarted LEARNR_WITHOUT_POSTGRES "$@"
}

# What the tests start their own PostgreSQL from, unless they are to go without.
require_postgres() {
    if [ "${LEARNR_WITHOUT_POSTGRES:-}" = 1 ]; then
        echo "setup: going without PostgreSQL; its tests will not run"
        return
    fi
    local missing=()
    bash "$(dirname "$0")/postgres.sh" bin >/dev/null 2>&1 || missing+=(postgresql)
    has pgbouncer || [ -x /usr/sbin/pgbouncer ] || missing+=(pgbouncer)
    has openssl || missing+=(openssl)
    [ ${#missing[@]} -eq 0 ] || postgres_install "${missing[@]}"
    bash "$(dirname "$0")/postgres.sh" bin >/dev/null || exit 1
}

# What the tests start their own Redis from, unless they are to go without.
require_redis() {
    if [ "${LEARNR_WITHOUT_REDIS:-}" = 1 ]; then
        echo "setup: going without Redis; its tests will not run"
        return
    fi
    if ! has redis-server || ! has redis-cli; then
        install_unstarted LEARNR_WITHOUT_REDIS redis-server
    fi
}

# What tests of several instances use beside these: load balancers in front of them, and a clock that can be stepped. Where there is
# no apt-get they are left out, and their tests say so.
require_fleet() {
    [ "${LEARNR_WITHOUT_POSTGRES:-}" != 1 ] && [ "${LEARNR_WITHOUT_REDIS:-}" != 1 ] && has apt-get || return 0
    local missing=() library found=no
    has nginx || [ -x /usr/sbin/nginx ] || missing+=(nginx)
    has haproxy || [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
    for library in /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib/faketime/libfaketimeMT.so.1; do
        [ ! -e "$library" ] || found=yes
    done
    [ "$found" = yes ] || missing+=(libfaketime)
    [ ${#missing[@]} -eq 0 ] || install_unstarted LEARNR_WITHOUT_REDIS "${missing[@]}"
}

require_packages() {
    local missing=()
    has cc || missing+=(gcc libc6-dev)
    has_browser || missing+=(chromium fonts-liberation)
    if [ "$(uname -s)" = Linux ]; then
        has strace || missing+=(strace)
    else
        # Only there can a test watch the system calls of the server; it says itself that it did not run.
        echo "setup: no strace on this system; the test of write order will not run"
    fi
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# The fuzzing tool, where there is the nightly compiler that it needs; without one, fuzzing does not run and says so.
require_fuzz() {
    cargo +nightly --version >/dev/null 2>&1 || return 0
    cargo fuzz --version >/dev/null 2>&1 && return
    echo "setup: installing cargo-fuzz"
    cargo install --locked cargo-fuzz || fail "could not install cargo-fuzz; install it by hand and run this again"
}

require_rust
require_node
require_packages
require_postgres
require_redis
require_fleet
require_nextest
require_fuzz
