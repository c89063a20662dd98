CREATE TABLE {schema}.entry (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         bytea NOT NULL UNIQUE,
    digest      bytea NOT NULL,
    lane        text COLLATE "C" NOT NULL,
    state       smallint NOT NULL DEFAULT 0,        -- 0 pending, 1 done, 2 dead, 3 discarded
    kind        text NOT NULL,
    body        bytea,                              -- the write; dropped when it is done
    outcome     bytea,                              -- the receipt, or the reason it is dead
    attempts    integer NOT NULL DEFAULT 0,
    may_exist   boolean NOT NULL DEFAULT false,
    accepted_at bigint NOT NULL,                    -- milliseconds since 1970
    settled_at  bigint,
    caller      bytea                               -- by what the writes of a person are found
);
CREATE INDEX entry_pending ON {schema}.entry (lane, sequence) WHERE state = 0;
CREATE INDEX entry_done ON {schema}.entry (lane, sequence) WHERE state = 1;
CREATE INDEX entry_dead ON {schema}.entry (sequence) WHERE state = 2;
CREATE INDEX entry_settled ON {schema}.entry (settled_at) WHERE state IN (1, 3);
CREATE INDEX entry_caller ON {schema}.entry (caller) WHERE caller IS NOT NULL;

-- A lane is here as long as a write of it is pending. Its row is the lock of the lane. It changes with every lease,
-- so it has room to change in place, and is swept often.
CREATE TABLE {schema}.lane (
    lane    text COLLATE "C" PRIMARY KEY,
    epoch   bigint NOT NULL,
    head    bigint,                                 -- the entry that is out on a lease
    free_at bigint NOT NULL                         -- the end of the lease, or when the next try is due
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX lane_free ON {schema}.lane (free_at);

-- An epoch is given once, whatever becomes of the lane.
CREATE SEQUENCE {schema}.epoch;

-- Locks a lane until the end of the transaction; true when nothing of it was pending.
CREATE FUNCTION {schema}.lock_lane(a_lane text, a_now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        INSERT INTO {schema}.lane (lane, epoch, free_at) VALUES (a_lane, 0, a_now) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN true;
        END IF;
        PERFORM FROM {schema}.lane l WHERE l.lane = a_lane FOR UPDATE;
        IF FOUND THEN
            RETURN false;
        END IF;
        -- It came to its end in between.
    END LOOP;
END $$;

-- What the earlier writes of a lane came to: their keys and their outcomes.
CREATE FUNCTION {schema}.earlier(a_lane text, a_sequence bigint, OUT keys bytea[], OUT outcomes bytea[])
LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(e.key ORDER BY e.sequence), array_agg(e.outcome ORDER BY e.sequence) INTO keys, outcomes
    FROM {schema}.entry e WHERE e.lane = a_lane AND e.state = 1 AND e.sequence < a_sequence;
END $$;

-- Takes a write in. The verdict is 0 queued, 1 leased, 2 known, 3 conflict. Every statement in here sees what was
-- committed before it began, so what is read after the lock is true as long as the lock is held.
CREATE FUNCTION {schema}.accept(
    a_key bytea, a_digest bytea, a_lane text, a_kind text, a_body bytea, a_caller bytea, a_now bigint, a_until bigint,
    OUT verdict smallint, OUT known_state smallint, OUT known_outcome bytea, OUT taken bigint, OUT fence bigint,
    OUT earlier_keys bytea[], OUT earlier_outcomes bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    same boolean;
    opened boolean;
BEGIN
    SELECT e.digest = a_digest, e.state, e.outcome INTO same, known_state, known_outcome
    FROM {schema}.entry e WHERE e.key = a_key;
    IF NOT FOUND THEN
        opened := {schema}.lock_lane(a_lane, a_now);
        INSERT INTO {schema}.entry (key, digest, lane, kind, body, caller, accepted_at)
        VALUES (a_key, a_digest, a_lane, a_kind, a_body, a_caller, a_now)
        ON CONFLICT (key) DO NOTHING RETURNING sequence INTO taken;
        IF FOUND THEN
            verdict := 0;
            IF opened AND a_until IS NOT NULL THEN
                verdict := 1;
                fence := nextval('{schema}.epoch');
                UPDATE {schema}.lane l SET epoch = fence, head = taken, free_at = a_until WHERE l.lane = a_lane;
                SELECT keys, outcomes INTO earlier_keys, earlier_outcomes FROM {schema}.earlier(a_lane, taken);
            END IF;
            RETURN;
        END IF;
        -- It came in twice at the same time, and the other was first.
        IF opened THEN
            DELETE FROM {schema}.lane l WHERE l.lane = a_lane;
        END IF;
        SELECT e.digest = a_digest, e.state, e.outcome INTO same, known_state, known_outcome
        FROM {schema}.entry e WHERE e.key = a_key;
    END IF;
    verdict := CASE WHEN same THEN 2 ELSE 3 END;
END $$;

-- Leases the heads of lanes that are due, those due longest first. A lane that another replica holds is passed over.
CREATE FUNCTION {schema}.claim(a_now bigint, a_horizon bigint, a_until bigint, a_limit bigint)
RETURNS TABLE (
    lane_name text, taken bigint, fence bigint, taken_key bytea, taken_body bytea, tried integer, doubted boolean,
    since bigint, earlier_keys bytea[], earlier_outcomes bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    due text[];
    lost bigint;
BEGIN
    -- Noted before the clock was set back.
    UPDATE {schema}.lane l SET free_at = a_now WHERE l.lane IN (
        SELECT b.lane FROM {schema}.lane b WHERE b.free_at > a_horizon LIMIT a_limit FOR UPDATE SKIP LOCKED);
    SELECT array_agg(d.lane) INTO due FROM (
        SELECT l.lane FROM {schema}.lane l WHERE l.free_at <= a_now ORDER BY l.free_at LIMIT a_limit
        FOR UPDATE SKIP LOCKED) d;
    FOREACH lane_name IN ARRAY coalesce(due, '{}') LOOP
        SELECT l.head INTO lost FROM {schema}.lane l WHERE l.lane = lane_name;
        IF lost IS NOT NULL THEN
            -- A lease that ran out was an attempt of which nothing was heard.
            UPDATE {schema}.entry e SET may_exist = true WHERE e.sequence = lost;
        END IF;
        SELECT e.sequence, e.key, e.body, e.attempts, e.may_exist, e.accepted_at
        INTO taken, taken_key, taken_body, tried, doubted, since
        FROM {schema}.entry e WHERE e.lane = lane_name AND e.state = 0 ORDER BY e.sequence LIMIT 1;
        IF NOT FOUND THEN
            DELETE FROM {schema}.lane l WHERE l.lane = lane_name;
            CONTINUE;
        END IF;
        fence := nextval('{schema}.epoch');
        UPDATE {schema}.lane l SET epoch = fence, head = taken, free_at = a_until WHERE l.lane = lane_name;
        SELECT keys, outcomes INTO earlier_keys, earlier_outcomes FROM {schema}.earlier(lane_name, taken);
        RETURN NEXT;
    END LOOP;
END $$;

-- Says what became of a leased write: 0 to be tried again, 1 done, 2 dead. False when the lease is not in force.
CREATE FUNCTION {schema}.settle(
    a_sequence bigint, a_lane text, a_epoch bigint, a_state smallint, a_outcome bytea, a_free_at bigint,
    a_may_exist boolean, a_now bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {schema}.lane l SET head = NULL, free_at = a_free_at
    WHERE l.lane = a_lane AND l.epoch = a_epoch AND l.head = a_sequence;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF a_state = 0 THEN
        UPDATE {schema}.entry e SET attempts = attempts + 1, may_exist = may_exist OR a_may_exist
        WHERE e.sequence = a_sequence;
        RETURN true;
    END IF;
    UPDATE {schema}.entry e SET state = a_state, attempts = attempts + 1, outcome = a_outcome, settled_at = a_now,
        body = CASE WHEN a_state = 1 THEN NULL ELSE body END
    WHERE e.sequence = a_sequence AND e.state = 0;
    DELETE FROM {schema}.lane l WHERE l.lane = a_lane
    AND NOT EXISTS (SELECT FROM {schema}.entry e WHERE e.lane = a_lane AND e.state = 0);
    RETURN true;
END $$;

-- Puts a dead letter back at the head of its lane.
CREATE FUNCTION {schema}.retry(a_key bytea, a_now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    its_lane text;
BEGIN
    UPDATE {schema}.entry e SET state = 0, outcome = NULL, settled_at = NULL, attempts = 0, may_exist = true,
        accepted_at = a_now
    WHERE e.key = a_key AND e.state = 2 RETURNING e.lane INTO its_lane;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM {schema}.lock_lane(its_lane, a_now);
    RETURN true;
END $$;
