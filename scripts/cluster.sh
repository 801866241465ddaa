#!/usr/bin/env bash
# Three instances, Redis, PostgreSQL and an nginx in front of them on PORT (8000), to try things on: everything is private,
# listens on this machine alone, and is gone after Ctrl-C. An instance that dies is started again after a while.
#
#   bash scripts/cluster.sh          with the release build
#   LEARNR_BIN=... bash scripts/cluster.sh   with that binary
set -euo pipefail
cd "$(dirname "$0")/.."

PORT=${PORT:-8000}
INSTANCES=3
# Below the ports that systems give to clients.
PORT_FIRST=20000
PORTS=12000
PORT_ATTEMPTS_MAX=200
READY_SECONDS_MAX=60
# How long a dead instance stays dead, so that there is something to see.
DEAD_SECONDS=10
# How long an instance may take to let its sessions go.
DRAIN_SECONDS_MAX=30

fail() {
    echo "cluster: $*" >&2
    exit 1
}

# Programs of the system administrator are not on everybody's path.
find_program() {
    command -v "$1" 2>/dev/null || { [ -x "/usr/sbin/$1" ] && echo "/usr/sbin/$1"; } ||
        fail "$1 is missing: install it (Debian: apt-get install $2) and run this again"
}

is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

declare -A taken=()
# A port that nobody has, in $free.
draw_port() {
    local attempt
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        free=$((PORT_FIRST + RANDOM % PORTS))
        if [ -z "${taken[$free]:-}" ] && is_free "$free"; then
            taken[$free]=1
            return
        fi
    done
    fail "no free port among $PORT_ATTEMPTS_MAX tried"
}

binary=${LEARNR_BIN:-}
if [ "${1:-}" != inside ]; then
    # Everything that could be missing, before anything is started.
    find_program nginx nginx >/dev/null
    find_program redis-server redis-server >/dev/null
    bash scripts/postgres.sh bin >/dev/null
    [ "${LEARNR_WITHOUT_POSTGRES:-}" != 1 ] || fail "a cluster needs PostgreSQL: unset LEARNR_WITHOUT_POSTGRES"
    is_free "$PORT" || fail "port $PORT is taken: choose another one with PORT=9000 make cluster"
    if [ -z "$binary" ]; then
        bash scripts/web.sh
        cargo build --release --bin learnr
        binary=${CARGO_TARGET_DIR:-target}/release/learnr
    fi
    [ -x "$binary" ] || fail "$binary is no program: set LEARNR_BIN to a built learnr"
    # Its own, whatever a developer has for the tests.
    unset TEST_DATABASE_URL
    export LEARNR_BIN=$binary PORT
    exec bash scripts/postgres.sh run bash scripts/cluster.sh inside
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/learnr-cluster.XXXXXX")
# Workers of nginx are another user, when this is root.
chmod 711 "$folder"
redis="" front=""
pids=() addresses=() internals=() died=()

# Ends a process by its id, and waits for it: at most so many seconds, then it is killed.
end() {
    local id=$1 deadline=$((SECONDS + $2))
    kill -TERM "$id" 2>/dev/null || return 0
    while kill -0 "$id" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
        sleep 0.1
    done
    kill -KILL "$id" 2>/dev/null || true
}

