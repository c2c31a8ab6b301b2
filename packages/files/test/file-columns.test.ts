import type { RemoteEntry } from '@net/core'
import { expect, test } from 'vitest'

import { FileColumns, isPlainFile } from '../src/file-columns.ts'

const file: RemoteEntry = { name: 'a', path: 'in/a', type: 'file', size: 0, modified: 0.5 }

test('gives back the files that were put in', () => {
  const files: readonly RemoteEntry[] = [file, { ...file, name: 'b', path: 'in/b', mode: 0 }]
  const columns = new FileColumns()
  for (const each of files) if (isPlainFile(each)) columns.push(each)
  expect(Array.from({ length: columns.length }, (_, at) => columns.at(at, 'in'))).toEqual(files)
  expect(columns.at(0, '')).toEqual({ ...file, path: 'a' })
})

test('takes no file of which more is known, or less', () => {
  const { size: _, ...noSize } = file
  const { modified: __, ...noTime } = file
  const more: readonly RemoteEntry[] = [
    { ...file, raw: 'x' },
    { ...file, modifiedGrain: 60_000 },
  ]
  const others: readonly RemoteEntry[] = [noSize, noTime, ...more]
  const folder: RemoteEntry = { ...file, type: 'folder' }
  for (const each of [...others, folder]) expect(isPlainFile(each)).toBe(false)
})
