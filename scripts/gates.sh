#!/usr/bin/env bash
# The gate table of docs/psychometrics.md, measured now: reference cases, simulations, speed on one core, the state of
# a session, calibration. Takes some ten minutes; times mean something on a quiet machine only.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
work="$target/gates"
mkdir -p "$work"
[ -d ../shared/psychometrics ] || { echo "gates: ../shared/psychometrics is not there" >&2; exit 1; }

bash scripts/web.sh
cargo build --release --bin learnr
echo "== reference cases and the state of a session" >&2
cargo test --release -p learnr-domain --test domain -- --nocapture reference memory 2>/dev/null | tee "$work/tests.txt" >&2
echo "== speed" >&2
cargo bench -p learnr-domain --bench choice --bench answer --bench calibration -- --noplot >"$work/bench.txt" 2>&1
echo "== simulation" >&2
exec python3 scripts/gates.py "$target/release/learnr" "$target/criterion" "$work"
