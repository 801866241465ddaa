-- Makes sessions, their answers and their roll-ups for scripts/dashboards.py, which sets :sessions, :answers and :guest.
-- Half a thousand sessions are the guest's, the rest of ten thousand other learners, over the last 360 days.
\set ON_ERROR_STOP on
-- The role's timeouts are for statements of the server.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';

CREATE FUNCTION id_at(ms bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8'
        || substr(md5(random()::text), 1, 15))::uuid
$$;

DO $$
DECLARE
    month date := date_trunc('month', now() - interval '13 months');
BEGIN
    WHILE month < date_trunc('month', now()) LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
            'events_' || to_char(month, 'YYYY_MM'),
            (rpad(lpad(to_hex((extract(epoch FROM month) * 1000)::bigint), 12, '0'), 32, '0'))::uuid,
            (rpad(lpad(to_hex((extract(epoch FROM month + interval '1 month') * 1000)::bigint), 12, '0'), 32, '0'))::uuid
        );
        month := month + interval '1 month';
    END LOOP;
END
$$;

CREATE UNLOGGED TABLE made_items AS
    SELECT (row_number() OVER (ORDER BY i.ix) - 1)::int AS n, i.item_id, i.area, v.version
    FROM items i JOIN certification_versions v ON v.id = i.version_id
    JOIN certifications c ON c.id = v.certification AND c.current_version = v.version;
CREATE UNLOGGED TABLE made_learners AS
    SELECT n, gen_random_uuid() AS id FROM generate_series(1, 10000) n;
INSERT INTO learners (id, organization, created_at)
    SELECT id, '00000000-0000-0000-0000-000000000000', 0 FROM made_learners;

CREATE UNLOGGED TABLE made AS
    SELECT m.n, id_at(m.at) AS id, m.at, CASE WHEN m.n <= 500 THEN :'guest'::uuid ELSE l.id END AS learner
    FROM (
        SELECT n, (extract(epoch FROM now()) * 1000)::bigint - (random() * 360 * 86400000)::bigint - 2 * 3600000 AS at
        FROM generate_series(1, :sessions) n
    ) m JOIN made_learners l ON l.n = m.n % 10000 + 1;

INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, stream, status, epoch,
    claim, started_at, ended_at, rolled_up)
    SELECT m.id, m.learner, s.organization, s.certification, s.bank_version, s.kind, s.settings, 'stream', 'completed', 1,
        1, m.at, m.at + :answers * 18000 + 1000, true
    FROM made m, (SELECT * FROM sessions LIMIT 1) s;
INSERT INTO jobs (kind, session, run_at, finished) SELECT 'session_ended', id, at, true FROM made;

INSERT INTO events (session, epoch, claim, at_ms, request_key, elapsed_ms, theta, standard_error, seq, participant,
    position, event_version, correct, kind, request_id, item, choice, area, payload)
    SELECT m.id, 1, 1, m.at + k * 18000, hashtextextended(k::text, m.n), 9000 + (m.n * 31 + k * 17) % 18000,
        sin(m.n + k / 10.0), 0.6 - 0.004 * k, k + 1, 0, k, 1, (m.n * 7 + k * 13) % 10 < 7, 'answered',
        'request-' || k, i.item_id, 'o4f1c2a', i.area, decode(repeat('5a', 90), 'hex')
    FROM made m CROSS JOIN generate_series(1, :answers) k
    JOIN made_items i ON i.n = (m.n * 7919 + k * 104729) % (SELECT count(*) FROM made_items);

INSERT INTO learner_activity
    SELECT m.learner, s.certification, e.at_ms / 900000, e.area, 0, count(*), count(*) FILTER (WHERE e.correct),
        sum(e.elapsed_ms), (array_agg(e.theta ORDER BY e.at_ms DESC))[1],
        (array_agg(e.standard_error ORDER BY e.at_ms DESC))[1], max(e.at_ms)
    FROM made m JOIN events e ON e.session = m.id, (SELECT certification FROM sessions LIMIT 1) s
    GROUP BY 1, 2, 3, 4;
INSERT INTO learner_activity
    SELECT learner, certification, ended_at / 900000, '', count(*), 0, 0, 0 FROM sessions WHERE status = 'completed'
    GROUP BY 1, 2, 3;
INSERT INTO learner_concepts
    SELECT m.learner, s.certification, 'concept-' || i.n % 94, count(*), count(*) FILTER (WHERE e.correct), count(*) * 0.7,
        sum(e.elapsed_ms)
    FROM made m JOIN events e ON e.session = m.id JOIN made_items i ON i.item_id = e.item,
        (SELECT certification FROM sessions LIMIT 1) s
    GROUP BY 1, 2, 3;
INSERT INTO learner_progress
    SELECT certification, learner, count(*), count(*) * :answers, count(*) * :answers * 7 / 10,
        count(*) * :answers * 18000, min(ended_at), max(ended_at)
    FROM sessions WHERE status = 'completed' GROUP BY 1, 2;
INSERT INTO item_statistics
    SELECT s.certification, s.bank_version, e.item, count(*), count(*), count(*) FILTER (WHERE e.correct),
        sum(e.elapsed_ms), count(*), count(*) * 0.21, count(*) * 0.21, count(*) * 0.03, count(*), count(*) * 0.7,
        count(*) FILTER (WHERE e.correct), sum(e.theta), sum(e.theta * e.theta),
        coalesce(sum(e.theta) FILTER (WHERE e.correct), 0)
    FROM events e, (SELECT certification, bank_version FROM sessions LIMIT 1) s
    WHERE e.kind = 'answered' AND e.item IS NOT NULL GROUP BY 1, 2, 3;
INSERT INTO version_statistics
    SELECT certification, bank_version, count(*), count(*) * :answers, count(*) * :answers * 7 / 10,
        count(*) * :answers * 18000, max(ended_at)
    FROM sessions WHERE status = 'completed' GROUP BY 1, 2;

DROP TABLE made, made_items, made_learners;
DROP FUNCTION id_at;
VACUUM (ANALYZE);
