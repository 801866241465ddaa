#!/usr/bin/env python3
"""Times every dashboard over a store with millions of answers, and shows the plan of each statement it runs.

Asked over REST of a real server on a private PostgreSQL; the plans are auto_explain's of those very requests. Writes
Markdown. Run by scripts/dashboards.sh.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
import urllib.request

CERTIFICATION = "business-analysis-foundations"
OWNER = "owner-of-the-dashboards-0123456789"
DATABASE = "dashboards"
# Requests of each dashboard; the median counts. The first of them finds little in the buffers.
REQUESTS = 7
# What a dashboard's statements may take together, in milliseconds.
GATE_MS = 50.0
READY_SECONDS_MAX = 60


def psql(binaries, url, *arguments):
    command = [f"{binaries}/psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", url, *arguments]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip()


class Server:
    """A `learnr serve` on a free port, over the database at `url` or a file in `folder`."""

    def __init__(self, binary, url, folder):
        environment = dict(os.environ, LEARNR_OWNER_TOKEN=OWNER, LEARNR_RATE_LIMITS="off", LEARNR_LOG="error")
        if url:
            environment["DATABASE_URL"] = url
        command = [binary, "serve", "--port", "0", "--data", folder]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "ready at " not in line:
            sys.exit(f"the server did not start: {line}")
        self.base = line.strip().rsplit(" ", 1)[1]

    def ask(self, path, token=None, body=None):
        """Status, headers and body of a request, and the milliseconds it took."""
        request = urllib.request.Request(self.base + path, data=body and json.dumps(body).encode(), method="POST" if body is not None else "GET")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        begun = time.monotonic()
        with urllib.request.urlopen(request, timeout=600) as reply:
            read = reply.read()
        return read, (time.monotonic() - begun) * 1000

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def statements(log):
    """Duration, words and plan of each statement in a stretch of the server's log."""
    entry = re.compile(r"duration: ([0-9.]+) ms  plan:\n((?:\t.*\n?)*)")
    for duration, text in entry.findall(log):
        lines = [line[1:] for line in text.splitlines()]
        plan = next((n for n, line in enumerate(lines) if "(cost=" in line), len(lines))
        yield float(duration), " ".join(lines[:plan]), "\n".join(lines[plan:])


def shown(plan):
    """A plan without the partitions that were not looked into."""
    kept, out = [], None
    for line in plan.splitlines():
        depth = len(line) - len(line.lstrip())
        if out is not None and depth > out:
            continue
        out = depth if "(never executed)" in line else None
        if out is None:
            kept.append(line.rstrip())
    return "\n".join(kept)


def dashboards(server, token, session, today):
    year = f"from={today - datetime.timedelta(days=365)}&to={today}&utc_offset_minutes=345"
    certification = f"/v1/certifications/{CERTIFICATION}"
    deep = json.loads(server.ask("/v1/sessions/history?limit=100", token)[0])
    deep = json.loads(server.ask(f"/v1/sessions/history?limit=100&cursor={deep['next']}", token)[0])["next"]
    far = ""
    for _ in range(12):
        page = json.loads(server.ask(f"{certification}/learners?limit=500{far}", OWNER)[0])
        if "next" not in page:
            break
        far = f"&cursor={page['next']}"
    month = today - datetime.timedelta(days=180)
    return [
        ("a learner's sessions", "/v1/sessions/history?limit=20", token),
        ("the same, third hundred", f"/v1/sessions/history?limit=100&cursor={deep}", token),
        ("the same, of a certification, completed", f"/v1/sessions/history?limit=100&status=completed&certification={CERTIFICATION}", token),
        ("one session with every answer", f"/v1/sessions/{session}/answers", token),
        ("competency over a year", f"{certification}/progress?{year}", token),
        ("activity over a year, by day and by area", f"{certification}/activity?{year}", token),
        ("hardest concepts", f"{certification}/hardest?limit=100", token),
        ("item statistics, 500", f"{certification}/items/statistics?limit=500", OWNER),
        ("learners, first 500", f"{certification}/learners?limit=500", OWNER),
        ("learners, thirteenth 500", f"{certification}/learners?limit=500{far}", OWNER),
        ("export of learners", f"{certification}/export?format=csv&what=learners", OWNER),
        ("export of a day's answers", f"{certification}/export?format=csv&from={month}&to={month}", OWNER),
    ]


def slowest(plans):
    """The slowest statement of a request; of one that was run for page after page, the median."""
    pages = {}
    for duration, words, _ in plans:
        # Parameters are not in the words.
        pages.setdefault(words, []).append(duration)
    return max((statistics.median(durations) for durations in pages.values()), default=0.0)


