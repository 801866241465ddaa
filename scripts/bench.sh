#!/usr/bin/env bash
# The performance record: every scenario of loadtest/scenarios on a quiet machine, one after another, then docs/performance.md and its
# history from what they came to. Nearly three hours, of which the soak tests are two: SOAK=off leaves them out.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
# Reports of other runs are none of this record.
rm -rf "$target/load"
scenarios=()
for file in loadtest/scenarios/*.toml; do
    name=$(basename "$file" .toml)
    case $name in
        load-1000) ;;
        soak*) [ "${SOAK:-on}" = off ] || scenarios+=("$name") ;;
        *) scenarios+=("$name") ;;
    esac
done
bash scripts/load.sh "${scenarios[@]}"
"$target/release/learnr-loadtest" record

echo "== cold start to ready with every question of ../shared/data/mmlu"
bash scripts/cold-start.sh "$target/release/learnr"
