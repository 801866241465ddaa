-- History and dashboards: roll-ups that each ended session is added to once, and the indexes that lists page by.

-- Whether the session is in the roll-ups below, set in the transaction that adds it. Sessions of before are found by it.
ALTER TABLE sessions ADD COLUMN rolled_up boolean NOT NULL DEFAULT false;

CREATE INDEX sessions_to_roll_up ON sessions (learner, certification)
    WHERE status = 'completed' AND NOT rolled_up;
CREATE INDEX sessions_of_learner ON sessions (learner, started_at, id);
CREATE INDEX sessions_completed_of_certification ON sessions (certification, ended_at, id)
    WHERE status = 'completed';

-- What a learner did in a quarter of an hour: every UTC offset in use is a multiple of it, so that days are cut exactly
-- wherever the learner is. `area` is '' in the row that counts the sessions that ended in the quarter.
CREATE TABLE learner_activity (
    learner uuid NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    certification text COLLATE "C" NOT NULL,
    -- Quarters of an hour since the epoch.
    quarter bigint NOT NULL,
    area text COLLATE "C" NOT NULL,
    sessions bigint NOT NULL,
    answers bigint NOT NULL,
    correct bigint NOT NULL,
    elapsed_ms bigint NOT NULL,
    -- The last ability of the area in the quarter, where it was estimated.
    theta double precision,
    standard_error double precision,
    theta_at bigint,
    PRIMARY KEY (learner, certification, quarter, area),
    CHECK ((theta IS NULL) = (theta_at IS NULL)),
    CHECK ((theta IS NULL) = (standard_error IS NULL))
);

CREATE TABLE learner_concepts (
    learner uuid NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    certification text COLLATE "C" NOT NULL,
    concept text COLLATE "C" NOT NULL,
    answers bigint NOT NULL,
    correct bigint NOT NULL,
    -- Right answers the model expected, from the answers before each.
    expected double precision NOT NULL,
    elapsed_ms bigint NOT NULL,
    PRIMARY KEY (learner, certification, concept)
);

CREATE TABLE learner_progress (
    certification text COLLATE "C" NOT NULL,
    learner uuid NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    sessions bigint NOT NULL,
    answers bigint NOT NULL,
    correct bigint NOT NULL,
    elapsed_ms bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (certification, learner)
);

CREATE INDEX learner_progress_latest ON learner_progress (certification, last_at, learner);
CREATE INDEX learner_progress_of_learner ON learner_progress (learner);

-- Not by learner: what is here stays when an account is deleted.
CREATE TABLE version_statistics (
    certification text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    -- Sessions with an answer: what exposure rates are shares of.
    sessions bigint NOT NULL,
    answers bigint NOT NULL,
    correct bigint NOT NULL,
    elapsed_ms bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (certification, version)
);

CREATE TABLE item_statistics (
    certification text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL,
    served bigint NOT NULL,
    answers bigint NOT NULL,
    correct bigint NOT NULL,
    elapsed_ms bigint NOT NULL,
    -- Sums over the answers that are evidence, each held against what the answers before it foretell.
    judged double precision NOT NULL,
    squares double precision NOT NULL,
    variances double precision NOT NULL,
    square_variances double precision NOT NULL,
    standardised double precision NOT NULL,
    standardised_variances double precision NOT NULL,
    judged_right double precision NOT NULL,
    ability double precision NOT NULL,
    ability_squares double precision NOT NULL,
    ability_right double precision NOT NULL,
    PRIMARY KEY (certification, version, item)
);
