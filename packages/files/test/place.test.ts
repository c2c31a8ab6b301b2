import { at, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { pathIn, placeOf } from '../src/place.ts'

const files = memoryFiles()

test('slashes at the ends are no part of the path, and one at its end means a folder', () => {
  expect(at(files, '/in/deep/')).toEqual({ files, path: 'in/deep', mustBeFolder: true })
  expect(at(files, 'a')).toEqual({ files, path: 'a', mustBeFolder: false })
  expect(() => at(files, '../a')).toThrow(expect.objectContaining({ code: 'NET_BAD_NAME' }))
  expect(() => at({} as never, 'a')).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('a tree is its root, and a place is one whoever made it', () => {
  expect(placeOf('x', files)).toEqual({ files, path: '', mustBeFolder: true })
  expect(placeOf('x', { files, path: 'in', mustBeFolder: true }).mustBeFolder).toBe(true)
  expect(() => placeOf('the source', '/tmp' as never)).toThrow(
    'pass localFiles(folder), or at(tree, path)',
  )
  expect(() => placeOf('the source', { files: {}, path: 'a' } as never)).toThrow('must be')
  expect(pathIn(at(files, 'in'), 'a')).toBe('in/a')
  expect(pathIn(at(files, 'in'), '')).toBe('in')
})
