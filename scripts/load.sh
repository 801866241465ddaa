#!/usr/bin/env bash
# What `make load` runs: scenarios (load-1000 unless named) with a release build. Those that store in PostgreSQL get a server
# started for them. Reports and pages go to target/load.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo build --release --bin learnr
cargo build --release --package learnr-loadtest
scenarios=("$@")
[ ${#scenarios[@]} -gt 0 ] || scenarios=(load-1000)
play=("$target/release/learnr-loadtest" play "${scenarios[@]}")
for scenario in "${scenarios[@]}"; do
    file="loadtest/scenarios/$scenario.toml"
    [ -f "$file" ] || file="$scenario"
    if [ -f "$file" ] && grep -q '^store = "postgres"' "$file" && [ -z "${TEST_DATABASE_URL:-}" ]; then
        # As a server with some memory of its own is set up; as durable as by default.
        export LEARNR_POSTGRES_CONF=$'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min'
        exec bash scripts/postgres.sh run "${play[@]}"
    fi
done
exec "${play[@]}"
