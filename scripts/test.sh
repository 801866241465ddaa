#!/usr/bin/env bash
# Everything that must hold, in stages with a time budget each (seconds, on two cores, nothing built before).
# A stage over its budget is told of, not failed: a slow machine is no defect.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
mkdir -p "$target"
# A test that cannot run here adds "NOT RUN: <test>: <reason>" to this file, and one whose count people want to see adds
# that; passing tests' own output is hidden.
export LEARNR_NOT_RUN="$target/not-run.txt"
: >"$LEARNR_NOT_RUN"

# One PostgreSQL for all tests of a stage; scripts/postgres.sh says with which settings, and how to go without.
postgres=(bash scripts/postgres.sh run)
# One feature set and one profile for all that is run: nextest also builds the server that the browser tests start.
nextest=(--workspace --features faults)
# Seconds for each of the fuzzing targets.
FUZZ_SECONDS=8
report=()
started=$SECONDS

complete=no

finish() {
    if [ -s "$LEARNR_NOT_RUN" ]; then
        printf '\nCounts, and tests that did not run:\n'
        sort -u "$LEARNR_NOT_RUN"
    fi
    printf '\n'
    [ ${#report[@]} -eq 0 ] || printf '%s\n' "${report[@]}"
    # Not the exit status: after Ctrl-C that may still be 0 here.
    if [ "$complete" = yes ]; then
        echo "make test: all passed in $((SECONDS - started)) s, $(sort -u "$LEARNR_NOT_RUN" | grep -c '^NOT RUN') tests did not run"
    else
        echo "make test: FAILED or was stopped in stage \"${stage:-start}\" after $((SECONDS - started)) s"
    fi
}
trap finish EXIT

# stage NAME BUDGET COMMAND...: runs one stage and notes how long it took.
stage() {
    stage=$1
    local budget=$2 from=$SECONDS
    shift 2
    printf '\n== %s (budget %s s)\n' "$stage" "$budget"
    "$@"
    local took=$((SECONDS - from)) note=""
    [ "$took" -le "$budget" ] || note="  WARNING: over its budget of $budget s"
    report+=("$(printf '%-8s %5d s%s' "$stage" "$took" "$note")")
}

# The page first: the server embeds it.
web() {
    bash scripts/check.sh web
    npm --prefix web test
}

rust() {
    bash scripts/check.sh rust
    "${postgres[@]}" cargo nextest run "${nextest[@]}" -E 'not test(crash::) and not test(chaos::) and not test(postgres::faults::)'
    cargo test --quiet --doc "${nextest[@]}"
    # Nextest counts ignored tests but does not name them.
    cargo nextest list "${nextest[@]}" --run-ignored only -T oneline 2>/dev/null |
        sed 's/^/NOT RUN: /; s/$/: marked as ignored/' >>"$LEARNR_NOT_RUN"
}

faults() {
    "${postgres[@]}" cargo nextest run "${nextest[@]}" -E 'test(crash::) or test(chaos::) or test(postgres::faults::)'
}

browser() {
    LEARNR_BIN="$target/debug/learnr" npm --prefix web run e2e
}

# Short: it finds what is newly broken. The long runs are in docs/security.md.
fuzz() {
    if cargo +nightly --version >/dev/null 2>&1; then
        bash scripts/fuzz.sh "$FUZZ_SECONDS"
    else
        echo "NOT RUN: fuzzing: the nightly compiler is not installed" | tee -a "$LEARNR_NOT_RUN"
    fi
}

stage setup 600 bash scripts/setup.sh
stage web 180 web
stage rust 720 rust
stage faults 450 faults
stage browser 300 browser
stage fuzz 300 fuzz
complete=yes
