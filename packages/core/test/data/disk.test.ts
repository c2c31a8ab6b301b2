import { open } from 'node:fs'
import files from 'node:fs/promises'

import { disk } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { descriptors } from '../../src/data/disk.ts'

test('gives the files of the system', () => {
  expect(disk()).toBe(files)
  expect(descriptors().open).toBe(open)
})
