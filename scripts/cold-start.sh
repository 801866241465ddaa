#!/usr/bin/env bash
# Time from starting the server to its ready line, with the 57 subjects of ../shared/data/mmlu loaded; the
# best, median and worst of eleven starts. Usage: cold-start.sh [PATH OF THE SERVER]
set -euo pipefail
cd "$(dirname "$0")/.."
learnr="${1:-target/release/learnr}"
questions=../shared/data/mmlu

[ -d "$questions" ] || { echo "NOT RUN: cold start: $questions is not there" >&2; exit 0; }
data=$(mktemp -d)
server=""
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$data"
}
trap cleanup EXIT

for file in "$questions"/*.csv; do
    "$learnr" import "$file" --layout question-options-key --data "$data" >/dev/null 2>&1
done
times=()
for _ in $(seq 11); do
    from=$(date +%s%N)
    coproc SERVER { exec "$learnr" serve --data "$data" --port 0 2>/dev/null; }
    server=$SERVER_PID
    read -r line <&"${SERVER[0]}"
    [[ "$line" == *"is ready"* ]] || { echo "cold start: got \"$line\"" >&2; exit 1; }
    times+=($((($(date +%s%N) - from) / 1000)))
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=""
done
mapfile -t sorted < <(printf '%s\n' "${times[@]}" | sort -n)
awk -v best="${sorted[0]}" -v median="${sorted[5]}" -v worst="${sorted[10]}" \
    'BEGIN { printf "cold start: best %.1f ms, median %.1f ms, worst %.1f ms of 11\n", best / 1000, median / 1000, worst / 1000 }'
