#!/usr/bin/env bash
# Times every dashboard at ten million answers on a private PostgreSQL, and prints the plans as Markdown.
#
#   bash scripts/dashboards.sh [--sessions N] [--answers N]     200,000 sessions of 50 answers by default: some 6 GB of disk for minutes
#
# The cluster and everything in it are removed afterwards. Exits with 1 when a dashboard takes 50 ms or more.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo build --quiet
target=${CARGO_TARGET_DIR:-target}
bash scripts/postgres.sh run python3 scripts/dashboards.py --binary "$target/debug/learnr" \
    --binaries "$(bash scripts/postgres.sh bin)" --folder "$folder" "$@"
