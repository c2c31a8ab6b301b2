import { expect, test } from 'vitest'

import { localCapabilities } from '../../src/local/local-capabilities.ts'
import { testFolder } from './folder.ts'

test('tells what this system does with names, also for a folder that is not there yet', async () => {
  await using folder = await testFolder()
  const letterCase = process.platform === 'linux' ? 'kept' : 'ignored'
  for (const path of [folder.path, folder.at('new', 'deep')]) {
    expect(await localCapabilities(path, 'system')).toMatchObject({
      letterCase,
      rename: 'atomic',
      links: true,
    })
  }
  expect((await localCapabilities(folder.path, 'portable')).forbidden).toContain(':')
})
