# What there is to run. Each target is one line of work; the longer ones live in scripts/.
# Every recipe is one foreground process, so that Ctrl-C reaches all it started.

.PHONY: run test check bench load chaos cluster conformance schema fmt doc

# Builds the page and the server and serves them on PORT (8000); data in ./data.
run:
	@bash scripts/web.sh && exec cargo run --release -- serve

# Everything that must hold: check, Rust tests, page tests, browser tests, the crash test, the chaos test and fuzzing in short.
test:
	@exec bash scripts/test.sh

# Formatting, clippy with warnings denied, types and lints of the page.
check:
	@exec bash scripts/check.sh

# Benchmarks: criterion, then the figures of docs/performance.md.
bench:
	@bash scripts/web.sh && cargo bench --workspace && bash scripts/bench.sh && bash scripts/bench-postgres.sh && exec bash scripts/bench-fleet.sh

# A thousand simulated learners for a minute, over real sockets.
load:
	@bash scripts/web.sh && cargo build --release --bin learnr && exec cargo run --release -p learnr-loadtest -- play load-1000

# The proofs at length: 200 rounds of kill -9 of one server, then 1,000 faults of a fleet.
chaos:
	@exec bash scripts/chaos.sh

# Three instances, Redis, PostgreSQL and an nginx in front on PORT (8000), to try things on; Ctrl-C ends all of it.
cluster:
	@exec bash scripts/cluster.sh

# Autobahn's WebSocket test suite against an echo route (needs Python 2.7), then Schemathesis against every REST route.
conformance:
	@bash scripts/conformance.sh && exec bash scripts/schemathesis.sh 100

# Writes the JSON Schemas, AsyncAPI and TypeScript types of the protocol anew.
schema:
	@bash scripts/web.sh && exec cargo run -- schema

# Formats Rust and the page.
fmt:
	@cargo fmt --all && cargo fmt --manifest-path fuzz/Cargo.toml && bash scripts/web.sh packages && exec npm --prefix web run fmt

# The documentation of every crate, warnings denied; opens in target/doc.
doc:
	@bash scripts/web.sh && exec env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
