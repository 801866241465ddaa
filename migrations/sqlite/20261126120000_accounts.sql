-- Accounts: how a learner signs in, what they may do, what they prefer and keep. Times are Unix milliseconds.

-- A learner with an account. Without a row here a learner is a guest.
CREATE TABLE accounts (
    learner BLOB PRIMARY KEY REFERENCES learners (id) ON DELETE CASCADE,
    -- As people write it; none for who signs in at a provider that told none.
    email TEXT,
    -- What one address is one account by: the same without case.
    email_key TEXT UNIQUE,
    -- Argon2id with its parameters and salt; none for who signs in elsewhere.
    password_hash TEXT,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK ((email IS NULL) = (email_key IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE account_roles (
    learner BLOB NOT NULL REFERENCES accounts (learner) ON DELETE CASCADE,
    role TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (learner, role)
) STRICT, WITHOUT ROWID;

-- Whose certification it is: what an author may see.
CREATE TABLE certification_authors (
    certification TEXT NOT NULL REFERENCES certifications (id),
    learner BLOB NOT NULL REFERENCES accounts (learner) ON DELETE CASCADE,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (certification, learner)
) STRICT, WITHOUT ROWID;
CREATE INDEX certification_authors_of_learner ON certification_authors (learner);

-- A device that is signed in, from the password to the end.
CREATE TABLE sign_ins (
    id BLOB PRIMARY KEY,
    learner BLOB NOT NULL REFERENCES accounts (learner) ON DELETE CASCADE,
    -- What the browser calls itself, cut short: for the learner to know it by.
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_of_learner ON sign_ins (learner);
CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token.
    hash BLOB PRIMARY KEY,
    sign_in BLOB NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
    issued_at INTEGER NOT NULL,
    spent_at INTEGER,
    -- The hash of the token that was spent for it; none for one that signing in gave.
    parent BLOB,
    -- Whether another was given in its place: the one who comes with it is not the one who got that.
    revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;
-- By when they were spent, too: those of longer ago than a sign-in lasts are dropped.
CREATE INDEX refresh_tokens_of_sign_in ON refresh_tokens (sign_in, spent_at);

-- What a mail asked for and nobody has confirmed yet: a new account, another address, another password.
CREATE TABLE mail_tokens (
    -- SHA-256 of the token in the mail.
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- For registering: the guest who asked, if any. Otherwise whose account it is.
    learner BLOB REFERENCES learners (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_tokens_by_expiry ON mail_tokens (expires_at);
CREATE INDEX mail_tokens_of_learner ON mail_tokens (learner);
-- One that asks again is looked up by the address it went to.
CREATE INDEX mail_tokens_of_address ON mail_tokens (email);

CREATE TABLE preferences (
    learner BLOB PRIMARY KEY REFERENCES learners (id) ON DELETE CASCADE,
    -- Encoded and versioned by the caller.
    body BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    -- When they are next to be reminded; none for who wants no reminders.
    remind_at INTEGER,
    -- When they last were, or there was no need to: they are left in peace for some hours, whatever they change.
    reminded_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX preferences_to_remind ON preferences (remind_at) WHERE remind_at IS NOT NULL;

-- A question a learner wants to find again, and what they wrote to it.
CREATE TABLE bookmarks (
    learner BLOB NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    certification TEXT NOT NULL REFERENCES certifications (id),
    item TEXT NOT NULL,
    -- In which it was answered: the question is shown as it was there, and so is its key.
    version TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (learner, certification, item)
) STRICT, WITHOUT ROWID;

-- What learners say is wrong with a question.
CREATE TABLE item_reports (
    id INTEGER PRIMARY KEY,
    certification TEXT NOT NULL REFERENCES certifications (id),
    version TEXT NOT NULL,
    item TEXT NOT NULL,
    -- None once the account was deleted.
    learner BLOB REFERENCES learners (id) ON DELETE SET NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    reported_at INTEGER NOT NULL
) STRICT;
CREATE INDEX item_reports_of_certification ON item_reports (certification, id);
-- A learner says one thing of a question in a version. Those of deleted accounts have no learner, and are many.
CREATE UNIQUE INDEX item_reports_of_learner ON item_reports (learner, certification, version, item);
-- Those are dropped after a year.
CREATE INDEX item_reports_of_nobody ON item_reports (reported_at) WHERE learner IS NULL;

-- What admins did, for good.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    -- The account that did it; none for the owner's token and the command line.
    actor BLOB,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
