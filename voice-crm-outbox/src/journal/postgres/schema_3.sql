-- Jobs of several sinks. Until here the kind of a job said where it went.
ALTER TABLE {schema}.entry RENAME TO job;
ALTER TABLE {schema}.job RENAME COLUMN may_exist TO may_have_applied;
ALTER TABLE {schema}.job RENAME COLUMN accepted_at TO enqueued_at;
ALTER TABLE {schema}.job RENAME COLUMN caller TO subject;
ALTER TABLE {schema}.job ADD COLUMN memo bytea;     -- what the sink wants to know at the next job of the lane
ALTER TABLE {schema}.job ADD COLUMN after bytea;    -- the key of a job that has to be done or dead before
ALTER INDEX {schema}.entry_pkey RENAME TO job_pkey;
ALTER INDEX {schema}.entry_key_key RENAME TO job_key_key;
ALTER INDEX {schema}.entry_pending RENAME TO job_pending;
ALTER INDEX {schema}.entry_done RENAME TO job_done;
ALTER INDEX {schema}.entry_dead RENAME TO job_dead;
ALTER INDEX {schema}.entry_settled RENAME TO job_settled;
ALTER INDEX {schema}.entry_caller RENAME TO job_subject;
ALTER SEQUENCE {schema}.entry_sequence_seq RENAME TO job_sequence_seq;
CREATE INDEX job_memo ON {schema}.job (lane) WHERE memo IS NOT NULL;

DROP FUNCTION {schema}.accept;
DROP FUNCTION {schema}.claim;
DROP FUNCTION {schema}.settle;
DROP FUNCTION {schema}.earlier;

-- Whoever holds a lease from before cannot say what became of it any more.
UPDATE {schema}.job j SET may_have_applied = true FROM {schema}.lane l WHERE l.head = j.sequence AND j.state = 0;
-- Nothing is in the lane of an erased job, which has no name.
UPDATE {schema}.job SET lane = CASE kind
    WHEN 'send_text' THEN 'texts/' WHEN 'keep_recording' THEN 'recordings/' ELSE 'crm/' END || lane
WHERE lane <> '';

