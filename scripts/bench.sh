#!/usr/bin/env bash
# The figures of docs/performance.md: release build, server and clients on this machine, loopback only.
# Each run starts its own server, holds its ledger against the store, and writes target/load/<scenario>.json.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo build --release --bin learnr
cargo build --release --package learnr-loadtest
load=("$target/release/learnr-loadtest" run --server "$target/release/learnr")

echo "== 1,000 sessions, one answer each per 10 s, between two measurements of the disk alone"
"$target/release/learnr-loadtest" disk
"${load[@]}" --scenario human-1000 --sessions 1000 --rate 0.1 --seconds 30
"$target/release/learnr-loadtest" disk

echo "== saturated: 10,000 sessions, as fast as the protocol's limits allow"
"${load[@]}" --scenario saturated-10000 --sessions 10000 --ramp 1500 --closed --length 200 --seconds 20

echo "== memory: 10,000 connected live sessions"
"${load[@]}" --scenario idle-10000 --sessions 10000 --ramp 700 --idle --seconds 10

echo "== cold start to ready with every question of ../shared/data/mmlu"
bash scripts/cold-start.sh "$target/release/learnr"