def measure(server, log, boards):
    """For each dashboard: its name, path, REST and statement times, rows of text, and its statements' plans."""
    for name, path, token in boards:
        rest, spent, plans, size = [], [], [], 0
        for _ in range(REQUESTS):
            before = log.stat().st_size
            body, took = server.ask(path, token)
            # The server logs a plan before it answers.
            with log.open(errors="replace") as text:
                text.seek(before)
                plans = [one for one in statements(text.read()) if "pg_" not in one[1]]
            rest.append(took)
            spent.append(slowest(plans))
            size = len(body)
        rest.sort()
        spent.sort()
        yield name, path, rest[REQUESTS // 2], spent[REQUESTS // 2], spent[-1], size, plans


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--answers", type=int, default=50, help="answers of a session")
    parser.add_argument("--binary", default="target/debug/learnr")
    parser.add_argument("--binaries", required=True, help="folder of PostgreSQL's programs")
    parser.add_argument("--folder", required=True, help="an empty folder for the server's secret")
    arguments = parser.parse_args()
    superuser = os.environ["TEST_DATABASE_URL"]
    base, _, rest = superuser.partition("://")
    url = f"{base}://{rest.split('/')[0]}/{DATABASE}"
    psql(arguments.binaries, superuser, "-c", f"DROP DATABASE IF EXISTS {DATABASE}", "-c", f"CREATE DATABASE {DATABASE}")
    try:
        run(arguments, superuser, url)
    finally:
        psql(arguments.binaries, superuser, "-c", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def run(arguments, superuser, url):
    say = lambda text: print(text, file=sys.stderr, flush=True)
    server = Server(arguments.binary, url, arguments.folder)
    token = json.loads(server.ask("/v1/guests", body={})[0])["token"]
    create = {"certification": CERTIFICATION, "kind": "practice"}
    server.ask("/v1/sessions", token, create)
    server.stop()
    guest = psql(arguments.binaries, url, "-c", "SELECT learner FROM sessions")
    say(f"dashboards: making {arguments.sessions * arguments.answers:,} answers")
    begun = time.monotonic()
    script = pathlib.Path(__file__).with_suffix(".sql")
    variables = [f"-v{name}={value}" for name, value in [("sessions", arguments.sessions), ("answers", arguments.answers), ("guest", guest)]]
    psql(arguments.binaries, url, *variables, "-f", str(script))
    say(f"dashboards: made in {time.monotonic() - begun:.0f} s")
    for setting, value in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
    ]:
        psql(arguments.binaries, url, "-c", f"ALTER DATABASE {DATABASE} SET {setting} = '{value}'")
    log = pathlib.Path(psql(arguments.binaries, superuser, "-c", "SHOW data_directory")).parent / "log"
    sizes = psql(arguments.binaries, url, "-F", "|", "-c", (
        "SELECT coalesce(nullif(regexp_replace(relname, '_\\d{4}_\\d{2}$', ''), ''), relname), pg_size_pretty(sum(pg_total_relation_size(oid))),"
        " sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " GROUP BY 1 HAVING sum(reltuples) > 1000 ORDER BY sum(pg_total_relation_size(oid)) DESC"))
    session = psql(arguments.binaries, url, "-c", f"SELECT id FROM sessions WHERE learner = '{guest}' AND status = 'completed' LIMIT 1")
    server = Server(arguments.binary, url, arguments.folder)
    try:
        boards = dashboards(server, token, session, datetime.datetime.now(datetime.timezone.utc).date())
        report(arguments, sizes, list(measure(server, log, boards)))
    finally:
        server.stop()


def report(arguments, sizes, measured):
    answers = arguments.sessions * arguments.answers
    print(f"{answers:,} answers of {arguments.sessions:,} sessions by 10,001 learners; the learner asked about has 500 sessions.\n")
    print("| table | size | rows |\n|---|---|---|")
    for line in sizes.splitlines():
        name, size, rows = line.split("|")
        print(f"| {name} | {size} | {int(rows):,} |")
    print(f"\n| dashboard | slowest statement: median, worst of {REQUESTS} | REST, median | answer |\n|---|---|---|---|")
    late = []
    for name, path, rest, median, worst, size, _ in measured:
        print(f"| {name} | {median:.1f} ms, {worst:.1f} ms | {rest:.1f} ms | {size / 1000:.1f} kB |")
        if median >= GATE_MS:
            late.append(name)
    for name, path, *_, plans in measured:
        print(f"\n### {name}\n\n`GET {path}`")
        for duration, _, plan in plans:
            if duration == max(one[0] for one in plans) or "learner_activity" in plan:
                print(f"\n```\n{shown(plan)}\n```")
    if late:
        sys.exit(f"dashboards: over {GATE_MS:.0f} ms: {', '.join(late)}")


if __name__ == "__main__":
    main()
