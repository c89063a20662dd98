DROP FUNCTION {schema}.enqueue;

-- Takes a job in, together with a value that keeps it out where it is there already. The verdict is 0 queued, 1 leased,
-- 2 known, 3 conflict, 4 that the value was there. A replica of the release before calls it without a value. Every
-- statement in here sees what was committed before it began, so what is read after the lock is true as long as the lock
-- is held.
CREATE FUNCTION {schema}.enqueue(
    a_key bytea, a_digest bytea, a_lane text, a_kind text, a_body bytea, a_subject bytea, a_after bytea, a_now bigint,
    a_until bigint, a_note text DEFAULT NULL, a_noted text DEFAULT NULL, a_note_until bigint DEFAULT NULL,
    OUT verdict smallint, OUT known_state smallint, OUT known_outcome bytea, OUT taken bigint, OUT fence bigint,
    OUT earlier_keys bytea[], OUT earlier_outcomes bytea[], OUT memo_key bytea, OUT lane_memo bytea
) LANGUAGE plpgsql AS $$
DECLARE
    same boolean;
    opened boolean;
BEGIN
    SELECT j.digest = a_digest, j.state, j.outcome INTO same, known_state, known_outcome
    FROM {schema}.job j WHERE j.key = a_key;
    IF NOT FOUND THEN
        opened := {schema}.lock_lane(a_lane, a_now);
        -- Behind the lock of the lane: those who note two things in one lane must not do it in two orders.
        IF a_note IS NOT NULL
            AND {schema}.put_value(a_note, a_noted, 1::smallint, NULL, a_note_until, a_now) IS NULL
        THEN
            IF opened THEN
                DELETE FROM {schema}.lane l WHERE l.lane = a_lane;
            END IF;
            verdict := 4;
            RETURN;
        END IF;
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
