-- History and dashboards: roll-ups that each ended session is added to once, and the indexes that lists page by.

-- Whether the session is in the roll-ups below, set in the transaction that adds it. Sessions of before are found by it.
ALTER TABLE sessions ADD COLUMN rolled_up INTEGER NOT NULL DEFAULT 0 CHECK (rolled_up IN (0, 1));

CREATE INDEX sessions_to_roll_up ON sessions (learner, certification)
    WHERE status = 'completed' AND rolled_up = 0;
CREATE INDEX sessions_of_learner ON sessions (learner, started_at, id);
CREATE INDEX sessions_completed_of_certification ON sessions (certification, ended_at, id)
    WHERE status = 'completed';

-- What a learner did in a quarter of an hour: every UTC offset in use is a multiple of it, so that days are cut exactly
-- wherever the learner is. `area` is '' in the row that counts the sessions that ended in the quarter.
CREATE TABLE learner_activity (
    learner BLOB NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    certification TEXT NOT NULL,
    -- Quarters of an hour since the epoch.
    quarter INTEGER NOT NULL,
    area TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    -- The last ability of the area in the quarter, where it was estimated.
    theta REAL,
    standard_error REAL,
    theta_at INTEGER,
    PRIMARY KEY (learner, certification, quarter, area),
    CHECK ((theta IS NULL) = (theta_at IS NULL)),
    CHECK ((theta IS NULL) = (standard_error IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE learner_concepts (
    learner BLOB NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    certification TEXT NOT NULL,
    concept TEXT NOT NULL,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    -- Right answers the model expected, from the answers before each.
    expected REAL NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    PRIMARY KEY (learner, certification, concept)
) STRICT, WITHOUT ROWID;

CREATE TABLE learner_progress (
    certification TEXT NOT NULL,
    learner BLOB NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    sessions INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (certification, learner)
) STRICT, WITHOUT ROWID;

CREATE INDEX learner_progress_latest ON learner_progress (certification, last_at, learner);
CREATE INDEX learner_progress_of_learner ON learner_progress (learner);

-- Not by learner: what is here stays when an account is deleted.
CREATE TABLE version_statistics (
    certification TEXT NOT NULL,
    version TEXT NOT NULL,
    -- Sessions with an answer: what exposure rates are shares of.
    sessions INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (certification, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_statistics (
    certification TEXT NOT NULL,
    version TEXT NOT NULL,
    item TEXT NOT NULL,
    served INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    -- Sums over the answers that are evidence, each held against what the answers before it foretell.
    judged REAL NOT NULL,
    squares REAL NOT NULL,
    variances REAL NOT NULL,
    square_variances REAL NOT NULL,
    standardised REAL NOT NULL,
    standardised_variances REAL NOT NULL,
    judged_right REAL NOT NULL,
    ability REAL NOT NULL,
    ability_squares REAL NOT NULL,
    ability_right REAL NOT NULL,
    PRIMARY KEY (certification, version, item)
) STRICT, WITHOUT ROWID;
