import { localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { smallFilesOf } from '../src/small-files.ts'

test('a tree of this machine knows small files, and one that has only its verbs does not', () => {
  expect(smallFilesOf(localFiles('/'))?.most).toBeGreaterThan(0)
  expect(smallFilesOf(memoryFiles())).toBeUndefined()
})
