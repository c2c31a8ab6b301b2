import { expect, test } from 'vitest'

import { connectToy, startToy } from '../testing/toy-protocol.ts'

const login = { user: 'ada', password: 'lovelace' }

test('calls made at the same time have the session one after the other', async () => {
  await using server = await startToy(login)
  await using client = await connectToy(server.url, login)
  const all = Array.fromAsync(client.all())
  expect(await Promise.all([client.one(), all, client.one()])).toEqual([
    '+1',
    ['+1', '+2', '.'],
    '+1',
  ])
})

test('a call that is stopped in the middle ends the session, and the next is safe to repeat', async () => {
  await using server = await startToy(login)
  await using client = await connectToy(server.url, login)
  const stop = new AbortController()
  const stopped = client.one({ signal: stop.signal })
  // The command leaves in this turn of the event loop, and the answer comes in another one.
  process.nextTick(() => stop.abort())
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const next = client.one()
  await expect(next).rejects.toMatchObject({ code: 'NET_CLOSED', retry: 'safe' })
  expect(await client.closed).toMatchObject({ code: 'NET_ABORTED' })
})

test('a call that is stopped before it has said anything leaves the session as it is', async () => {
  await using server = await startToy(login)
  await using client = await connectToy(server.url, login)
  const stop = new AbortController()
  const stopped = client.one({ signal: stop.signal })
  const next = client.one()
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect([await next, await client.one()]).toEqual(['+1', '+1'])
})

test('close is once, in order, and refuses what comes after it', async () => {
  await using server = await startToy(login)
  const client = await connectToy(server.url, login)
  const last = client.one()
  await Promise.all([client.close(), client.close()])
  expect(await last).toBe('+1')
  expect(await client.closed).toBeUndefined()
  await expect(client.one()).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('a wrong password ends connecting, and half a login is refused before a byte is sent', async () => {
  await using server = await startToy(login)
  await expect(connectToy(server.url, { ...login, password: 'byron' })).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
    phase: 'auth',
  })
  await expect(connectToy(server.url, { user: 'ada' })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})

test('a wrong option is refused before a byte is sent, and the error names the call', async () => {
  await using server = await startToy(login)
  await using client = await connectToy(server.url, login)
  const misspelled: object = { timeOut: 1 }
  await expect(client.one(misspelled)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    protocol: 'toy',
    operation: 'one',
  })
  expect(await client.one()).toBe('+1')
})
