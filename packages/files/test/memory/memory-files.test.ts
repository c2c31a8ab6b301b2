import { checkRemoteFiles } from '@net/core/testing'
import { memoryFiles, type MemoryCapabilities } from '@net/files'
import { test } from 'vitest'

const trees: readonly (readonly [name: string, can: MemoryCapabilities])[] = [
  ['all there is', {}],
  [
    'no times, offsets, rename, links, modes or hashes, one call at a time, letter case ignored',
    {
      times: false,
      readOffsets: false,
      writeOffsets: false,
      rename: 'none',
      links: false,
      modes: false,
      hashes: [],
      calls: 1,
      letterCase: 'ignored',
    },
  ],
  ['names in NFD', { unicodeForm: 'NFD' }],
  ['names in NFC', { unicodeForm: 'NFC' }],
  ['any form of a name', { unicodeForm: 'ignored' }],
  [
    'times of 2 s, and no colon',
    { times: { grain: 2000, canSet: true, zone: 'local' }, forbidden: ':*?' },
  ],
  ['offsets only to go on', { writeOffsets: true }],
]

test.each(trees)('a tree in memory with %s is a tree', async (_, can) => {
  await checkRemoteFiles(async () => ({
    files: memoryFiles({ can }),
    async [Symbol.asyncDispose]() {},
  }))
})
