/*
 * The tables of a file of jobs. Runs in the thread of the file, and so imports nothing of ours at run time.
 */

import type { DatabaseSync } from 'node:sqlite'

/** In which line a job waits; the numbers are in the file. */
export const LINE = { none: 0, ready: 1, suspect: 2, delayed: 3, behind: 4 } as const

/** The version of the tables, in the file's `user_version`. */
const VERSION = 1

/** Opens the tables, made at the first use; refuses those of a newer version, and of another program. */
export function prepareFile(db: DatabaseSync, synchronous: 'NORMAL' | 'FULL', boot: string): void {
  refuseForeign(db)
  db.exec('PRAGMA journal_mode = WAL')
  db.exec(`PRAGMA synchronous = ${synchronous}`)
  // After a checkpoint a log that has grown is cut down. A checkpoint waits for the disk: not too many, and not too large a log.
  db.exec('PRAGMA journal_size_limit = 16777216')
  db.exec('PRAGMA wal_autocheckpoint = 3000')
  // In KiB; by default 2 MB, which hardly hold some thousand jobs.
  db.exec('PRAGMA cache_size = -16384')
  db.exec('BEGIN IMMEDIATE')
  try {
    const version = Number((db.prepare('PRAGMA user_version').get() as Row)['user_version'])
    if (version > VERSION) throw new Error(`NEWER: the file is of version ${version}`)
    if (version === 0) db.exec(TABLES)
    forgetEarlierBoots(db, boot)
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** By a mistyped path the file of another program is left as it is: without our tables, and with the journal that it has. */
function refuseForeign(db: DatabaseSync): void {
  const { others, ours } = db
    .prepare("SELECT count(*) AS others, sum(name = 'machine') AS ours FROM sqlite_master")
    .get() as Row
  if (others !== 0 && ours === 0) throw new Error('the file is the database of another program')
}

/** Leases are in monotonic time, which begins anew with each boot of the machine: then no worker is left. */
function forgetEarlierBoots(db: DatabaseSync, boot: string): void {
  const { boot: last } = db.prepare('SELECT boot FROM machine').get() as Row
  if (isSameBoot(String(last), boot)) return
  db.prepare('UPDATE machine SET boot = ?').run(boot)
  db.exec("UPDATE jobs SET lease_end = 0 WHERE state = 'active'")
  db.exec("UPDATE groups SET until = 0, starts = '[]'")
  db.exec("UPDATE queues SET heard = 0, starts = '[]'")
}

/** A boot that is known only by when it was has a number, and the next one is as far as a clock that is set right takes it. */
function isSameBoot(a: string, b: string): boolean {
  if (a === b) return true
  return [a, b].every((each) => /^\d+$/u.test(each)) && Math.abs(Number(a) - Number(b)) <= 1
}

type Row = Readonly<Record<string, unknown>>

const TABLES = `
CREATE TABLE machine (boot TEXT NOT NULL);
INSERT INTO machine VALUES ('');
CREATE TABLE queues (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  paused INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0,
  delayed INTEGER NOT NULL DEFAULT 0,
  active INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  unknown INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  done_bytes INTEGER NOT NULL DEFAULT 0,
  failed_bytes INTEGER NOT NULL DEFAULT 0,
  unknown_bytes INTEGER NOT NULL DEFAULT 0,
  suspects INTEGER NOT NULL DEFAULT 0,
  alone INTEGER,
  rule TEXT NOT NULL DEFAULT '{}',
  starts TEXT NOT NULL DEFAULT '[]',
  heard REAL NOT NULL DEFAULT 0
);
CREATE TABLE jobs (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  queue INTEGER NOT NULL,
  id TEXT NOT NULL,
  payload TEXT NOT NULL,
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  added REAL NOT NULL,
  due REAL NOT NULL,
  deadline REAL,
  grp TEXT,
  traceparent TEXT,
  state TEXT NOT NULL,
  line INTEGER NOT NULL,
  starts INTEGER NOT NULL DEFAULT 0,
  spent INTEGER NOT NULL DEFAULT 0,
  token TEXT,
  lease_end REAL,
  alone INTEGER NOT NULL DEFAULT 0,
  suspect INTEGER NOT NULL DEFAULT 0,
  started REAL,
  finished REAL,
  mark TEXT,
  progress TEXT,
  result TEXT,
  error TEXT,
  size INTEGER NOT NULL
);
CREATE UNIQUE INDEX jobs_id ON jobs (queue, id);
CREATE INDEX jobs_line ON jobs (queue, line, priority DESC, place) WHERE line IN (1, 2);
CREATE INDEX jobs_delayed ON jobs (queue, due) WHERE line = 3;
CREATE INDEX jobs_active ON jobs (queue, lease_end) WHERE state = 'active';
CREATE INDEX jobs_group ON jobs (queue, grp, priority DESC, place) WHERE line IN (1, 4) AND grp IS NOT NULL;
CREATE INDEX jobs_front ON jobs (queue, grp) WHERE line = 1 AND grp IS NOT NULL;
CREATE INDEX jobs_finished ON jobs (queue, state, finished, place) WHERE finished IS NOT NULL;
CREATE TABLE groups (
  queue INTEGER NOT NULL,
  name TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 0,
  until REAL NOT NULL DEFAULT 0,
  starts TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (queue, name)
) WITHOUT ROWID;
CREATE INDEX groups_until ON groups (queue, until) WHERE until > 0;
CREATE TABLE events (n INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, event TEXT NOT NULL);
PRAGMA user_version = ${VERSION};
`