clean_up() {
    trap '' INT TERM
    printf '\ncluster: stopping\n'
    [ -z "$front" ] || end "$front" 5
    local id
    # Asked all at once: each waits for the others otherwise.
    for id in "${pids[@]}"; do
        [ -z "$id" ] || kill -TERM "$id" 2>/dev/null || true
    done
    for id in "${pids[@]}"; do
        [ -z "$id" ] || end "$id" "$DRAIN_SECONDS_MAX"
    done
    [ -z "$redis" ] || end "$redis" 5
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts a command with its words in a file, out of reach of Ctrl-C, which is for this script; its id is in $started.
spawn() {
    local log=$1
    shift
    set -m
    "$@" >>"$log" 2>&1 </dev/null &
    started=$!
    # What dies is told of by this script, in its own words.
    disown "$started"
    set +m
}

# Whether an instance, or the front, says that it is ready.
is_ready() {
    local answer
    answer=$( (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && head -n 1 <&3) 2>/dev/null) || return 1
    [[ $answer == *" 200 "* ]]
}

is_open() {
    ! is_free "$1"
}

# Waits for a process: until what `$1` asks of its port holds.
until_holds() {
    local holds=$1 what=$2 port=$3 id=$4 log=$5 deadline=$((SECONDS + READY_SECONDS_MAX))
    until "$holds" "$port"; do
        kill -0 "$id" 2>/dev/null || fail "$what ended: $(tail -n 5 "$log")"
        [ "$SECONDS" -lt "$deadline" ] || fail "$what does not answer after $READY_SECONDS_MAX s: $(tail -n 5 "$log")"
        sleep 0.1
    done
}

start_instance() {
    local number=$1
    spawn "$folder/instance-$number.log" env DATABASE_URL="$TEST_DATABASE_URL" REDIS_URL="$redis_url" \
        LEARNR_SECRET="$secret" LEARNR_NODE="instance-$number" LEARNR_INTERNAL_LISTEN="127.0.0.1:${internals[number]}" \
        LEARNR_PROXIES=127.0.0.1/32 LEARNR_THREADS=1 PORT="${addresses[number]}" LEARNR_HOST=127.0.0.1 \
        "$LEARNR_BIN" serve --data "$folder/instance-$number"
    pids[number]=$started
}

nginx=$(find_program nginx nginx)
secret=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')

draw_port
redis_port=$free
redis_url="redis://127.0.0.1:$redis_port"
spawn "$folder/redis.log" "$(find_program redis-server redis-server)" --bind 127.0.0.1 --port "$redis_port" --save '' \
    --appendonly no --dir "$folder"
redis=$started
until_holds is_open Redis "$redis_port" "$redis" "$folder/redis.log"

for ((number = 0; number < INSTANCES; number++)); do
    draw_port
    addresses[number]=$free
    draw_port
    internals[number]=$free
    died[number]=""
    start_instance "$number"
    # One after the other: the first makes the schema.
    until_holds is_ready "instance-$number" "${addresses[number]}" "${pids[number]}" "$folder/instance-$number.log"
done

# The example that is shipped, with these addresses, and nothing outside the folder.
mkdir "$folder/nginx"
sed -e "s/10\.0\.0\.11:8000/127.0.0.1:${addresses[0]}/" -e "s/10\.0\.0\.12:8000/127.0.0.1:${addresses[1]}/" \
    -e "s/10\.0\.0\.13:8000/127.0.0.1:${addresses[2]}/" -e "s/listen 80;/listen 127.0.0.1:$PORT;/" \
    -e 's/^worker_rlimit_nofile.*//' -e 's/worker_connections 32768/worker_connections 1000/' \
    -e "s|^http {|http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; \
uwsgi_temp_path uwsgi; scgi_temp_path scgi;|" deploy/nginx.conf >"$folder/nginx/nginx.conf"
spawn "$folder/nginx.log" "$nginx" -p "$folder/nginx" -c nginx.conf -e "$folder/nginx.log" -g "daemon off; pid $folder/nginx/pid;"
front=$started
until_holds is_ready nginx "$PORT" "$front" "$folder/nginx.log"

echo "
LearnR runs as a cluster: http://127.0.0.1:$PORT

  instance      address                  process
$(for ((number = 0; number < INSTANCES; number++)); do
    printf '  instance-%d    http://127.0.0.1:%-8s %s\n' "$number" "${addresses[number]}" "${pids[number]}"
done)
  Redis         $redis_url   $redis
  logs          $folder/*.log

To try:
  REDIS_URL=$redis_url $LEARNR_BIN cluster      who is there
  kill -9 ${pids[0]}        an instance dies: begin a quiz first, and see it go on; it comes back after $DEAD_SECONDS s
  kill -TERM ${pids[1]}     an instance leaves in order
  kill -STOP ${pids[2]}     an instance freezes; kill -CONT wakes it
  kill -9 $redis        Redis dies, for good: quizzes go on
Ctrl-C ends all of it and leaves nothing.
"

# Says what dies, and starts instances again.
while true; do
    # In the background, so that a signal is heard at once.
    sleep 1 &
    wait $! || true
    for ((number = 0; number < INSTANCES; number++)); do
        [ -z "${pids[number]}" ] || ! kill -0 "${pids[number]}" 2>/dev/null || continue
        if [ -z "${died[number]}" ]; then
            echo "cluster: instance-$number is gone; it is started again in $DEAD_SECONDS s"
            died[number]=$SECONDS
            pids[number]=""
        elif [ $((SECONDS - died[number])) -ge "$DEAD_SECONDS" ]; then
            died[number]=""
            start_instance "$number"
            echo "cluster: instance-$number is started again, process ${pids[number]}"
        fi
    done
    if [ -n "$redis" ] && ! kill -0 "$redis" 2>/dev/null; then
        echo "cluster: Redis is gone"
        redis=""
    fi
    [ -z "$front" ] || kill -0 "$front" 2>/dev/null || fail "nginx ended: $(tail -n 5 "$folder/nginx.log")"
done
