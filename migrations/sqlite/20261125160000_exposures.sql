-- How often the items of a version were eligible and served, for exposure control. One row for each version:
-- counts of a whole bank change together whenever a session has ended.
CREATE TABLE exposures (
    certification TEXT NOT NULL,
    version TEXT NOT NULL,
    -- Examinees counted: a row is written over the one it was made from, known by this.
    examinees INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (certification, version),
    FOREIGN KEY (certification, version)
        REFERENCES certification_versions (certification, version)
) STRICT, WITHOUT ROWID;
