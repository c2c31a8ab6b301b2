import { DatabaseSync } from 'node:sqlite'

import { expect, test } from 'vitest'

import { RowStatements, sizeOf, jobOfRow, why } from '../../src/file/file-row.ts'
import { prepareFile } from '../../src/file/file-schema.ts'

test('what is written is read again, for each queue by itself', () => {
  const db = new DatabaseSync(':memory:')
  prepareFile(db, 'NORMAL', 'boot')
  const [first, second] = [new RowStatements(db, 'a'), new RowStatements(db, 'b')]
  const row = { ...first.read(), waiting: 7, alone: 3, rule: '{"concurrency":1}' }
  first.write(row)
  expect(first.read()).toEqual(row)
  expect(second.read()).toMatchObject({ waiting: 0, alone: null })
  expect(new RowStatements(db, 'a').read().n).toBe(row.n)
})

test('sizes are bytes, and what is absent has none', () => {
  expect(sizeOf('ü', null, undefined, 'ab')).toBe(4)
  expect(why('{"message":"no"}')).toEqual({ reason: 'no' })
  expect(why(undefined)).toEqual({})
})

test('what a row does not have is absent', () => {
  const stored = jobOfRow({ state: 'waiting', due: 5, mark: null, grp: 'g' } as never)
  expect(stored).toMatchObject({ group: 'g', due: undefined, mark: undefined })
})
