import type { Socket } from 'node:net'
import { inspect } from 'node:util'

import { useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'

import { RedisConnection } from '../../src/engine/redis-connection.ts'
import { RedisLink } from '../../src/engine/redis-link.ts'
import { RedisStore } from '../../src/engine/redis-store.ts'
import { respServer, type CommandAnswer } from './resp-server.ts'

const ADDED = '*1\r\n$0\r\n\r\n'
const silent = { work: () => {}, event: () => {}, missed: () => {}, warn: () => {} }

/** Ends the connection at the first command of that name. */
function lostAt(name: string): CommandAnswer {
  let left = 1
  return ([command = ''], socket) => {
    if (command.toLowerCase() !== name || left-- <= 0) return undefined
    socket.destroy()
    return null
  }
}

test('a connection that is lost while the server is asked for its settings is no end of the queue, and the settings are asked for again', async () => {
  await using server = await respServer(() => ADDED, 'allkeys-lru', lostAt('config'))
  await using queue = openQueue('lost', { url: server.url })
  const calls = [await failure(queue.add(1)), await failure(queue.add(1))]
  expect(calls).toMatchObject([
    { code: 'NET_CONN_CLOSED', retry: 'safe' },
    { code: 'NET_BAD_CONFIG' },
  ])
})

test('a connection that is lost while it subscribes is an error of who listens, and the next one hears', async () => {
  await using server = await respServer(() => ADDED, undefined, lostAt('subscribe'))
  const link = linkTo(server.url)
  await expect(link.listen()).rejects.toMatchObject({ code: 'NET_CONN_CLOSED' })
  await link.listen()
  link.close()
})

test('a listener whose subscription failed hears nothing later', async () => {
  let told: (() => void) | undefined
  const refuseOnce = lostAt('subscribe')
  await using server = await respServer(
    () => ADDED,
    undefined,
    (command, socket) => {
      const message = '{"type":"paused","time":1}'
      told = () => {
        const channel = 'net:{heard}:events'
        const head = `*3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n`
        socket.write(`${head}$${message.length}\r\n${message}\r\n`)
      }
      return refuseOnce(command, socket)
    },
  )
  const nothing = { age: 0, count: 0, bytes: 0 }
  const store = new RedisStore('heard', {
    url: new URL(server.url),
    keep: { done: nothing, failed: nothing, unknown: nothing },
    allowEviction: true,
  })
  const heard: string[] = []
  await expect(store.onEvent(() => heard.push('first'))).rejects.toThrow()
  const { promise, resolve } = Promise.withResolvers<void>()
  await store.onEvent(() => {
    heard.push('second')
    resolve()
  })
  told?.()
  await promise
  expect(heard).toEqual(['second'])
  await store.close()
})

test('a database that the server does not have is refused, and no job goes to another', async () => {
  await using server = await respServer(
    () => ADDED,
    undefined,
    ([command]) => (command === 'select' ? '-ERR DB index is out of range\r\n' : undefined),
  )
  await using queue = openQueue('seventh', { url: `${server.url}/7` })
  expect(await failure(queue.add(1))).toMatchObject({
    code: 'NET_REPLY_PERMANENT',
    message: expect.stringContaining('the Redis server does not have the database of the URL'),
  })
  expect(server.asked).toEqual([])
})

test('a refused password is told at once, and is in no error', async () => {
  await using server = await respServer(
    () => ADDED,
    undefined,
    ([command]) =>
      command === 'auth' ? '-WRONGPASS invalid username-password pair\r\n' : undefined,
  )
  const url = server.url.replace('//', '//user:open-sesame@')
  await using queue = openQueue('closed', { url })
  const error = await failure(queue.add(1))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', retry: 'never' })
  expect(textsOf(error)).not.toContain('open-sesame')
})

test('a percent sign in a password stands for itself where it encodes nothing', async () => {
  const given: (string | undefined)[] = []
  await using server = await respServer(
    () => ADDED,
    undefined,
    ([command, , password]) => {
      if (command === 'auth') given.push(password)
      return undefined
    },
  )
  for (const password of ['100%', 'a%25b', '%zz']) {
    const url = server.url.replace('//', `//user:${password}@`)
    await using queue = openQueue('percent', { url })
    await queue.add(1)
  }
  expect(given).toEqual(['100%', 'a%b', '%zz'])
})

test('what a server refuses is told without the payloads that went with it', async () => {
  await using server = await respServer(() => '-OOM command not allowed\r\n')
  await using queue = openQueue('full', { url: server.url })
  const calls = await Promise.all([failure(queue.add('mine')), failure(queue.add('of another'))])
  expect(calls).toMatchObject([{ code: 'NET_NO_SPACE' }, { code: 'NET_NO_SPACE' }])
  expect(textsOf(calls[0])).not.toMatch(/mine|of another/)
})

test('a server that takes a connection and says nothing is left after 15 s, and reached again', async () => {
  using clock = useFakeClock()
  let greeted = 0
  await using server = await respServer(
    () => ADDED,
    undefined,
    ([command]) => (command === 'info' && ++greeted === 1 ? null : undefined),
  )
  const link = linkTo(server.url)
  const ready = link.ready()
  await clock.until(() => greeted === 1)
  await clock.advance(15_000)
  await ready
  expect(greeted).toBe(2)
  link.close()
})

test('what is long on its way to the server is no silence of it, but one that takes nothing of it for 15 s is left', async () => {
  using clock = useFakeClock()
  let reader: Socket | undefined
  await using server = await respServer((_, socket) => {
    reader = socket
    return ADDED
  })
  using made = await connectionTo(server.url)
  const { connection, client } = made
  await connection.answer(() => client.eval('', 0))
  reader?.pause()
  const large = 'x'.repeat(16_000_000)
  const slow = failure(connection.answer(() => client.set('k', large)))
  await clock.advance(5000)
  await clock.advance(1000)
  expect(client.stream.writableEnded).toBe(false)
  // Node tells it after so long.
  expect(client.stream.timeout).toBe(15_000)
  client.stream.emit('timeout')
  expect(await slow).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('an answer is waited for while parts of it come, and for 5 s after the last one', async () => {
  using clock = useFakeClock()
  let asked: Socket | undefined
  await using server = await respServer((_, socket) => {
    asked = socket
    return undefined
  })
  using made = await connectionTo(server.url)
  const { connection, client } = made
  let answers = 0
  const answer = failure(connection.answer(() => client.eval('', 0))).finally(() => answers++)
  await clock.until(() => asked !== undefined)
  for (const part of ['$10\r\n', 'abcd', 'efgh']) {
    const read = client.stream.bytesRead
    asked?.write(part)
    await clock.until(() => client.stream.bytesRead === read + part.length)
    await clock.advance(4000)
  }
  expect(answers).toBe(0)
  await clock.advance(6000)
  expect(await answer).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

async function connectionTo(
  url: string,
): Promise<{ readonly client: Redis; readonly connection: RedisConnection } & Disposable> {
  const client = new Redis(Number(new URL(url).port), '127.0.0.1')
  const connection = new RedisConnection(client)
  await connection.ready()
  return { client, connection, [Symbol.dispose]: () => client.disconnect() }
}

function linkTo(url: string): RedisLink {
  return new RedisLink({ url: new URL(url), prefix: 'p', allowEviction: false }, silent)
}

function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** All that a logger could print of it. */
function textsOf(error: unknown): string {
  const { cause } = error as Error
  return [error, cause].map((each) => inspect(each, { depth: 9, showHidden: true })).join('\n')
}
