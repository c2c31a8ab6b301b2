import { expect, test } from 'vitest'

import { readEplfLine } from '../../src/listing/eplf-line.ts'

test('facts, and a TAB before the name', () => {
  expect(readEplfLine('+i8388621.48594,m825718503,r,s280,up644,\tdjb. html')).toEqual({
    name: 'djb. html',
    type: 'file',
    size: 280,
    modified: 825_718_503_000,
    mode: 0o644,
  })
  expect(readEplfLine('+i8388621.50690,m824255907,/,\t514')).toMatchObject({ type: 'folder' })
  expect(readEplfLine('+sx,mx\ta')).toEqual({ name: 'a', type: 'file' })
  for (const line of ['+i1 a', '-rw', '']) expect(readEplfLine(line)).toBeUndefined()
})
