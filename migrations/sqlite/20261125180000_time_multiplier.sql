-- What a learner's time limits are multiplied by: an accommodation, which the certification's owner grants.
ALTER TABLE learners ADD COLUMN time_multiplier REAL NOT NULL DEFAULT 1.0
    CHECK (time_multiplier BETWEEN 1.0 AND 4.0);
