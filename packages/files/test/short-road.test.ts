import { localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { roadBetween } from '../src/short-road.ts'
import { testFolder } from './local/folder.ts'

test('there is a road between two local folders, and none from or to anything else', async () => {
  await using folder = await testFolder()
  const [from, to] = [localFiles(folder.at('a')), localFiles(folder.at('b'))]
  expect(roadBetween(from, to)).toBeDefined()
  expect(roadBetween(memoryFiles(), to)).toBeUndefined()
  expect(roadBetween(from, memoryFiles())).toBeUndefined()
})
