import { operation, type Operation } from '@net/core/authoring'
import { at, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { Filter } from '../src/filter.ts'
import { pairFile, pairUp } from '../src/pairing.ts'

const rules = {
  filter: new Filter({}),
  concurrency: 2,
  deletes: true,
  newer: false,
  state: undefined,
  tellsAll: false,
}

function within<T>(work: (op: Operation) => Promise<T>): Promise<T> {
  return operation({ protocol: 'files', operation: 'test', kind: 'transfer' }, {}, work)
}

test('both trees are listed, and the copy is planned', async () => {
  const from = at(memoryFiles({ contents: { a: '1' } }), '')
  const to = memoryFiles({ contents: { 'in/b': '2' } })
  const { entries, steps } = await within((op) => pairUp(from, at(to, 'in'), op, rules))
  expect([...steps].map(({ action, path }) => `${action} ${path}`)).toEqual(['make a', 'remove b'])
  expect(entries).toBe(1)
  const none = await within((op) => pairUp(from, at(to, 'none'), op, rules))
  expect(none.entries).toBeUndefined()
})

test('two files are paired under the name of the target', async () => {
  const tree = memoryFiles({ contents: { 'in/a': '1', b: 'old' } })
  const { steps } = await within((op) => pairFile(at(tree, 'in/a'), at(tree, 'b'), op, rules))
  expect([...steps]).toMatchObject([{ action: 'replace', path: 'b', to: 'b', from: 'in/a' }])
})

test('a source that is a file is no tree', async () => {
  const tree = memoryFiles({ contents: { a: '1' } })
  const pairing = within((op) => pairUp(at(tree, 'a'), at(memoryFiles(), ''), op, rules))
  await expect(pairing).rejects.toThrow('is a file, not a folder')
})
