#!/usr/bin/env bash
# The figures of docs/backup.md: 1,000,000 answers and 100,000 questions in and out of a store, release build.
#
#   bash scripts/at-size.sh                        SQLite, and PostgreSQL where TEST_DATABASE_URL names a superuser's server
#   bash scripts/postgres.sh run bash scripts/at-size.sh
#                                                  both, with a PostgreSQL of its own
#
# ANSWERS and QUESTIONS say how many. Everything is in a temporary folder, and gone afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."

answers="${ANSWERS:-1000000}"
questions="${QUESTIONS:-100000}"
target="${CARGO_TARGET_DIR:-$PWD/target}"
work=$(mktemp -d)
databases=()

clean_up() {
    rm -rf "$work"
    for name in "${databases[@]}"; do
        psql "$TEST_DATABASE_URL" -qc "DROP DATABASE IF EXISTS $name WITH (FORCE)"
    done
}
trap clean_up EXIT
export LEARNR_LOG=error

cargo build --release --bin learnr
learnr="$target/release/learnr"

# Runs `learnr ARGS`, and says how long it took and how much memory it had at most.
measure() {
    local what=$1
    shift
    local begun ended memory
    begun=$(date +%s.%N)
    # shellcheck disable=SC2016
    memory=$(python3 - "$learnr" "$@" <<'PY'
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(done.returncode)
PY
    )
    ended=$(date +%s.%N)
    printf '%-52s %8.2f s %6d MiB\n' "$what" "$(echo "$ended - $begun" | bc)" "$memory"
}

# A database of its own in the server of TEST_DATABASE_URL; its address is left in $url.
database() {
    local name="learnr_at_size_$1"
    psql "$TEST_DATABASE_URL" -qc "CREATE DATABASE $name"
    databases+=("$name")
    url=$(sed -E "s#^(postgres(ql)?://[^/]*/)[^?]*#\1$name#" <<<"$TEST_DATABASE_URL")
}

echo "== $answers answers"
cargo bench --quiet --bench at_size -- "$work/from" "$answers"
measure "export --answers" export business-analysis-foundations --answers --out "$work/answers.jsonl" --data "$work/from"
measure "export --answers --format csv" \
    export business-analysis-foundations --answers --format csv --out "$work/answers.csv" --data "$work/from"
ls -l --block-size=M "$work/from" "$work/answers.jsonl" "$work/answers.csv" | awk 'NF > 5 {print $5, $NF}'

python3 - "$questions" "$work/questions.csv" <<'PY'
import sys
with open(sys.argv[2], "w") as out:
    out.write("stem,option_a,option_b,option_c,option_d,key,area,difficulty\n")
    for number in range(int(sys.argv[1])):
        area, level = f"area-{number % 8}", ("easy", "medium", "hard")[number % 3]
        out.write(f"What follows {number}?,{number + 1},{number + 2},{number - 1},{number * 2 + 7},A,{area},{level}\n")
PY

# What one store does: where it is, as flags of learnr, and what it is called.
both_ways() {
    local name=$1
    shift
    measure "$name: import the certification" import content/business-analysis-foundations.json "$@"
    measure "$name: import --answers" import --answers "$work/answers.jsonl" "$@"
    measure "$name: import --answers, again" import --answers "$work/answers.jsonl" "$@"
    measure "$name: export --answers" export business-analysis-foundations --answers --out "$work/again.jsonl" "$@"
    cmp "$work/answers.jsonl" "$work/again.jsonl"
    measure "$name: import $questions questions" import "$work/questions.csv" --certification large "$@"
    measure "$name: export $questions questions" export large --out "$work/large.json" "$@"
    measure "$name: backup" backup "$work/$name.sqlite3" "$@"
}

both_ways sqlite --data "$work/to"
measure "sqlite: restore" restore "$work/sqlite.sqlite3" --data "$work/restored"

if [ -n "${TEST_DATABASE_URL:-}" ]; then
    database "to_$$"
    both_ways postgres --database-url "$url"
    database "restored_$$"
    measure "postgres: restore" restore "$work/postgres.sqlite3" --database-url "$url"
    database "copied_$$"
    measure "copy, SQLite to PostgreSQL" copy "$work/to" "$url"
    measure "copy, PostgreSQL to SQLite" copy "$url" "$work/back"
fi
