#!/usr/bin/env bash
# Autobahn's fuzzing client against the echo route of a server built for it, held against tests/conformance; see
# docs/conformance.md. Needs Python 2.7 with pip: the suite runs on nothing newer. Its packages are installed once,
# below target/. The report of the last run stays in target/conformance/index.html.
set -euo pipefail
cd "$(dirname "$0")/.."

RUN_SECONDS_MAX=1200 # about 200 on two idle cores; beyond it the suite hangs and is ended

target="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$target/conformance-tools"
report="$target/conformance"
requirements="tests/conformance/requirements.txt"
server=""
suite=""
data=""

fail() {
    echo "conformance: $*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Ends what was started here, by its id.
cleanup() {
    local id
    for id in $suite $server; do
        kill "$id" 2>/dev/null || true
    done
    for id in $suite $server; do
        wait "$id" 2>/dev/null || true
    done
    [ -z "$data" ] || rm -rf "$data"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Prints the Python 2.7 to use: the one in the path, or the newest that pyenv holds.
find_python() {
    local version
    if python2.7 -c "" 2>/dev/null; then
        command -v python2.7
        return
    fi
    if has pyenv; then
        version=$(pyenv versions --bare | grep -E '^2\.7\.[0-9]+$' | sort -V | tail -n 1) || version=""
        [ -z "$version" ] || echo "$(pyenv prefix "$version")/bin/python2.7"
    fi
}

# Installs wstest into a virtual environment of its own, again when what it shall consist of has changed.
install_suite() {
    cmp -s "$requirements" "$tools/installed.txt" && return
    local python
    python=$(find_python)
    [ -n "$python" ] || fail "Python 2.7 is missing and Autobahn's test suite runs on nothing newer; install python2.7, or a 2.7 with pyenv"
    "$python" -m pip --version >/dev/null 2>&1 || fail "$python has no pip; install pip for Python 2.7"
    echo "conformance: installing wstest below target/; this takes a minute, once"
    rm -rf "$tools"
    mkdir -p "$tools"
    {
        # Later versions of virtualenv make no environment for Python 2.7.
        "$python" -m pip install --target "$tools/virtualenv" "virtualenv<20.22" &&
            PYTHONPATH="$tools/virtualenv" "$python" -m virtualenv --app-data "$tools/app" "$tools/env" &&
            "$tools/env/bin/python" -m pip install --no-deps --requirement "$requirements"
    } >"$tools/install.log" 2>&1 || fail "could not install wstest; $tools/install.log says why"
    cp "$requirements" "$tools/installed.txt"
}

# Starts the server on a free port and prints nothing; sets server and address.
start_server() {
    local line
    data=$(mktemp -d)
    coproc SERVER { exec "$target/debug/learnr" serve --host 127.0.0.1 --port 0 --data "$data" --no-demo 2>"$report/server.log"; }
    server=$SERVER_PID
    read -r line <&"${SERVER[0]}" || fail "the server did not start; $report/server.log says why"
    [[ "$line" =~ ^"LearnR is ready at http://"(.*)$ ]] || fail "the server said \"$line\""
    address=${BASH_REMATCH[1]}
}

# Runs the cases. The client waits longer than its one second for the server to end the TCP connection: actix reads on
# for as long after the last frame, so that a client that still sends gets that frame too.
run_suite() {
    cat >"$report/spec.json" <<SPEC
{
    "outdir": "$report",
    "options": { "serverConnectionDropTimeout": 5 },
    "servers": [{ "agent": "learnr", "url": "ws://$address/v1/ws/echo", "protocols": ["learnr.v1.msgpack"] }],
    "cases": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"],
    "exclude-cases": [],
    "exclude-agent-cases": {}
}
SPEC
    # In the background, so that Ctrl-C is heard at once and not after the last case.
    timeout "$RUN_SECONDS_MAX" "$tools/env/bin/wstest" --mode fuzzingclient --spec "$report/spec.json" >"$report/suite.log" 2>&1 &
    suite=$!
    wait "$suite" || fail "the suite ended with status $?; $report/suite.log says why"
    suite=""
    kill -0 "$server" 2>/dev/null || fail "the server ended before the suite; $report/server.log says why"
}

install_suite
bash scripts/web.sh
cargo build --bin learnr --features echo
rm -rf "$report"
mkdir -p "$report"
start_server
echo "conformance: running Autobahn's cases 1 to 7 and 10 against $address; this takes some minutes"
run_suite
node scripts/conformance.mjs "$report/index.json" tests/conformance/expected.json
