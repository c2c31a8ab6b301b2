import type { Endpoint } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { listen, type Dialer, type TransportListener } from '@net/socket'
import { expect, test } from 'vitest'

import { foreignListener } from '../src/foreign-listener.ts'

const address: Endpoint = { scheme: 'tcp', host: '127.0.0.1', port: 1 }

function listening(parts: Partial<TransportListener>): Dialer {
  return {
    name: 'mine',
    dial: () => Promise.reject(new Error('not asked for')),
    listen: async () => ({
      address,
      accept: () => new Promise(() => {}),
      close: async () => {},
      async [Symbol.asyncDispose]() {},
      ...parts,
    }),
  }
}

test.each<[string, () => Promise<void>]>([
  ['rejects', () => Promise.reject(new Error('mine'))],
  [
    'throws',
    () => {
      throw new Error('mine')
    },
  ],
  ['never ends', () => new Promise(() => {})],
])('a server is closed though its listener cannot be closed, which %s', async (_, close) => {
  using clock = useFakeClock()
  const server = await listen('tcp://127.0.0.1:0', () => {}, { dialer: listening({ close }) })
  const closed = server.close({ grace: 100 })
  await clock.advance(1100)
  await closed
  expect(await server.closed).toBeUndefined()
})

test('what a listener gives is looked at before it is served', async () => {
  let accepted = 0
  const accept = (): Promise<never> =>
    ++accepted > 1 ? new Promise(() => {}) : Promise.resolve({} as never)
  const told = Promise.withResolvers<unknown>()
  await using _ = await listen('tcp://127.0.0.1:0', () => {}, {
    dialer: listening({ accept }),
    onError: told.resolve,
  })
  expect(await told.promise).toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(() => foreignListener('mine', undefined)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
