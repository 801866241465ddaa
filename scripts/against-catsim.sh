#!/usr/bin/env bash
# One choice by maximum information over 1,000 items, by this engine and by catsim (PyPI) in the same run: that
# both take the same item, and the ratio of their median times. catsim is installed once, below target/.
set -euo pipefail
cd "$(dirname "$0")/.."

CATSIM=0.21.0
target="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$target/catsim-$CATSIM"
if [ ! -x "$tools/bin/python" ]; then
    python3 -m venv "$tools" || { echo "against-catsim: needs python3 with venv" >&2; exit 1; }
    "$tools/bin/pip" install --quiet "catsim==$CATSIM"
fi
cargo build --quiet --release -p learnr-domain --example choose
exec "$tools/bin/python" scripts/against_catsim.py "$target/release/examples/choose"
