#!/usr/bin/env bash
# The figures of docs/performance.md over PostgreSQL: release build; server, clients and database on this machine, loopback only. Each run has a
# database of its own, holds its ledger against it, and writes target/load/<scenario>.json. Starts a PostgreSQL for itself.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
if [ -z "${TEST_DATABASE_URL:-}" ]; then
    cargo build --release --bin learnr
    cargo build --release --package learnr-loadtest
    cargo bench --package learnr --bench postgres --no-run
    # As a server with some memory of its own is set up; as durable as by default.
    export LEARNR_POSTGRES_CONF=$'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min'
    exec bash scripts/postgres.sh run bash scripts/bench-postgres.sh
fi

psql="$(bash scripts/postgres.sh bin)/psql"
sql() {
    "$psql" --no-psqlrc --quiet --dbname "$TEST_DATABASE_URL" --command "$1"
}

# load SCENARIO FLAGS...: one run of the load test on a new database.
load() {
    local scenario=$1 name="bench_${1//-/_}"
    shift
    sql "DROP DATABASE IF EXISTS $name WITH (FORCE)"
    sql "CREATE DATABASE $name"
    DATABASE_URL="${TEST_DATABASE_URL%/*}/$name" "$target/release/learnr-loadtest" run --server "$target/release/learnr" \
        --scenario "$scenario" "$@"
    sql "DROP DATABASE $name WITH (FORCE)"
}

echo "== the statement bare, and the store"
cargo bench --package learnr --bench postgres

echo "== 1,000 sessions, one answer each per 10 s"
load postgres-human-1000 --sessions 1000 --ramp 200 --rate 0.1 --seconds 30

echo "== saturated: 4,000 sessions, as fast as the protocol's limits allow"
load postgres-saturated-4000 --sessions 4000 --ramp 150 --closed --length 200 --seconds 20

echo "== 3,000 sessions at a pace below that, and the same with 20 ms more for each commit"
load postgres-steady --sessions 3000 --ramp 200 --rate 2 --seconds 20
sql "ALTER SYSTEM SET commit_siblings = 0"
sql "ALTER SYSTEM SET commit_delay = 20000"
sql "SELECT pg_reload_conf()" >/dev/null
load postgres-slowed --sessions 3000 --ramp 200 --rate 2 --seconds 20
sql "ALTER SYSTEM RESET commit_delay"
sql "ALTER SYSTEM RESET commit_siblings"
sql "SELECT pg_reload_conf()" >/dev/null
