import { expect, test } from 'vitest'

import { fromFile, fromText, secret } from '@net/core'

import { keyContent, keySource, sourceLabel } from '../../src/identity/key-source.ts'

const refused = expect.objectContaining({ code: 'NET_BAD_OPTION' })

test('a string is the text of a key and never a path', () => {
  const open = 'ssh-ed25519 AAAAC3Nz ada'
  expect(keySource(open)).toBe(open)
  expect(() => keySource(open, 'private')).toThrow(refused)
  expect(() => keySource('id_ed25519')).toThrow("for a file pass fromFile('…')")
  expect(() => keySource(5 as never)).toThrow(refused)
})

test('every source gives its text', async () => {
  for (const source of ['a', secret('a'), fromText('a'), Buffer.from('a')]) {
    expect(await keyContent(source)).toBe('a')
  }
  expect(sourceLabel(fromFile('/a/id'))).toBe('/a/id')
  expect(sourceLabel('a')).toBeUndefined()
  await expect(keyContent(new Uint8Array(1024 * 1024 + 1))).rejects.toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
  })
})
