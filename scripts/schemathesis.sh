#!/usr/bin/env bash
# Schemathesis (PyPI) against the server's own OpenAPI document, with a learner's, an author's and an admin's token: no 5xx, no answer
# that the document does not have. Usage: scripts/schemathesis.sh [EXAMPLES] [SEED], by default 20 for each operation and seed 8.
# LEARNR_BIN names a server that is built already. It is installed once, below target/; reports stay in target/schemathesis/.
set -euo pipefail
cd "$(dirname "$0")/.."

SCHEMATHESIS=4.32.5
CANNOT=75 # EX_TEMPFAIL of sysexits.h
RUN_SECONDS_MAX=600 # for each role; beyond it something hangs and is ended
examples="${1:-20}"
seed="${2:-8}"
# Left out: whether what fits the schema is taken, since bounds are said in words; and what needs calls in a row.
CHECKS=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance
CHECKS+=,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,ignored_auth

target="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$target/schemathesis-$SCHEMATHESIS"
reports="$target/schemathesis"
server=""
data=""

fail() {
    echo "schemathesis: $*" >&2
    exit 1
}

# It cannot run here, which says nothing of the server.
cannot() {
    echo "schemathesis: $*" >&2
    exit "$CANNOT"
}

# Ends what was started here, by its id.
cleanup() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    [ -z "$data" ] || rm -rf "$data"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

install_tools() {
    [ -x "$tools/bin/schemathesis" ] && return
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || cannot "needs python3 3.10 or later with venv"
    echo "schemathesis: installing $SCHEMATHESIS below target/, once"
    rm -rf "$tools"
    python3 -m venv "$tools" >"$target/schemathesis-install.log" 2>&1 &&
        "$tools/bin/pip" install --quiet "schemathesis==$SCHEMATHESIS" >>"$target/schemathesis-install.log" 2>&1 || {
        rm -rf "$tools"
        cannot "could not install it; $target/schemathesis-install.log says why"
    }
}

build_server() {
    bin="${LEARNR_BIN:-}"
    [ -z "$bin" ] || return 0
    bash scripts/web.sh
    cargo build --bin learnr
    bin="$target/debug/learnr"
}

# Starts a server on a free port whose mail is in its log; sets server and address.
start_server() {
    local line
    data=$(mktemp -d)
    LEARNR_OWNER_TOKEN=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
    export LEARNR_OWNER_TOKEN
    coproc SERVER { exec "$bin" serve --host 127.0.0.1 --port 0 --data "$data" --rate-limits off --guests-per-minute 1000000 2>"$data/server.log"; }
    server=$SERVER_PID
    read -r line <&"${SERVER[0]}" || fail "the server did not start: $(tail -n 3 "$data/server.log")"
    [[ "$line" =~ ^"LearnR is ready at "(http://.*)$ ]] || fail "the server said \"$line\""
    address=${BASH_REMATCH[1]}
}

# run_as ROLE: every operation, called by somebody of this role.
run_as() {
    local role=$1
    echo "schemathesis: every operation as $role, $examples examples each, seed $seed"
    mkdir -p "$reports/$role"
    LEARNR_ADDRESS="$address" LEARNR_SERVER_LOG="$data/server.log" LEARNR_ROLE="$role" \
        PYTHONPATH=scripts PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=schemathesis_callers \
        timeout "$RUN_SECONDS_MAX" "$tools/bin/schemathesis" run "$address/v1/openapi.json" --url "$address" \
        --phases examples,coverage,fuzzing --checks "$CHECKS" --max-examples "$examples" --seed "$seed" \
        --generation-database none --suppress-health-check all --warnings off --continue-on-failure --request-timeout 20 \
        --report junit --report-dir "$reports/$role" --report-junit-path "$reports/$role/junit.xml" --no-color \
        >"$reports/$role/report.txt" 2>&1 || return 1
    kill -0 "$server" 2>/dev/null || fail "the server ended; $reports/$role/report.txt says at which call"
}

mkdir -p "$target"
install_tools
build_server
rm -rf "$reports"
mkdir -p "$reports"
start_server
failed=""
for role in learner author admin; do
    run_as "$role" || {
        failed="$failed $role"
        tail -n 60 "$reports/$role/report.txt"
    }
done
cp "$data/server.log" "$reports/server.log"
if grep -qiE 'panicked|request failed' "$reports/server.log"; then
    fail "the server's log has a fault; see $reports/server.log"
fi
[ -z "$failed" ] || fail "failed as$failed; the whole of it is in $reports/"
echo "schemathesis: no 5xx and no undocumented answer to anybody; reports in $reports/"
