-- Jobs and sinks. The text of a lane begins with the name of its sink; the release before spread its jobs by their kinds.
ALTER TABLE entry RENAME TO job;
ALTER TABLE job RENAME COLUMN may_exist TO may_have_applied;
ALTER TABLE job RENAME COLUMN accepted_at TO enqueued_at;
ALTER TABLE job RENAME COLUMN caller TO subject;
ALTER TABLE job RENAME COLUMN out TO leased;
ALTER TABLE job ADD COLUMN memo ANY;                -- what the sink left for the next job of the lane
ALTER TABLE job ADD COLUMN retried_at INTEGER;      -- when an operator had it tried again
ALTER TABLE job ADD COLUMN waits_for BLOB;          -- the key of a job that goes first
UPDATE job SET lane = CASE kind
    WHEN 'send_text' THEN 'texts/' WHEN 'keep_recording' THEN 'recordings/' ELSE 'crm/' END || lane WHERE lane <> '';
DROP INDEX entry_pending;
DROP INDEX entry_done;
DROP INDEX entry_dead;
DROP INDEX entry_settled;
-- The index of lanes holds jobs in every state, so that a job which is done moves in no index but the small one of what is
-- pending, whose entries lie side by side.
CREATE INDEX job_lane ON job (lane, sequence);
CREATE INDEX job_pending ON job (sequence) WHERE state = 0;
CREATE INDEX job_dead ON job (sequence) WHERE state = 2;
CREATE INDEX job_discarded ON job (sequence) WHERE state = 3;
CREATE INDEX job_memo ON job (lane) WHERE memo IS NOT NULL;
-- Whether the file was closed properly, and a number that a check writes.
ALTER TABLE opening ADD COLUMN closed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE opening ADD COLUMN checks INTEGER NOT NULL DEFAULT 0;
-- The small store.
CREATE TABLE value (
    key        TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL                     -- milliseconds since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX value_expires ON value (expires_at);
