import { createDiffieHellmanGroup } from 'node:crypto'

import { expect, test } from 'vitest'

import { GroupExchange } from '../src/group-exchange.ts'
import { mpint } from '../src/identity/key-material.ts'

test('both sides come to the same secret, in groups of every size', () => {
  for (const name of ['modp14', 'modp15', 'modp16', 'modp18']) {
    const other = createDiffieHellmanGroup(name)
    const theirs = other.generateKeys()
    const ours = new GroupExchange(other.getPrime(), other.getGenerator())
    expect(ours.secretOf(theirs)).toEqual(mpint(other.computeSecret(ours.publicKey)))
  }
})

test('a group that is too small is refused', () => {
  const small = createDiffieHellmanGroup('modp5')
  expect(() => new GroupExchange(small.getPrime(), small.getGenerator())).toThrow(
    expect.objectContaining({ code: 'NET_WEAK_ALGORITHM' }),
  )
})
