import { expect, test } from 'vitest'

import { recordsOf, stateText } from '../../src/state/state-file.ts'
import { StateRecords } from '../../src/state/state-records.ts'
import { fileOf } from '../plan/planning.ts'

const owner = { from: 'file:///a#', to: 'ftp://b#in', filter: '[[],[]]' }

function some(count: number): StateRecords {
  const records = new StateRecords()
  for (let number = 0; number < count; number++) {
    const { entry } = fileOf(`in-${number % 3}/${number}\n"`, { modified: number })
    const { modified: _, ...timeless } = entry
    // In one folder both sides look alike, in the others the target tells no times.
    records.set(entry.path, entry, number % 3 === 0 ? entry : timeless)
  }
  return records
}

test.each([0, 1, 2500])('%i records come back', (count) => {
  const text = [...stateText(owner, some(count))].join('')
  const records = recordsOf(text, owner) as StateRecords
  expect(records).toBeInstanceOf(StateRecords)
  const folders = (of: StateRecords): unknown =>
    [...of.folders()].map(([folder, { columns }]) => [folder, columns])
  expect(folders(records)).toEqual(folders(some(count)))
  expect(records.size).toBe(count)
})

test('a state that is cut at any place is none', () => {
  const text = [...stateText(owner, some(20))].join('')
  for (let at = 0; at < text.length; at++) {
    expect(recordsOf(text.slice(0, at), owner)).toBe('it is not whole')
  }
})

test('a state with a line that has lost something is none', () => {
  const text = [...stateText(owner, some(2))].join('')
  expect(recordsOf(text.replace('[1,0', '[1'), owner)).toBe('it is not whole')
  expect(recordsOf(text.replace('"end":2', '"end":3'), owner)).toBe('it is not whole')
})

test('a state of other trees or patterns is none', () => {
  const text = [...stateText(owner, some(2))].join('')
  expect(recordsOf(text, { ...owner, from: 'x' })).toBe('it is of other trees')
  expect(recordsOf(text, { ...owner, to: 'x' })).toBe('it is of other trees')
  expect(recordsOf(text, { ...owner, filter: 'x' })).toBe('it was kept with other patterns')
  expect(recordsOf('{}\n{"end":0}\n', owner)).toBe('it is no state file')
})

test('a state is whole also if records come and go while it is written', () => {
  const records = some(2500)
  let text = ''
  for (const piece of stateText(owner, records)) {
    text += piece
    const { entry } = fileOf(`late/${text.length}`)
    records.set(entry.path, entry, entry)
    records.delete('in/0\n"')
  }
  expect(recordsOf(text, owner)).toBeInstanceOf(StateRecords)
})