-- A lane belongs to one sink. So that no lane waits for another, those whose head keeps failing are claimed apart.
CREATE TABLE {schema}.lane_before AS SELECT lane, free_at FROM {schema}.lane;
DROP TABLE {schema}.lane;
CREATE TABLE {schema}.lane (
    lane    text COLLATE "C" PRIMARY KEY,           -- the sink, a slash, and the name
    sink    text COLLATE "C" NOT NULL
            GENERATED ALWAYS AS (substr(lane, 1, greatest(strpos(lane, '/') - 1, 0))) STORED,
    epoch   bigint NOT NULL,
    head    bigint,                                 -- the job that is out on a lease
    free_at bigint NOT NULL,                        -- the end of the lease, or when the next attempt is due
    failing boolean NOT NULL DEFAULT false          -- whether its first job has failed often
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- A lane of jobs of several kinds becomes several lanes. All of them keep the pause or the end of the lease, since an
-- attempt may still be under way.
INSERT INTO {schema}.lane (lane, epoch, free_at, failing)
SELECT DISTINCT ON (j.lane) j.lane, 0, coalesce(b.free_at, j.enqueued_at), j.attempts >= 3
FROM {schema}.job j LEFT JOIN {schema}.lane_before b ON b.lane = substr(j.lane, strpos(j.lane, '/') + 1)
WHERE j.state = 0 ORDER BY j.lane, j.sequence;
DROP TABLE {schema}.lane_before;
CREATE INDEX lane_free ON {schema}.lane (sink, failing, free_at);
CREATE INDEX lane_left_behind ON {schema}.lane (sink, failing, free_at) WHERE head IS NOT NULL;

-- What the earlier jobs of a lane came to, with the keys under which it can be read: the receipts of those before a job,
-- and the memo that the sink left last, in whichever job.
CREATE FUNCTION {schema}.history(
    a_lane text, a_sequence bigint, OUT keys bytea[], OUT outcomes bytea[], OUT memo_key bytea, OUT lane_memo bytea
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(j.key ORDER BY j.sequence), array_agg(j.outcome ORDER BY j.sequence) INTO keys, outcomes
    FROM {schema}.job j WHERE j.lane = a_lane AND j.state = 1 AND j.sequence < a_sequence;
    SELECT j.key, j.memo INTO memo_key, lane_memo
    FROM {schema}.job j WHERE j.lane = a_lane AND j.memo IS NOT NULL ORDER BY j.sequence DESC LIMIT 1;
END $$;

-- Takes a job in. The verdict is 0 queued, 1 leased, 2 known, 3 conflict. Every statement in here sees what was
-- committed before it began, so what is read after the lock is true as long as the lock is held.
CREATE FUNCTION {schema}.enqueue(
    a_key bytea, a_digest bytea, a_lane text, a_kind text, a_body bytea, a_subject bytea, a_after bytea, a_now bigint,
    a_until bigint, OUT verdict smallint, OUT known_state smallint, OUT known_outcome bytea, OUT taken bigint,
    OUT fence bigint, OUT earlier_keys bytea[], OUT earlier_outcomes bytea[], OUT memo_key bytea, OUT lane_memo bytea
) LANGUAGE plpgsql AS $$
DECLARE
    same boolean;
    opened boolean;
BEGIN
    SELECT j.digest = a_digest, j.state, j.outcome INTO same, known_state, known_outcome
    FROM {schema}.job j WHERE j.key = a_key;
    IF NOT FOUND THEN
        opened := {schema}.lock_lane(a_lane, a_now);
        INSERT INTO {schema}.job (key, digest, lane, kind, body, subject, after, enqueued_at)
        VALUES (a_key, a_digest, a_lane, a_kind, a_body, a_subject, a_after, a_now)
        ON CONFLICT (key) DO NOTHING RETURNING sequence INTO taken;
        IF FOUND THEN
            verdict := 0;
            IF opened AND a_until IS NOT NULL AND a_after IS NULL THEN
                verdict := 1;
                fence := nextval('{schema}.epoch');
                UPDATE {schema}.lane l SET epoch = fence, head = taken, free_at = a_until WHERE l.lane = a_lane;
                SELECT h.* INTO earlier_keys, earlier_outcomes, memo_key, lane_memo
                FROM {schema}.history(a_lane, taken) h;
            END IF;
            RETURN;
        END IF;
        -- It came in twice at the same time, and the other was first.
        IF opened THEN
            DELETE FROM {schema}.lane l WHERE l.lane = a_lane;
        END IF;
        SELECT j.digest = a_digest, j.state, j.outcome INTO same, known_state, known_outcome
        FROM {schema}.job j WHERE j.key = a_key;
    END IF;
    verdict := CASE WHEN same THEN 2 ELSE 3 END;
END $$;

-- Leases the heads of lanes of a sink that are due, either those that keep failing or the others. What a dead replica
-- left behind comes first, then what is due longest. A lane that another replica holds is passed over.
CREATE FUNCTION {schema}.claim(
    a_sink text, a_failing boolean, a_failing_after integer, a_now bigint, a_horizon bigint, a_until bigint,
    a_limit bigint
) RETURNS TABLE (
    lane_name text, taken bigint, fence bigint, taken_key bytea, taken_kind text, taken_body bytea, tried integer,
    doubted boolean, since bigint, earlier_keys bytea[], earlier_outcomes bytea[], memo_key bytea, lane_memo bytea
) LANGUAGE plpgsql AS $$
DECLARE
    room bigint := a_limit;
    left_behind text[];
    due text[];
    lost bigint;
    other bytea;
BEGIN
    -- Noted before the clock was set back.
    UPDATE {schema}.lane l SET free_at = a_now WHERE l.lane IN (
        SELECT b.lane FROM {schema}.lane b
        WHERE b.sink = a_sink AND b.failing = a_failing AND b.free_at > a_horizon LIMIT a_limit
        FOR UPDATE SKIP LOCKED);
    -- Lanes that are passed over make room for others; but one claim shall not go through all there are.
    FOR pass IN 1..8 LOOP
        SELECT coalesce(array_agg(d.lane), '{}') INTO left_behind FROM (
            SELECT l.lane FROM {schema}.lane l
            WHERE l.sink = a_sink AND l.failing = a_failing AND l.head IS NOT NULL AND l.free_at <= a_now
            ORDER BY l.free_at LIMIT room FOR UPDATE SKIP LOCKED) d;
        SELECT coalesce(array_agg(d.lane), '{}') INTO due FROM (
            SELECT l.lane FROM {schema}.lane l
            WHERE l.sink = a_sink AND l.failing = a_failing AND l.head IS NULL AND l.free_at <= a_now
            ORDER BY l.free_at LIMIT room - cardinality(left_behind) FOR UPDATE SKIP LOCKED) d;
        EXIT WHEN cardinality(left_behind) + cardinality(due) = 0;
        FOREACH lane_name IN ARRAY left_behind || due LOOP
            SELECT l.head INTO lost FROM {schema}.lane l WHERE l.lane = lane_name;
            IF lost IS NOT NULL THEN
                -- A lease that ran out was an attempt of which nothing was heard.
                UPDATE {schema}.job j SET may_have_applied = true WHERE j.sequence = lost;
            END IF;
            SELECT j.sequence, j.key, j.kind, j.body, j.attempts, j.may_have_applied, j.enqueued_at, j.after
            INTO taken, taken_key, taken_kind, taken_body, tried, doubted, since, other
            FROM {schema}.job j WHERE j.lane = lane_name AND j.state = 0 ORDER BY j.sequence LIMIT 1;
            IF NOT FOUND THEN
                DELETE FROM {schema}.lane l WHERE l.lane = lane_name;
                CONTINUE;
            END IF;
            IF (tried >= a_failing_after) <> a_failing THEN
                -- Noted by a release that draws the line elsewhere.
                UPDATE {schema}.lane l SET head = NULL, failing = NOT a_failing WHERE l.lane = lane_name;
                CONTINUE;
            END IF;
            IF EXISTS (SELECT FROM {schema}.job j WHERE j.key = other AND j.state = 0) THEN
                -- The longer it has waited, the longer it waits.
                UPDATE {schema}.lane l
                SET head = NULL, free_at = a_now + greatest(1000, least(60000, (a_now - since) / 2))
                WHERE l.lane = lane_name;
                CONTINUE;
            END IF;
            fence := nextval('{schema}.epoch');
            UPDATE {schema}.lane l SET epoch = fence, head = taken, free_at = greatest(a_until, a_now + 1)
            WHERE l.lane = lane_name;
            SELECT h.* INTO earlier_keys, earlier_outcomes, memo_key, lane_memo
            FROM {schema}.history(lane_name, taken) h;
            room := room - 1;
            RETURN NEXT;
        END LOOP;
        EXIT WHEN room <= 0;
    END LOOP;
END $$;

-- Says what became of a leased job: 0 to be tried again, 1 done, 2 dead. False when the lease is not in force.
CREATE FUNCTION {schema}.settle(
    a_sequence bigint, a_lane text, a_epoch bigint, a_state smallint, a_counts boolean, a_outcome bytea, a_memo bytea,
    a_free_at bigint, a_may_have_applied boolean, a_now bigint, a_failing_after integer
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    next_is_failing boolean;
BEGIN
    UPDATE {schema}.lane l SET head = NULL, free_at = a_free_at
    WHERE l.lane = a_lane AND l.epoch = a_epoch AND l.head = a_sequence;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF a_state = 0 THEN
        UPDATE {schema}.job j
        SET attempts = attempts + a_counts::integer, may_have_applied = may_have_applied OR a_may_have_applied
        WHERE j.sequence = a_sequence;
    ELSE
        UPDATE {schema}.job j SET state = a_state, attempts = attempts + 1, outcome = a_outcome, memo = a_memo,
            settled_at = a_now, body = CASE WHEN a_state = 1 THEN NULL ELSE body END
        WHERE j.sequence = a_sequence AND j.state = 0;
        IF a_memo IS NOT NULL THEN
            UPDATE {schema}.job j SET memo = NULL
            WHERE j.lane = a_lane AND j.memo IS NOT NULL AND j.sequence <> a_sequence;
        END IF;
    END IF;
    SELECT j.attempts >= a_failing_after INTO next_is_failing
    FROM {schema}.job j WHERE j.lane = a_lane AND j.state = 0 ORDER BY j.sequence LIMIT 1;
    IF FOUND THEN
        UPDATE {schema}.lane l SET failing = next_is_failing
        WHERE l.lane = a_lane AND l.failing <> next_is_failing;
    ELSE
        DELETE FROM {schema}.lane l WHERE l.lane = a_lane;
    END IF;
    RETURN true;
END $$;

-- Puts a dead job back at the head of its lane.
CREATE OR REPLACE FUNCTION {schema}.retry(a_key bytea, a_now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    its_lane text;
BEGIN
    UPDATE {schema}.job j SET state = 0, outcome = NULL, settled_at = NULL, attempts = 0, may_have_applied = true,
        enqueued_at = a_now
    WHERE j.key = a_key AND j.state = 2 RETURNING j.lane INTO its_lane;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM {schema}.lock_lane(its_lane, a_now);
    -- Its attempts count from zero, so its lane is well again where it is the first.
    UPDATE {schema}.lane l SET failing = false
    WHERE l.lane = its_lane AND l.failing AND a_key = (
        SELECT j.key FROM {schema}.job j WHERE j.lane = its_lane AND j.state = 0 ORDER BY j.sequence LIMIT 1);
    RETURN true;
END $$;

-- A durable write that changes nothing else tells whether the next one will succeed.
CREATE TABLE {schema}.readiness (
    id     smallint PRIMARY KEY,
    number bigint NOT NULL
) WITH (fillfactor = 10);

-- Small values by key, beside the jobs.
CREATE TABLE {schema}.value (
    key        text COLLATE "C" PRIMARY KEY,
    value      text NOT NULL,
    version    bigint NOT NULL,
    expires_at bigint NOT NULL                      -- milliseconds since 1970
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX value_expires ON {schema}.value (expires_at);

-- A version is given once, whatever becomes of the value.
CREATE SEQUENCE {schema}.value_version;

-- Removes some of the values that have expired. It waits for nobody, since its transaction holds a value already.
CREATE FUNCTION {schema}.sweep_values(a_now bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM {schema}.value v WHERE v.key IN (
        SELECT e.key FROM {schema}.value e WHERE e.expires_at <= a_now ORDER BY e.expires_at LIMIT 20
        FOR UPDATE SKIP LOCKED);
$$;

-- Writes a value if what is expected holds: 0 anything, 1 that none is there, 2 that one with this version is there.
-- Gives the new version, or null.
CREATE FUNCTION {schema}.put_value(
    a_key text, a_value text, a_expected smallint, a_version bigint, a_expires_at bigint, a_now bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    IF a_expected = 2 THEN
        UPDATE {schema}.value v
        SET value = a_value, version = nextval('{schema}.value_version'), expires_at = a_expires_at
        WHERE v.key = a_key AND v.version = a_version AND v.expires_at > a_now RETURNING v.version INTO written;
    ELSE
        INSERT INTO {schema}.value AS v (key, value, version, expires_at)
        VALUES (a_key, a_value, nextval('{schema}.value_version'), a_expires_at)
        ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at
        WHERE a_expected = 0 OR v.expires_at <= a_now RETURNING v.version INTO written;
    END IF;
    PERFORM {schema}.sweep_values(a_now);
    RETURN written;
END $$;

-- Adds to a counter and gives the sum, which ends where a bigint does; null when the value is no counter.
CREATE FUNCTION {schema}.add_value(a_key text, a_by bigint, a_expires_at bigint, a_now bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    lowest CONSTANT numeric := -9223372036854775808;
    highest CONSTANT numeric := 9223372036854775807;
    total bigint;
BEGIN
    INSERT INTO {schema}.value AS v (key, value, version, expires_at)
    VALUES (a_key, a_by::text, nextval('{schema}.value_version'), a_expires_at)
    ON CONFLICT (key) DO UPDATE
    SET value = CASE WHEN v.expires_at <= a_now THEN excluded.value
            ELSE least(greatest(v.value::numeric + a_by, lowest), highest)::bigint::text END,
        version = excluded.version,
        expires_at = CASE WHEN v.expires_at <= a_now THEN excluded.expires_at ELSE v.expires_at END
    -- Compared in this order: whatever is no number must not reach the cast, whose error would show it.
    WHERE CASE WHEN v.expires_at <= a_now THEN true WHEN v.value ~ '^[+-]?[0-9]{1,19}$'
        THEN v.value::numeric BETWEEN lowest AND highest ELSE false END
    RETURNING v.value::bigint INTO total;
    PERFORM {schema}.sweep_values(a_now);
    RETURN total;
END $$;
