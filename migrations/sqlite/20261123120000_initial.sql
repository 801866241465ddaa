-- The whole first schema. Ids are 16-byte blobs, times Unix milliseconds.

CREATE TABLE organizations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO organizations (id, name) VALUES (zeroblob(16), 'default');

CREATE TABLE learners (
    id BLOB PRIMARY KEY,
    organization BLOB NOT NULL REFERENCES organizations (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    learner BLOB NOT NULL REFERENCES learners (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_learner ON identities (learner);

CREATE TABLE certifications (
    id TEXT PRIMARY KEY,
    organization BLOB NOT NULL REFERENCES organizations (id),
    current_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certification_versions (
    id INTEGER PRIMARY KEY,
    certification TEXT NOT NULL REFERENCES certifications (id),
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    body BLOB NOT NULL,
    -- Counted when saved, so that a listing does not read every item.
    active_items INTEGER NOT NULL,
    areas INTEGER NOT NULL,
    UNIQUE (certification, version)
) STRICT;

CREATE TABLE items (
    version_id INTEGER NOT NULL REFERENCES certification_versions (id),
    ix INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    area TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    body BLOB NOT NULL,
    PRIMARY KEY (version_id, ix),
    UNIQUE (version_id, item_id)
) STRICT, WITHOUT ROWID;

-- `learner` has no foreign key: deleting an account puts a random tombstone there.
CREATE TABLE sessions (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL,
    organization BLOB NOT NULL REFERENCES organizations (id),
    certification TEXT NOT NULL,
    bank_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    settings BLOB NOT NULL,
    stream TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'paused', 'completed', 'faulted')),
    epoch INTEGER NOT NULL,
    claim INTEGER NOT NULL,
    owner_node TEXT,
    owner_incarnation INTEGER,
    owner_address TEXT,
    deadline_at INTEGER,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    summary BLOB,
    CHECK (status <> 'completed' OR ended_at IS NOT NULL),
    CHECK ((owner_node IS NULL) = (owner_incarnation IS NULL)),
    CHECK ((owner_node IS NULL) = (owner_address IS NULL)),
    FOREIGN KEY (certification, bank_version)
        REFERENCES certification_versions (certification, version)
) STRICT;

CREATE UNIQUE INDEX sessions_one_open ON sessions (learner, certification, kind)
    WHERE status IN ('open', 'paused');
CREATE INDEX sessions_by_deadline ON sessions (deadline_at)
    WHERE status IN ('open', 'paused') AND deadline_at IS NOT NULL;
CREATE INDEX sessions_completed_of_learner ON sessions (learner, certification, ended_at, id)
    WHERE status = 'completed';
CREATE INDEX sessions_completed ON sessions (ended_at)
    WHERE status = 'completed';

-- Made for rows of ten thousand sessions that arrive interleaved, where the cost of a row is the
-- pages it dirties. A rowid table: appended to its end, rows share pages; clustered by session each
-- dirtied one of its own. One index, and a narrow one: a second, for request ids, cost every row
-- another page and a third of the throughput. So that index ends in a short hash of the request id,
-- and the writer looks for a repeated one among the session's entries, in the transaction that
-- inserts; there too it proves that `seq` goes on without a gap, which no index could.
-- No foreign key to sessions: the fence check reads that row in the same transaction.
CREATE TABLE events (
    session BLOB NOT NULL,
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    claim INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event_version INTEGER NOT NULL,
    participant INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    request_id TEXT,
    request_hash INTEGER,
    position INTEGER,
    item TEXT,
    choice TEXT,
    correct INTEGER CHECK (correct IN (0, 1)),
    elapsed_ms INTEGER,
    area TEXT,
    theta REAL,
    standard_error REAL,
    payload BLOB NOT NULL,
    CHECK ((request_id IS NULL) = (request_hash IS NULL))
) STRICT;

CREATE UNIQUE INDEX events_in_order ON events (session, seq, participant, request_hash);

CREATE TABLE learner_states (
    learner BLOB NOT NULL REFERENCES learners (id),
    certification TEXT NOT NULL REFERENCES certifications (id),
    watermark_ended_at INTEGER NOT NULL,
    watermark_session BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (learner, certification)
) STRICT, WITHOUT ROWID;

-- Finished jobs stay: they are how the sweep knows a session needs none.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    session BLOB NOT NULL REFERENCES sessions (id),
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1)),
    UNIQUE (session, kind)
) STRICT;

CREATE INDEX jobs_due ON jobs (run_at, id) WHERE finished = 0;
