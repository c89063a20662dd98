-- The layout of the first release. A file of an older layout is refused.
CREATE TABLE entry (
    sequence    INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,
    digest      BLOB NOT NULL,
    lane        TEXT NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0,   -- 0 pending, 1 done, 2 dead, 3 discarded
    kind        TEXT NOT NULL,
    body        ANY,                          -- the write; dropped when it is done
    outcome     ANY,                          -- the receipt, or the reason it is dead
    attempts    INTEGER NOT NULL DEFAULT 0,
    may_exist   INTEGER NOT NULL DEFAULT 0,
    out         INTEGER NOT NULL DEFAULT 0,   -- whether it was out on a lease
    accepted_at INTEGER NOT NULL,             -- milliseconds since 1970
    settled_at  INTEGER,
    caller      BLOB                          -- by what the writes of a person are found
) STRICT;
-- Each index holds only what is looked for by it, so that taking a write in touches two of them.
CREATE INDEX entry_pending ON entry (lane, sequence) WHERE state = 0;
CREATE INDEX entry_done ON entry (lane, sequence) WHERE state = 1;
CREATE INDEX entry_dead ON entry (sequence) WHERE state = 2;
CREATE INDEX entry_settled ON entry (settled_at) WHERE state IN (1, 3);
-- How often the file was opened.
CREATE TABLE opening (number INTEGER NOT NULL) STRICT;
INSERT INTO opening (number) VALUES (0);
