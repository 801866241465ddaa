#!/usr/bin/env bash
# A private PostgreSQL for tests: started on a free port with its data in a temporary folder, stopped and removed afterwards.
#
#   bash scripts/postgres.sh run COMMAND...   runs COMMAND with TEST_DATABASE_URL set; its status is the command's
#   bash scripts/postgres.sh bin              prints the folder of PostgreSQL's programs
#   bash scripts/postgres.sh user             prints whom to start PostgreSQL as; nothing when that is who asks
#
# Where TEST_DATABASE_URL is set already (a superuser's, on a server that may lose its databases), that is used and nothing started.
# LEARNR_POSTGRES_CONF has further lines for its postgresql.conf.
# With LEARNR_WITHOUT_POSTGRES=1 the command runs without any, and its PostgreSQL tests say that they did not run.
set -euo pipefail

MAJOR_MIN=15
# Below the ports that systems give to clients, so that none of those can be in the way.
PORT_FIRST=20000
PORTS=12000
PORT_ATTEMPTS_MAX=20
READY_SECONDS_MAX=60
PASSWORD=learnr-test

fail() {
    echo "postgres: $*" >&2
    exit 1
}

# Whether a folder has a server that is new enough, and what makes a cluster.
is_usable() {
    local version
    [ -x "$1/initdb" ] && version=$("$1/postgres" --version 2>/dev/null) || return 1
    version=$(sed -E 's/^[^0-9]*([0-9]+).*/\1/' <<<"$version")
    [ "$version" -ge "$MAJOR_MIN" ]
}

# The folder of the newest PostgreSQL that Debian's packages installed, or of the one that is on the path.
bin() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5nr) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v postgres || echo .)")"; do
        if is_usable "$folder"; then
            echo "$folder"
            return
        fi
    done
    fail "no PostgreSQL $MAJOR_MIN or later on this machine: install it (Debian: apt-get install postgresql)," \
        "set TEST_DATABASE_URL to a superuser's URL, or set LEARNR_WITHOUT_POSTGRES=1 to go without its tests"
}

# PostgreSQL refuses to run as root.
user() {
    [ "$(id -u)" -eq 0 ] || return 0
    local name
    for name in postgres nobody; do
        if id "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    fail "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody"
}

folder=""
server=""
command=""

# Stops what was started, by its id, and removes what was made.
clean_up() {
    trap '' INT TERM
    if [ -n "$command" ] && kill -0 "$command" 2>/dev/null; then
        kill -TERM "$command" 2>/dev/null || true
        wait "$command" 2>/dev/null || true
    fi
    if [ -n "$server" ]; then
        # Immediately: its data goes too.
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    [ -z "$folder" ] || rm -rf "$folder"
}

# Starts the server on a port; whether it came up there.
start_on() {
    local port=$1 deadline=$((SECONDS + READY_SECONDS_MAX))
    # In a process group of its own: Ctrl-C is for the command, and the server goes after it.
    set -m
    "${as_user[@]}" "$bin/postgres" -D "$folder/data" -p "$port" >>"$folder/log" 2>&1 </dev/null &
    server=$!
    set +m
    until grep -q '^ready' "$folder/data/postmaster.pid" 2>/dev/null; do
        if ! kill -0 "$server" 2>/dev/null; then
            wait "$server" || true
            server=""
            return 1
        fi
        [ "$SECONDS" -lt "$deadline" ] || fail "the server is not ready after $READY_SECONDS_MAX s: $(tail -n 3 "$folder/log")"
        sleep 0.05
    done
}

start() {
    bin=$(bin)
    local name port attempt
    name=$(user)
    # Where Linux offers it, the server goes even when this script is killed outright.
    as_user=()
    ! command -v setpriv >/dev/null 2>&1 || as_user=(setpriv --pdeathsig QUIT)
    folder=$(mktemp -d "${TMPDIR:-/tmp}/learnr-postgres.XXXXXX")
    printf '%s' "$PASSWORD" >"$folder/password"
    if [ -n "$name" ]; then
        [ ${#as_user[@]} -gt 0 ] || fail "PostgreSQL does not run as root, and setpriv (util-linux) is missing to start it as $name"
        as_user+=("--reuid=$name" "--regid=$(id -g "$name")" --init-groups)
        chown -R "$name" "$folder"
    fi
    "${as_user[@]}" "$bin/initdb" -D "$folder/data" -U learnr --pwfile="$folder/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1 </dev/null || fail "initdb: $(tail -n 3 "$folder/log")"
    # As durable as in production, which is what is tested; and small.
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 300
shared_buffers = 64MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
max_wal_size = 512MB
${LEARNR_POSTGRES_CONF:-}
CONF
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        port=$((PORT_FIRST + RANDOM % PORTS))
        if start_on "$port"; then
            export TEST_DATABASE_URL="postgresql://learnr:$PASSWORD@127.0.0.1:$port/postgres"
            return
        fi
        grep -q 'Address already in use' "$folder/log" || break
    done
    fail "the server does not start: $(tail -n 3 "$folder/log")"
}

run() {
    [ $# -gt 0 ] || fail "run what? bash scripts/postgres.sh run COMMAND..."
    if [ "${LEARNR_WITHOUT_POSTGRES:-}" = 1 ] || [ -n "${TEST_DATABASE_URL:-}" ]; then
        exec "$@"
    fi
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    start
    # Beside this script rather than before it, so that a signal is heard at once; with its input, and with Ctrl-C.
    (
        trap - INT
        exec "$@"
    ) <&0 &
    command=$!
    local status=0
    wait "$command" || status=$?
    command=""
    exit "$status"
}

case ${1:-} in
run) run "${@:2}" ;;
bin) bin ;;
user) user ;;
*) fail "what? bash scripts/postgres.sh run COMMAND... | bin | user" ;;
esac
