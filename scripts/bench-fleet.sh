#!/usr/bin/env bash
# The figures of docs/capacity.md: three instances, Redis, PostgreSQL and the clients on this machine, loopback only. Release build. Starts
# everything for itself and stops it. SESSIONS (10000), SECONDS_MEASURED (60).
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
sessions="${SESSIONS:-10000}"
seconds="${SECONDS_MEASURED:-60}"
if [ -z "${TEST_DATABASE_URL:-}" ]; then
    cargo build --release --bin learnr
    cargo build --release --package learnr-loadtest
    export LEARNR_POSTGRES_CONF=$'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min'
    exec bash scripts/postgres.sh run bash scripts/bench-fleet.sh
fi

folder=$(mktemp -d)
started=()
finish() {
    for id in "${started[@]}"; do kill "$id" 2>/dev/null || true; done
    for id in "${started[@]}"; do wait "$id" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

psql="$(bash scripts/postgres.sh bin)/psql"
sql() {
    "$psql" --no-psqlrc --quiet --tuples-only --no-align --dbname "$TEST_DATABASE_URL" --command "$1"
}
sql "DROP DATABASE IF EXISTS bench_fleet WITH (FORCE)"
sql "CREATE DATABASE bench_fleet"
export DATABASE_URL="${TEST_DATABASE_URL%/*}/bench_fleet"
export LEARNR_SECRET="a secret that every instance of this bench has"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no --dir "$folder" >"$folder/redis.log" &
started+=($!)
redis=$!
export REDIS_URL="redis://127.0.0.1:$port"

bases=()
instances=()
# instance NAME FLAGS...: starts one and waits until it is ready.
instance() {
    local name=$1
    shift
    "$target/release/learnr" serve --node "$name" --port 0 --data "$folder/$name" --threads 1 --guests-per-minute 100000000 \
        --database-connections 4 --database-writers 1 "$@" >"$folder/$name.out" 2>"$folder/$name.log" &
    started+=($!)
    instances+=($!)
    for _ in $(seq 600); do
        grep -q "ready at" "$folder/$name.out" && break
        kill -0 "$!" 2>/dev/null || { cat "$folder/$name.log" >&2; exit 1; }
        sleep 0.1
    done
    bases+=("$(sed -n 's/^LearnR is ready at //p' "$folder/$name.out")")
}

# CPU time of the thread NAME of process ID, in clock ticks (100 a second).
ticks() {
    local task
    for task in /proc/"$1"/task/*; do
        if [ "$(cat "$task/comm")" = "$2" ]; then awk '{print $14 + $15}' "$task/stat"; fi
    done
}
whole() { awk '{print $14 + $15}' "/proc/$1/stat"; }

echo "== what a relay adds"
instance relay-a --rate-limits off
instance relay-b --rate-limits off
"$target/release/learnr-loadtest" relay --owner "${bases[0]}" --gateway "${bases[1]}" --seconds 10
for id in "${instances[@]}"; do kill "$id"; done
for id in "${instances[@]}"; do wait "$id" 2>/dev/null || true; done
bases=() instances=()

for name in one two three; do instance "$name"; done
urls=()
for base in "${bases[@]}"; do urls+=(--url "$base"); done

echo "== heartbeats: $sessions sessions over three instances, nobody answers; CPU of each cluster thread, of each instance and of Redis over 20 s"
"$target/release/learnr-loadtest" run "${urls[@]}" --sessions "$sessions" --ramp 200 --idle --seconds 40 --scenario fleet-idle &
idle=$!
sleep $((sessions / 200 + 12))
before=() all=()
for id in "${instances[@]}"; do before+=("$(ticks "$id" cluster)"); all+=("$(whole "$id")"); done
redis_before=$(whole "$redis")
sleep 20
for at in 0 1 2; do
    awk -v c="$(($(ticks "${instances[$at]}" cluster) - before[at]))" -v a="$(($(whole "${instances[$at]}") - all[at]))" \
        'BEGIN { printf "instance %d: cluster thread %.2f %% of a core, all of it %.2f %%\n", '"$at"' + 1, c / 20, a / 20 }'
done
awk -v r="$(($(whole "$redis") - redis_before))" 'BEGIN { printf "Redis: %.2f %% of a core\n", r / 20 }'
redis-cli -p "$port" info memory | grep used_memory_human
wait "$idle"

echo "== human pace: $sessions sessions over three instances, one answer each per 10 s"
"$target/release/learnr-loadtest" run "${urls[@]}" --sessions "$sessions" --ramp 150 --rate 0.1 --seconds "$seconds" --length 60 \
    --server "$target/release/learnr" --data "$folder/one" --scenario "fleet-human-$sessions"
"$target/release/learnr" cluster
