#!/usr/bin/env bash
# Formatting and lints. Writes nothing but build output. With the argument "rust" or "web", only that half.
set -euo pipefail
cd "$(dirname "$0")/.."
half="${1:-}"

# The server embeds web/dist, so clippy needs it as well.
bash scripts/web.sh
if [ "$half" != web ]; then
    cargo fmt --all -- --check
    cargo fmt --manifest-path fuzz/Cargo.toml -- --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
fi
if [ "$half" != rust ]; then
    npm --prefix web run check
fi
