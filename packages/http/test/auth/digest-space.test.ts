import type { DigestChallenge } from '@net/socket/road'
import { expect, test } from 'vitest'

import { DigestSpace } from '../../src/auth/digest-space.ts'

const challenge = (nonce: string): DigestChallenge => ({
  realm: 'a',
  nonce,
  opaque: undefined,
  algorithm: undefined,
  qop: 'auth',
  stale: false,
  userhash: false,
  utf8: false,
})

test('each use of a nonce has a number of its own, and a new nonce begins at 1', () => {
  const space = new DigestSpace()
  space.challenged(challenge('one'))
  const [first, second] = [space.next(), space.next()]
  expect([first.count, second.count]).toEqual([1, 2])
  space.challenged(challenge('one'))
  expect(space.next().count).toBe(3)
  space.challenged(challenge('two'))
  const third = space.next()
  expect([third.count, third.challenge.nonce]).toEqual([1, 'two'])
  expect(third.cnonce).not.toBe(first.cnonce)
})

test('an answer names the next nonce, unless another one came meanwhile', () => {
  const space = new DigestSpace()
  space.challenged(challenge('one'))
  const round = space.next()
  space.answered(round, 'nextnonce="two", qop=auth')
  expect(space.next().challenge.nonce).toBe('two')
  space.answered(round, 'nextnonce="three"')
  expect(space.next().challenge.nonce).toBe('two')
})

test('one call asks, and the others wait for what it hears', async () => {
  const space = new DigestSpace()
  const asked = Promise.withResolvers<{ response: undefined }>()
  let asks = 0
  const ask = (): Promise<{ response: undefined }> => {
    asks += 1
    return asked.promise
  }
  const openings = [space.opening(ask), space.opening(ask), space.opening(ask)]
  space.challenged(challenge('one'))
  asked.resolve({ response: undefined })
  await Promise.all(openings)
  expect(asks).toBe(1)
})

test('where asking fails the next one asks, and where nothing is to be proved none waits', async () => {
  const space = new DigestSpace()
  const failing = space.opening(async () => {
    throw new Error('lost')
  })
  const next = space.opening(async () => ({ response: 'open' }))
  await expect(failing).rejects.toThrow('lost')
  expect(await next).toEqual({ response: 'open' })
  const hanging = space.opening(() => new Promise<never>(() => {}))
  expect(await space.opening(async () => ({ response: 'at once' }))).toEqual({
    response: 'at once',
  })
  void hanging
})

test('the first that goes in turn waits for those that are on their way', async () => {
  const space = new DigestSpace()
  const order: string[] = []
  const before = Promise.withResolvers<void>()
  const beside = space.inTurn(async () => {
    await before.promise
    order.push('before')
    throw new Error('mine')
  })
  space.goOneByOne()
  const turn = space.inTurn(async () => {
    order.push('in turn')
  })
  before.resolve()
  await Promise.allSettled([beside, turn])
  expect(order).toEqual(['before', 'in turn'])
})

test('uses go one by one once the server wants them so', async () => {
  const space = new DigestSpace()
  space.goOneByOne()
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const turns = [
    space.inTurn(async () => {
      await first.promise
      order.push('first')
      throw new Error('mine')
    }),
    space.inTurn(async () => {
      order.push('second')
    }),
  ]
  first.resolve()
  await Promise.allSettled(turns)
  expect(order).toEqual(['first', 'second'])
})
