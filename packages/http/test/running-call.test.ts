import { AsyncLocalStorage } from 'node:async_hooks'

import { AbortError, type LogRecord } from '@net/core'
import * as http from '@net/http'
import { expect, test } from 'vitest'

import { startRawServer } from './raw-server.ts'

const once = { retry: false } as const
const LONG = 1_000_000

/** A server that sends the head of a long body and the beginning of it. */
const beginning = (): ReturnType<typeof startRawServer> =>
  startRawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${LONG}\r\n\r\nabc`)
  })

test('a middleware that throws after its answer came leaves no unread body behind', async () => {
  await using server = await beginning()
  const mine = new Error('mine')
  const throws: http.Middleware = async (request, next) => {
    await next(request)
    throw mine
  }
  await using client = http.createClient({ baseUrl: server.url, middleware: [throws] })
  await expect(client.get('/', once)).rejects.toBe(mine)
  await expect.poll(() => server.open).toBe(0)
})

test('a body that is read by somebody goes on when the middleware throws', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc')
  })
  const chunks: string[] = []
  let read = Promise.resolve()
  const throws: http.Middleware = async (request, next) => {
    const { body } = await next(request)
    read = (async () => {
      for await (const chunk of body) {
        chunks.push(Buffer.from(chunk).toString())
        break
      }
    })()
    throw new Error('mine')
  }
  await using client = http.createClient({ baseUrl: server.url, middleware: [throws] })
  await expect(client.get('/', once)).rejects.toThrow('mine')
  await read
  expect(chunks).toEqual(['abc'])
})

test('a middleware that does not hear is left when the call is aborted', async () => {
  const controller = new AbortController()
  const stuck: http.Middleware = () => {
    controller.abort('enough')
    return new Promise(() => {})
  }
  await using client = http.createClient({ middleware: [stuck] })
  const call = client.get('http://host.test/', { signal: controller.signal })
  await expect(call).rejects.toBeInstanceOf(AbortError)
})

test('an answer that a middleware gives after the abort reaches nobody, and is given up', async () => {
  await using server = await beginning()
  const controller = new AbortController()
  let given: http.HttpResponse | undefined
  const late: http.Middleware = async (request, next) => {
    given = await next(request)
    controller.abort('enough')
    return given
  }
  await using client = http.createClient({ baseUrl: server.url, middleware: [late] })
  const call = client.get('/', { ...once, signal: controller.signal })
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'enough' })
  expect(await given?.closed).toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => server.open).toBe(0)
})

/** A client whose answers are status 500, with that body of the caller's own. */
function failingWith(chunks: () => AsyncGenerator<Uint8Array, void>): http.HttpClient {
  const response = http.createResponse({ status: 500 })
  const body: http.HttpBody = {
    size: undefined,
    closed: new Promise(() => {}),
    cancel() {},
    [Symbol.asyncIterator]: chunks as () => AsyncIterator<Uint8Array>,
  }
  Object.defineProperty(response, 'body', { value: body })
  return http.createClient({ handler: async () => response })
}

test('what the body of a refused answer throws reaches the caller', async () => {
  const mine = new Error('mine')
  await using client = failingWith(async function* () {
    yield Buffer.from('a')
    throw mine
  })
  await expect(client.get('http://host.test/', once)).rejects.toMatchObject({ cause: mine })
})

test('the body of a refused answer that does not hear is left when the call is aborted', async () => {
  const controller = new AbortController()
  await using client = failingWith(async function* () {
    controller.abort('enough')
    await new Promise(() => {})
    yield Buffer.from('a')
  })
  const call = client.get('http://host.test/', { ...once, signal: controller.signal })
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'enough' })
})

test('what a call tells, and asks, comes in the async context of its caller, whoever made the connection', async () => {
  await using server = await startRawServer((socket, number) => {
    const status = number % 2 === 0 ? '200 OK' : '503 Not Now'
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
    socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 60000\r\n\r\n`)
    // Behind the head, and little enough to be dropped on the kept connection.
    setImmediate(() => socket.write(Buffer.alloc(60_000)))
  })
  const caller = new AsyncLocalStorage<string>()
  const heard = new Set<string>()
  const hear = (what: string): void => void heard.add(`${caller.getStore()}: ${what}`)
  // What happens in a pool belongs to no call.
  const sink = {
    write: ({ fields, message }: LogRecord) => {
      if (fields['event'] !== 'pool') hear(message)
    },
  }
  await using client = http.createClient({
    baseUrl: server.url,
    connections: 1,
    log: { sink, level: 'trace' },
  })
  const call = (): Promise<Uint8Array> =>
    client
      .get('/', {
        onInterim: () => hear('onInterim'),
        onProgress: () => hear('onProgress'),
        retry: { delay: 0, when: () => (hear('when'), true) },
      })
      .bytes()
  const heardBy = async (name: string): Promise<string[]> => {
    heard.clear()
    await caller.run(name, call)
    return [...heard]
  }
  const first = await heardBy('first')
  expect(first).toContain('first: when')
  expect(first).toContain('first: onProgress')
  expect(first).toContain('first: onInterim')
  const isOthers = (name: string) => (what: string) => !what.startsWith(`${name}: `)
  expect(first.filter(isOthers('first'))).toEqual([])
  expect((await heardBy('second')).filter(isOthers('second'))).toEqual([])
  expect(server.heard).toHaveLength(1)
})

test('an answer of a middleware or a handler that throws when it is looked at fails the call', async () => {
  const broken = new Proxy(http.createResponse(), {
    get(_, name) {
      if (name === 'then') return undefined
      throw new Error('broken')
    },
  })
  const unended = {
    status: 200,
    headers: new http.HttpHeaders(),
    body: { cancel() {} },
    get closed(): never {
      throw new Error('broken')
    },
  } as unknown as http.HttpResponse
  const options: readonly http.ClientOptions[] = [
    { middleware: [async () => broken] },
    { handler: async () => broken },
    { middleware: [async () => unended] },
  ]
  for (const each of options) {
    await using client = http.createClient({ ...each, baseUrl: 'http://127.0.0.1:9' })
    await expect(client.get('/', once)).rejects.toThrow('broken')
  }
})

test('an answer that was to be repeated is given up when the decision to repeat throws', async () => {
  await using server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 503 Busy\r\ncontent-length: ${LONG}\r\n\r\nabc`)
  })
  const mine = new Error('mine')
  const when = (): never => {
    throw mine
  }
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', { retry: { attempts: 2, when } })).rejects.toBe(mine)
  await expect.poll(() => server.open).toBe(0)
})
