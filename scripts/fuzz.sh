#!/usr/bin/env bash
# Coverage-guided fuzzing of every place where bytes from outside come in: the targets of fuzz/, each for so many seconds.
#   scripts/fuzz.sh SECONDS [TARGET...]
# Begins from the small corpora in fuzz/corpus. What it finds on the way stays below target/fuzz/corpus and is the
# beginning of the next run; an input that breaks a claim is left in target/fuzz/artifacts. One core; Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?seconds for each target}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz/fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')
work="${CARGO_TARGET_DIR:-$PWD/target}/fuzz"

# Longest input, in bytes: as long as what matters about one can be.
INPUT_BYTES_MAX=4096
# An input that takes this long, or this much memory, has broken the claim that nothing is unbounded.
INPUT_SECONDS_MAX=10
MEMORY_MIB_MAX=2048

# Our code is safe Rust, so the sanitizers have little to see; what is looked for are panics, overflows, time and memory.
CARGO_TARGET_DIR="$work" cargo +nightly fuzz build --sanitizer none
built=("$work"/*-*/release)

summary=()
for target in "${targets[@]}"; do
    mkdir -p "$work/corpus/$target" "$work/artifacts/$target"
    log="$work/$target.log"
    status=0
    "${built[0]}/$target" -max_total_time="$seconds" -max_len=$INPUT_BYTES_MAX -timeout=$INPUT_SECONDS_MAX \
        -rss_limit_mb=$MEMORY_MIB_MAX -print_final_stats=1 -artifact_prefix="$work/artifacts/$target/" \
        "$work/corpus/$target" "fuzz/corpus/$target" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        grep -v '^#' "$log" | tail -40 >&2
        echo "fuzz: $target broke its claim; the input is below $work/artifacts/$target, and this runs it again:" >&2
        echo "  cd fuzz && cargo +nightly fuzz run --sanitizer none $target INPUT" >&2
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ "${runs:-0}" -gt 0 ] || { echo "fuzz: $target ran on no input" >&2; exit 1; }
    summary+=("$(printf '%-16s %12d inputs in %d s, none broke its claim' "$target" "$runs" "$seconds")")
    echo "fuzz: ${summary[-1]}"
done
