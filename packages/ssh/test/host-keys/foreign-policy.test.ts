import { expect, test } from 'vitest'

import { connect, type HostKeyPolicy } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

const mine = new TypeError('my own mistake')
const fails = (): never => {
  throw mine
}
const noCheck = { types: [], check: () => ({}) }

async function connecting(open: () => unknown): Promise<unknown> {
  await using server = await startSshServer()
  const hostKeys = { name: 'mine', open } as unknown as HostKeyPolicy
  const options = { user: 'ada', password: 'lovelace', hostKeys, retry: false } as const
  return await connect(server.url, options).then(
    async (client) => client[Symbol.asyncDispose](),
    (error: unknown) => error,
  )
}

test.each([
  ['open', fails],
  ['open, later', () => Promise.reject(mine)],
  ['check', () => Promise.resolve({ types: [], check: fails })],
  ['check, later', () => ({ types: [], check: () => Promise.reject(mine) })],
  ['remember', () => ({ types: [], check: () => ({ remember: fails }) })],
])('what a policy of the caller throws in %s passes as it is', async (_, open) => {
  expect(await connecting(open)).toBe(mine)
})

test.each([
  ['open', () => undefined],
  ['open', () => ({ check: () => ({}) })],
  ['open', () => ({ types: [1], check: () => ({}) })],
  ['check', () => ({ types: [], check: () => undefined })],
  ['check', () => ({ types: [], check: () => true })],
  ['check', () => ({ types: [], check: () => ({ warning: 1 }) })],
])('what is not what %s of a policy has to give trusts no key', async (call, open) => {
  expect(await connecting(open)).toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining(`what ${call}() of the policy mine gives must be {`),
  })
})

test('a policy that gives what it has to give is asked', async () => {
  expect(await connecting(() => noCheck)).toBeUndefined()
})
