import { expect, test } from 'vitest'

import { openFile } from './open-file.ts'

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
