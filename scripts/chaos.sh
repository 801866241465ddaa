#!/usr/bin/env bash
# The proofs at length, one after the other; each leaves its counts in the target folder.
#
#   bash scripts/chaos.sh          both
#   bash scripts/chaos.sh crash    one server, killed 200 times under load: crash/report.json
#   bash scripts/chaos.sh fleet    a fleet, 1,000 faults of eleven kinds: chaos/report.json, chaos/times.svg
#
# LEARNR_CRASH_ROUNDS and LEARNR_CHAOS_FAULTS ask for more or less; LEARNR_CRASH_SEED and LEARNR_CHAOS_SEED repeat a run,
# LEARNR_CHAOS_LEARNERS, LEARNR_CHAOS_INSTANCES and LEARNR_CHAOS_GAP_MS change the fleet's.
set -euo pipefail
cd "$(dirname "$0")/.."

nextest=(cargo nextest run --workspace --features faults --no-capture)

crash() {
    LEARNR_CRASH_ROUNDS=${LEARNR_CRASH_ROUNDS:-200} "${nextest[@]}" -E 'test(crash::)'
}

fleet() {
    # Less close together than in the short form: what they strike is up again sooner than it is struck again.
    LEARNR_CHAOS_FAULTS=${LEARNR_CHAOS_FAULTS:-1000} LEARNR_CHAOS_GAP_MS=${LEARNR_CHAOS_GAP_MS:-1800} "${nextest[@]}" -E 'test(chaos::)'
}

bash scripts/web.sh
case ${1:-both} in
crash | fleet) "$1" ;;
both)
    crash
    fleet
    ;;
*)
    echo "chaos: what? bash scripts/chaos.sh [crash|fleet]" >&2
    exit 1
    ;;
esac
