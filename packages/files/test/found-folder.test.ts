import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { FoundFolder } from '../src/found-folder.ts'
import type { Scanned } from '../src/scanned.ts'

const told = { hidden: new Set<string>(), hides: false, settled: 2, failure: undefined }

function file(name: string): Scanned {
  return { entry: { name, path: `in/${name}`, type: 'file', size: 1, modified: 2, mode: 0o644 } }
}

test('has what was added, in that order, whatever it is', () => {
  const refused = netError('NET_BAD_NAME', { message: 'no' })
  const link: Scanned = { entry: { name: 'l', path: 'in/l', type: 'link', target: 'a' } }
  const all = [file('b'), link, { ...file('c'), refused }, { ...file('d'), from: 'x' }, file('a')]
  const folder = new FoundFolder('in', { ...told, found: { size: 5 } })
  for (const each of all) folder.add(each)
  expect([...folder.entries]).toEqual(all.map((each) => [each.entry.name, each]))
  expect(folder).toMatchObject({ ...told, hollow: new Map() })
})
