#!/usr/bin/env bash
# Calls of the allocator an answer costs the server, whole: sockets, decisions, batches, commits. Learners answer once a second over the embedded
# store while perf counts. Usage: allocations.sh [SESSIONS] [SECONDS]   (needs perf, the right to set probes, and release builds)
set -euo pipefail
cd "$(dirname "$0")/.."
sessions="${1:-500}"
seconds="${2:-10}"
release="${CARGO_TARGET_DIR:-target}/release"
learnr="$release/learnr"
calls=(mi_malloc_aligned mi_zalloc_aligned mi_realloc_aligned)
group="learnr_allocations_$$"

command -v perf >/dev/null || { echo "NOT RUN: allocations: there is no perf here" >&2; exit 0; }
for binary in "$learnr" "$release/learnr-loadtest"; do
    [ -x "$binary" ] || { echo "build first: cargo build --release -p learnr -p learnr-loadtest ($binary is not there)" >&2; exit 1; }
done

load=""
out=$(mktemp -d)
cleanup() {
    [ -z "$load" ] || kill "$load" 2>/dev/null || true
    [ -z "$load" ] || wait "$load" 2>/dev/null || true
    perf probe -q -d "$group:*" 2>/dev/null || true
    rm -rf "$out"
}
trap cleanup EXIT

for call in "${calls[@]}"; do
    perf probe -q -x "$learnr" -a "$group:$call=$call" 2>"$out/probe" \
        || { echo "NOT RUN: allocations: perf may set no probe here: $(head -1 "$out/probe")" >&2; exit 0; }
done
"$release/learnr-loadtest" run --server "$learnr" --sessions "$sessions" --rate 1 --length 200 \
    --seconds "$((seconds + 20))" --json "$out/load.json" >"$out/load" 2>&1 &
load=$!

# The server is the load test's child; it listens on one port.
server=""
port=""
for _ in $(seq 100); do
    server=$(pgrep -P "$load" -f "$learnr serve" | head -1 || true)
    [ -z "$server" ] || port=$(ss -ltnpH | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$server,.*/\1/p" | head -1)
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || { echo "the server did not start: $(tail -3 "$out/load")" >&2; exit 1; }
answers() { curl -sf "http://127.0.0.1:$port/metrics" | sed -n 's/^learnr_answer_stored_seconds_count\({[^}]*}\)\? //p' | awk '{ sum += $1 } END { print sum + 0 }'; }
live() { curl -sf "http://127.0.0.1:$port/metrics" | sed -n 's/^learnr_sockets_open\({[^}]*}\)\? //p' | awk '{ sum += $1 } END { print sum + 0 }'; }
until [ "$(live)" -ge "$sessions" ]; do
    kill -0 "$load" 2>/dev/null || { echo "the load test ended: $(tail -3 "$out/load")" >&2; exit 1; }
    sleep 0.5
done

from=$(answers)
perf stat -x, -e "$group:*" -p "$server" -o "$out/counts" -- sleep "$seconds"
to=$(answers)
awk -F, -v answers="$((to - from))" -v seconds="$seconds" '
    /learnr_allocations/ { sub(/.*:/, "", $3); printf "%-20s %9.1f an answer\n", $3, $1 / answers; sum += $1 }
    END { if (answers < 1) { print "no answer was counted" > "/dev/stderr"; exit 1 }
          printf "%-20s %9.1f an answer (%d answers in %d s)\n", "allocations", sum / answers, answers, seconds }' "$out/counts"
