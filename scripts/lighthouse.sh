#!/usr/bin/env bash
# The figures of docs/web-performance.md: Lighthouse on the main pages of a release build, on this machine, with a processor slowed down four
# times and the network as it is. Starts a server for itself and stops it; rewrites what stands between the marks of the page. Not part of
# `make test`: a figure of a busy machine says nothing. RUNS (3), of which the median is kept. Downloads Lighthouse with npx, once.
set -euo pipefail
cd "$(dirname "$0")/.."

LIGHTHOUSE=12.8.2
target="${CARGO_TARGET_DIR:-$PWD/target}"
runs="${RUNS:-3}"
out="$target/lighthouse"

bash scripts/web.sh
cargo build --release --bin learnr
browser="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
if [ -z "$browser" ]; then
    echo "lighthouse: no chromium, chromium-browser or google-chrome on PATH: install one, or set CHROMIUM" >&2
    exit 1
fi

folder=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap finish EXIT

"$target/release/learnr" serve --data "$folder/data" --port 0 >"$folder/out" 2>"$folder/log" &
server=$!
for _ in $(seq 300); do
    grep -q "ready at" "$folder/out" && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
base=$(sed -n 's/^LearnR is ready at //p' "$folder/out")
base=${base%/}
[ -n "$base" ] || { echo "lighthouse: the server was not ready in time" >&2; cat "$folder/log" >&2; exit 1; }

rm -rf "$out"
mkdir -p "$out"
# measure NAME PATH: RUNS reports of a page as JSON.
measure() {
    local name=$1 path=$2 run
    for run in $(seq "$runs"); do
        echo "lighthouse: $name, run $run of $runs"
        CHROME_PATH="$browser" npx --yes "lighthouse@$LIGHTHOUSE" "$base$path" --quiet \
            --chrome-flags="--headless=new --no-sandbox --disable-gpu" --only-categories=performance,accessibility,best-practices \
            --form-factor=desktop --screenEmulation.mobile=false --screenEmulation.width=1440 --screenEmulation.height=900 \
            --screenEmulation.deviceScaleFactor=1 --throttling-method=devtools --throttling.cpuSlowdownMultiplier=4 \
            --throttling.requestLatencyMs=0 --throttling.downloadThroughputKbps=0 --throttling.uploadThroughputKbps=0 \
            --output=json --output-path="$out/$name-$run.json"
    done
}
measure home /
measure start /start/business-analysis-foundations
measure sign-in /sign-in
measure account /account

commit=$(git rev-parse --short HEAD)
[ -z "$(git status --porcelain)" ] || commit="$commit and what was not committed"
node scripts/lighthouse.mjs "$out" docs/web-performance.md "$commit" "$LIGHTHOUSE"
