import { expect, it } from 'vitest'

import { addressOf } from '../../src/address.ts'
import { entryEvent, entryLine } from '../../src/commands/entry-text.ts'

const entry = {
  name: 'a',
  path: 'in/a',
  type: 'file',
  size: 2 ** 53 - 1,
  modified: 0,
  mode: 0o100644,
} as const

it('is a line for people', () => {
  expect(entryLine(entry, 'a')).toBe('- 0644 9007199254740991 1970-01-01 00:00 a')
  expect(entryLine({ name: 'b', path: 'b', type: 'folder' }, 'b')).toBe(`d ${' '.repeat(34)} b`)
})

it('is an object for programs, with the bytes of a name that is not UTF-8', () => {
  expect(entryEvent(entry, addressOf('ftp://h/in'))).toEqual({
    type: 'entry',
    name: 'a',
    kind: 'file',
    size: 9007199254740991,
    modified: '1970-01-01T00:00:00.000Z',
    mode: '0644',
    url: 'ftp://h:21/in/a',
  })
  const odd = {
    name: '\ufffd',
    path: '\ufffd',
    type: 'link',
    target: 'x',
    nameBytes: new Uint8Array([0xe4]),
  } as const
  expect(entryEvent(odd, addressOf('sftp://h/'))).toMatchObject({
    kind: 'link',
    target: 'x',
    raw: '5A==',
  })
})
