#!/usr/bin/env bash
# What the PostgreSQL store takes, beside its statement bare with the same rows; and the bytes of a row. Starts a PostgreSQL for itself.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${TEST_DATABASE_URL:-}" ]; then
    cargo bench --package learnr --bench postgres --no-run
    # As a server with some memory of its own is set up; as durable as by default.
    export LEARNR_POSTGRES_CONF=$'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min'
    exec bash scripts/postgres.sh run bash scripts/bench-postgres.sh
fi

exec cargo bench --package learnr --bench postgres
