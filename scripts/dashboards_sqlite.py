#!/usr/bin/env python3
"""Times every dashboard over a SQLite store with many answers, asked over REST of a real server. Writes Markdown.

    cargo build && python3 scripts/dashboards_sqlite.py [--sessions N] [--answers N] [--binary FILE]
"""

import argparse
import datetime
import json
import math
import os
import random
import sqlite3
import sys
import tempfile
import time
import uuid

from dashboards import CERTIFICATION, GATE_MS, REQUESTS, Server, dashboards

QUARTER_MS = 900_000
LEARNERS = 10_000
# Sessions of the learner asked about, and the days they are spread over.
OWN = 500
DAYS = 360


def id_at(ms):
    return ms.to_bytes(6, "big") + bytes([0x70]) + random.randbytes(1) + bytes([0x80]) + random.randbytes(7)


class Rollups:
    """The roll-ups of everything made, summed in memory."""

    def __init__(self):
        self.activity, self.concepts, self.progress, self.items = {}, {}, {}, {}

    def answer(self, learner, item, area, at, correct, elapsed, theta, error):
        quarter = self.activity.setdefault((learner, at // QUARTER_MS, area), [0, 0, 0, 0, None, None, None])
        quarter[1] += 1
        quarter[2] += correct
        quarter[3] += elapsed
        quarter[4:] = theta, error, at
        for sums in (self.concepts.setdefault((learner, item[0] % 94), [0, 0, 0]), self.items.setdefault(item[1], [0, 0, 0])):
            sums[0] += 1
            sums[1] += correct
            sums[2] += elapsed

    def session(self, learner, started, ended, answers):
        self.activity.setdefault((learner, ended // QUARTER_MS, ""), [0, 0, 0, 0, None, None, None])[0] += 1
        one = self.progress.setdefault(learner, [0, 0, ended, ended])
        one[0] += 1
        one[1] += answers
        one[2], one[3] = min(one[2], ended), max(one[3], ended)

    def store(self, db, version):
        def insert(table, places, rows):
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * places)})", rows)

        insert("learner_activity", 11, ((learner, CERTIFICATION, quarter, area, *sums) for (learner, quarter, area), sums in self.activity.items()))
        concepts = self.concepts.items()
        insert("learner_concepts", 7, ((learner, CERTIFICATION, f"concept-{n}", a, c, a * 0.7, ms) for (learner, n), (a, c, ms) in concepts))
        progress = self.progress.items()
        insert("learner_progress", 8, ((CERTIFICATION, learner, n, a, a * 7 // 10, a * 18_000, low, high) for learner, (n, a, low, high) in progress))
        fit = [0.21, 0.21, 0.03, 1.0, 0.7, 0.7, 0.0, 1.0, 0.1]
        insert("item_statistics", 17, ((CERTIFICATION, version, item, a, a, c, ms, a, *(a * f for f in fit)) for item, (a, c, ms) in self.items.items()))


def make(path, sessions, answers):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA cache_size = -262144")
    db.execute("BEGIN IMMEDIATE")
    guest, organization, version, settings = db.execute("SELECT learner, organization, bank_version, settings FROM sessions").fetchone()
    items = list(enumerate(db.execute("SELECT item_id, area FROM items ORDER BY ix").fetchall()))
    learners = [random.randbytes(16) for _ in range(LEARNERS)]
    db.executemany("INSERT INTO learners (id, organization, created_at) VALUES (?, ?, 0)", ((one, organization) for one in learners))
    now, rollups = int(time.time() * 1000), Rollups()
    begins = sorted(now - int(random.random() * DAYS * 86_400_000) - 7_200_000 for _ in range(sessions))
    own = set(random.sample(range(sessions), min(OWN, sessions)))
    for n, at in enumerate(begins):
        learner, session = guest if n in own else learners[n % LEARNERS], id_at(at)
        ended = at + answers * 18_000 + 1_000
        row = (session, learner, organization, CERTIFICATION, version, "practice", settings, "stream", "completed", 1, 1, at, ended, 1)
        db.execute(
            "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, stream, status, epoch, claim,"
            " started_at, ended_at, rolled_up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO jobs (kind, session, run_at, finished) VALUES ('session_ended', ?, ?, 1)", (session, at))
        rows = []
        for k in range(1, answers + 1):
            place, (item, area) = items[(n * 7_919 + k * 104_729) % len(items)]
            correct, elapsed, theta, error = int((n * 7 + k * 13) % 10 < 7), 9_000 + (n * 31 + k * 17) % 18_000, math.sin(n + k / 10), 0.6 - 0.004 * k
            moment = at + k * 18_000
            rollups.answer(learner, (place, item), area, moment, correct, elapsed, theta, error)
            request = f"request-{k}"
            rows.append((session, hash(request) & 0xFFFFFFFF, k + 1, moment, request, k, item, "o4f1c2a", correct, elapsed, area, theta, error, bytes(90)))
        db.executemany(
            "INSERT INTO events (session, request_hash, seq, epoch, claim, kind, event_version, participant, at_ms, request_id, position, item,"
            " choice, correct, elapsed_ms, area, theta, standard_error, payload)"
            " VALUES (?, ?, ?, 1, 1, 'answered', 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        rollups.session(learner, at, ended, answers)
    rollups.store(db, version)
    total = sessions * answers
    db.execute("INSERT INTO version_statistics VALUES (?, ?, ?, ?, ?, ?, ?)", (CERTIFICATION, version, sessions, total, total * 7 // 10, total * 18_000, now))
    db.execute("COMMIT")
    session = db.execute("SELECT id FROM sessions WHERE learner = ? AND status = 'completed' LIMIT 1", (guest,)).fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return uuid.UUID(bytes=session)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--answers", type=int, default=50, help="answers of a session")
    parser.add_argument("--binary", default="target/debug/learnr")
    arguments = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.binary, None, folder)
        token = json.loads(server.ask("/v1/guests", body={})[0])["token"]
        server.ask("/v1/sessions", token, {"certification": CERTIFICATION, "kind": "practice"})
        server.stop()
        begun, path = time.monotonic(), f"{folder}/learnr.sqlite3"
        session = make(path, arguments.sessions, arguments.answers)
        print(f"dashboards: made in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        size = os.path.getsize(path)
        server = Server(arguments.binary, None, folder)
        try:
            boards = dashboards(server, token, session, datetime.datetime.now(datetime.timezone.utc).date())
            report(arguments, size, server, boards)
        finally:
            server.stop()


def report(arguments, size, server, boards):
    print(f"{arguments.sessions * arguments.answers:,} answers of {arguments.sessions:,} sessions, {size / 1e9:.1f} GB.\n")
    print(f"| dashboard | REST: median, worst of {REQUESTS} | answer |\n|---|---|---|")
    late = []
    for name, path, token in boards:
        times, length = [], 0
        for _ in range(REQUESTS):
            body, took = server.ask(path, token)
            times.append(took)
            length = len(body)
        times.sort()
        print(f"| {name} | {times[REQUESTS // 2]:.1f} ms, {times[-1]:.1f} ms | {length / 1000:.1f} kB |", flush=True)
        if times[REQUESTS // 2] >= GATE_MS and "export" not in name:
            late.append(name)
    if late:
        sys.exit(f"dashboards: over {GATE_MS:.0f} ms with all of REST: {', '.join(late)}")


if __name__ == "__main__":
    main()
