-- How many of the API calls of one integration user each replica may have under way or in its window. What a replica
-- holds stays taken for a whole window after its last word, since its last calls are in the org's window as long.
CREATE TABLE {schema}.share (
    budget  text NOT NULL,
    replica bytea NOT NULL,
    held    integer NOT NULL,
    wanted  integer NOT NULL,
    ends_at timestamptz NOT NULL,                   -- the last word's end; the window comes after it
    PRIMARY KEY (budget, replica)
) WITH (fillfactor = 50);

-- Agrees with the others on a share: nobody is ever granted what another still holds, and whoever holds more than is
-- theirs while another lacks its part is told to hold less.
CREATE FUNCTION {schema}.agree(
    a_budget text, a_replica bytea, a_calls integer, a_held integer, a_wanted integer, a_lease interval,
    a_window interval, OUT granted integer, OUT fair integer, OUT replicas integer
) LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    mine integer;
    taken integer;
    lacking integer;
BEGIN
    -- One at a time for each budget; what is read from here on is true until the end of the transaction.
    PERFORM pg_advisory_xact_lock(hashtextextended('{schema} ' || a_budget, 0));
    moment := clock_timestamp();
    DELETE FROM {schema}.share s WHERE s.budget = a_budget AND s.ends_at + a_window <= moment;
    SELECT s.held INTO mine FROM {schema}.share s WHERE s.budget = a_budget AND s.replica = a_replica;
    -- A replica that was silent for so long that its share was given away holds nothing, whatever it thinks.
    mine := least(a_held, coalesce(mine, 0));
    SELECT count(*) FILTER (WHERE s.ends_at > moment) + 1, coalesce(sum(s.held), 0) INTO replicas, taken
    FROM {schema}.share s WHERE s.budget = a_budget AND s.replica <> a_replica;
    SELECT coalesce(sum(greatest(least(s.wanted, a_calls / replicas) - s.held, 0)), 0) INTO lacking
    FROM {schema}.share s WHERE s.budget = a_budget AND s.replica <> a_replica AND s.ends_at > moment;
    fair := greatest(least(a_wanted, a_calls - taken - lacking), 0);
    granted := greatest(mine, fair);
    INSERT INTO {schema}.share (budget, replica, held, wanted, ends_at)
    VALUES (a_budget, a_replica, granted, a_wanted, moment + a_lease)
    ON CONFLICT (budget, replica) DO UPDATE
    SET held = excluded.held, wanted = excluded.wanted, ends_at = excluded.ends_at;
END $$;

-- What a dead replica left behind comes before all else that is due: a backlog shall not keep its callers waiting.
CREATE INDEX lane_left_behind ON {schema}.lane (free_at) WHERE head IS NOT NULL;

CREATE OR REPLACE FUNCTION {schema}.claim(a_now bigint, a_horizon bigint, a_until bigint, a_limit bigint)
RETURNS TABLE (
    lane_name text, taken bigint, fence bigint, taken_key bytea, taken_body bytea, tried integer, doubted boolean,
    since bigint, earlier_keys bytea[], earlier_outcomes bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    left_behind text[];
    due text[];
    lost bigint;
BEGIN
    -- Noted before the clock was set back.
    UPDATE {schema}.lane l SET free_at = a_now WHERE l.lane IN (
        SELECT b.lane FROM {schema}.lane b WHERE b.free_at > a_horizon LIMIT a_limit FOR UPDATE SKIP LOCKED);
    SELECT coalesce(array_agg(d.lane), '{}') INTO left_behind FROM (
        SELECT l.lane FROM {schema}.lane l WHERE l.head IS NOT NULL AND l.free_at <= a_now
        ORDER BY l.free_at LIMIT a_limit FOR UPDATE SKIP LOCKED) d;
    SELECT coalesce(array_agg(d.lane), '{}') INTO due FROM (
        SELECT l.lane FROM {schema}.lane l WHERE l.head IS NULL AND l.free_at <= a_now
        ORDER BY l.free_at LIMIT a_limit - cardinality(left_behind) FOR UPDATE SKIP LOCKED) d;
    FOREACH lane_name IN ARRAY left_behind || due LOOP
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
