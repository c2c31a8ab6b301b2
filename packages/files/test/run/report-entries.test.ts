import { netError } from '@net/core/authoring'
import type { EntryReport } from '@net/files'
import { expect, test } from 'vitest'

import { ReportEntries } from '../../src/run/report-entries.ts'

const sent: EntryReport = {
  path: 'in/a',
  type: 'file',
  action: 'make',
  why: 'missing',
  size: 3,
  transferred: 3,
}

test('gives back what came, in that order', () => {
  const error = netError('NET_ACCESS_DENIED', { message: 'denied' })
  const { size: _, ...noSize } = sent
  const { transferred: __, ...planned } = sent
  const all: readonly EntryReport[] = [
    { ...sent, path: 'b' },
    sent,
    { ...sent, path: 'in/deep/c', size: 0, transferred: 0 },
    { ...planned, path: 'in/d' },
    { ...noSize, path: 'in/e' },
    { ...sent, path: 'in/f', transferred: 1 },
    { ...sent, path: 'in/g', to: 'in/G' },
    { ...sent, path: 'in/h', note: error },
    { ...sent, path: 'in/i', why: 'failed', error },
    { ...sent, path: 'in/j', action: 'replace', why: 'size' },
    { path: 'in/k', type: 'link', action: 'skip', why: 'link', certain: false },
    { ...sent, path: 'in/l' },
  ]
  const entries = new ReportEntries()
  for (const each of all) entries.push(each)
  expect(entries.all()).toEqual(all)
  expect(Object.isFrozen(entries.all())).toBe(true)
})
