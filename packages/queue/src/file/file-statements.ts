/* The statements on the jobs of one queue in a file. Runs in the thread of the file. */

import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { PLACED } from './file-row.ts'

/** Prepared once. */
export class FileStatements {
  readonly insert: StatementSync
  readonly byId: StatementSync
  readonly byPlace: StatementSync
  readonly start: StatementSync
  readonly settle: StatementSync
  readonly end: StatementSync
  readonly renew: StatementSync
  readonly mark: StatementSync
  readonly progress: StatementSync
  readonly expired: StatementSync
  readonly nextExpiry: StatementSync
  readonly oldest: StatementSync
  readonly surplus: StatementSync
  readonly delete: StatementSync
  readonly page: StatementSync
  readonly waiting: StatementSync
  readonly failed: StatementSync
  readonly again: StatementSync
  readonly unstart: StatementSync

  /** `n` is the number of the queue in the file. */
  constructor(db: DatabaseSync, n: number) {
    this.insert = db.prepare(
      `INSERT INTO jobs (queue, id, payload, priority, attempts, added, due, deadline, grp, traceparent, state, line, size)
      VALUES (${n}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    this.byId = db.prepare(`SELECT * FROM jobs WHERE queue = ${n} AND id = ?`)
    this.byPlace = db.prepare('SELECT * FROM jobs WHERE place = ?')
    this.start = db.prepare(
      `UPDATE jobs SET state = 'active', line = 0, starts = starts + 1, spent = spent + 1, token = ? || ':' || (starts + 1),
      lease_end = ?, alone = ?, started = ?, finished = NULL, mark = NULL, progress = NULL
      WHERE place IN (SELECT value FROM json_each(?))`,
    )
    this.settle = db.prepare(
      `UPDATE jobs SET state = ?, line = ?, token = NULL, lease_end = NULL, suspect = ?, spent = ?, due = ?, finished = ?,
      mark = ?, result = ?, error = ?, size = ? WHERE place = ?`,
    )
    this.end = db.prepare(
      `UPDATE jobs SET state = ?, line = 0, token = NULL, lease_end = NULL, suspect = 0, finished = ?, result = ?, error = ?, size = ?
      WHERE place = ? AND token = ? AND lease_end > ?`,
    )
    const held = `WHERE queue = ${n} AND id = ? AND state = 'active' AND token = ? AND lease_end > ?`
    this.renew = db.prepare(`UPDATE jobs SET lease_end = ? ${held}`)
    this.mark = db.prepare(`UPDATE jobs SET mark = ? ${held}`)
    this.progress = db.prepare(`UPDATE jobs SET progress = ? ${held}`)
    const active = `FROM jobs WHERE queue = ${n} AND state = 'active'`
    this.expired = db.prepare(`SELECT * ${active} AND lease_end <= ? ORDER BY lease_end LIMIT ?`)
    this.nextExpiry = db.prepare(`SELECT min(lease_end) AS at ${active}`)
    const finished = `SELECT * FROM jobs WHERE queue = ${n} AND state = ? AND finished IS NOT NULL`
    this.oldest = db.prepare(`${finished} ORDER BY finished, place LIMIT 1`)
    this.surplus = db.prepare(
      `DELETE FROM jobs WHERE place IN (${finished.replace('*', 'place')} ORDER BY finished, place LIMIT ?)
      RETURNING place, id, state, starts, size`,
    )
    this.delete = db.prepare('DELETE FROM jobs WHERE place = ?')
    const page = `SELECT * FROM jobs WHERE queue = ${n} AND state = ? AND place > ?`
    this.page = db.prepare(`${page} ORDER BY place LIMIT ?`)
    // All of them at once, and so without their texts, for which there may be no room.
    const placed = `SELECT ${PLACED.join()} FROM jobs WHERE queue = ${n} AND state`
    this.waiting = db.prepare(`${placed} IN ('waiting', 'delayed')`)
    this.failed = db.prepare(`${placed} = 'failed' ORDER BY place`)
    this.again = db.prepare(
      `UPDATE jobs SET state = 'waiting', line = ?, spent = 0, mark = NULL, finished = NULL WHERE place = ?`,
    )
    this.unstart = db.prepare('UPDATE jobs SET starts = starts - 1 WHERE place = ?')
  }
}
