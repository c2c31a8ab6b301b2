import { expect, test } from 'vitest'

import { FileStatements } from '../../src/file/file-statements.ts'
import { at, job, openFile } from './open-file.ts'

test.each([
  'queue = 1 AND line IN (1, 2) AND line = 1 ORDER BY priority DESC, place LIMIT 5',
  'queue = 1 AND line = 3 ORDER BY due LIMIT 1',
  "queue = 1 AND state = 'active' AND lease_end <= 5 ORDER BY lease_end",
  "queue = 1 AND state = 'done' AND finished IS NOT NULL ORDER BY finished, place LIMIT 1",
  "queue = 1 AND grp = 'g' AND grp IS NOT NULL AND line IN (1, 4) ORDER BY priority DESC, place LIMIT 1",
  "queue = 1 AND grp = 'g' AND grp IS NOT NULL AND line = 1 LIMIT 1",
  "queue = 1 AND id = 'a'",
])('an index answers: %s', (where) => {
  const { db } = openFile()
  const plan = db.prepare(`EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE ${where}`).all()
  const details = plan.map((step) => String(step['detail']))
  expect(details.join()).toMatch(/^SEARCH jobs USING INDEX jobs_\w+ [^,]*$/u)
})

test('what is removed or put back all at once is read without its texts, for which there may be no room', () => {
  const { db, jobs } = openFile()
  at(jobs, 0, () => jobs.add([job('a', { payload: '"long"' })]))
  const { waiting, failed } = new FileStatements(db, 1)
  const known = { id: 'a', state: 'waiting', line: 1, grp: null, suspect: 0, starts: 0, size: 6 }
  expect(waiting.all()).toEqual([{ place: 1, ...known }])
  db.exec("UPDATE jobs SET state = 'failed'")
  expect(failed.all()).toEqual([{ place: 1, ...known, state: 'failed' }])
})
