import files from 'node:fs/promises'

import { disk } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('gives the files of the system', () => {
  expect(disk()).toBe(files)
})
