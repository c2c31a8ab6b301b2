import { expect, test } from 'vitest'

import { recordsOf, stateText } from '../../src/state/state-file.ts'
import { StateRecords } from '../../src/state/state-records.ts'
import { fileOf } from '../plan/planning.ts'

const owner = { from: 'file:///a#', to: 'ftp://b#in', filter: '[[],[]]' }

function some(count: number): StateRecords {
  const records = new StateRecords()
  for (let number = 0; number < count; number++) {
    const { entry } = fileOf(`in/${number}\n"`, { modified: number })
    records.set(entry.path, entry, { name: 'x', path: 'x', type: 'file', size: number })
  }
  return records
}

test.each([0, 1, 2500])('%i records come back', (count) => {
  const text = [...stateText(owner, some(count))].join('')
  const records = recordsOf(text, owner)
  expect(records).toBeInstanceOf(StateRecords)
  expect([...(records as StateRecords).entries()]).toEqual([...some(count).entries()])
})

test('a state that is cut at any place is none', () => {
  const text = [...stateText(owner, some(20))].join('')
  for (let at = 0; at < text.length; at++) {
    expect(recordsOf(text.slice(0, at), owner)).toBe('it is not whole')
  }
})

test('a state of other trees or patterns is none', () => {
  const text = [...stateText(owner, some(2))].join('')
  expect(recordsOf(text, { ...owner, from: 'x' })).toBe('it is of other trees')
  expect(recordsOf(text, { ...owner, to: 'x' })).toBe('it is of other trees')
  expect(recordsOf(text, { ...owner, filter: 'x' })).toBe('it was kept with other patterns')
  expect(recordsOf('{}\n{"end":0}\n', owner)).toBe('it is no state file')
})
