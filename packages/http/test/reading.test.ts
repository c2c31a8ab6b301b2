import { constants } from 'node:buffer'
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'

import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { ReceivedBody, wholeBody } from '../src/body.ts'
import { decodeText, parseJson, readBytes, readStart, saveBody } from '../src/reading.ts'
import { startRawServer, type RawServer } from './raw-server.ts'

const context = { protocol: 'http' }
const rules = { most: 1000, mostJson: 1000, context }

function open(size?: number): ReceivedBody {
  return new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, size, Infinity)
}

function bodyOf(...chunks: readonly string[]): ReceivedBody {
  const body = open()
  for (const chunk of chunks) body.push(Buffer.from(chunk))
  body.end()
  return body
}

test('bytes within the limit', async () => {
  expect(Buffer.from(await readBytes(bodyOf('a', 'b'), 10, context)).toString()).toBe('ab')
  const slow = open()
  const read = readBytes(slow, 10, context)
  slow.push(Buffer.from('a'))
  slow.push(Buffer.from('b'))
  slow.end()
  expect(Buffer.from(await read).toString()).toBe('ab')
})

test('[HTTP-28] a body that is announced too long, or is, is refused', async () => {
  await expect(readBytes(open(11), 10, context)).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 10,
  })
  const body = open()
  const read = readBytes(body, 10, context)
  body.push(new Uint8Array(11))
  await expect(read).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', phase: 'receive' })
  expect(body.ended).toBe(true)
})

test('a failure has what came before as partial, which no log prints', async () => {
  const body = open()
  body.push(Buffer.from('half'))
  body.fail(netError('NET_PROTO_INCOMPLETE', { message: 'cut' }))
  const error: unknown = await readBytes(body, 10, context).catch((thrown: unknown) => thrown)
  expect(Buffer.from((error as { partial: Uint8Array }).partial).toString()).toBe('half')
  expect(Object.keys(error as object)).not.toContain('partial')
})

test('what is too long for a string is told so, also as JSON', () => {
  const bytes = Buffer.alloc(constants.MAX_STRING_LENGTH + 1)
  for (const read of [parseJson, (all: Uint8Array) => decodeText(all, 'utf-8', context)]) {
    expect(() => read(bytes, context)).toThrow(
      expect.objectContaining({
        code: 'NET_PROTO_LIMIT',
        message: expect.stringContaining('too long for a text'),
      }),
    )
  }
})

test('text in the charset asked for', () => {
  expect(decodeText(Buffer.from([0xe9]), 'latin1', context)).toBe('é')
  expect(() => decodeText(Buffer.from('a'), 'klingon', context)).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_DECODE' }),
  )
})

test('[H-HTTP-30] JSON with a BOM, deep nesting, __proto__ and NaN', () => {
  expect(parseJson(Buffer.from('\ufeff{"a":1}'), context)).toEqual({ a: 1 })
  const deep = parseJson(Buffer.from('['.repeat(500) + ']'.repeat(500)), context)
  expect(Array.isArray(deep)).toBe(true)
  const value = parseJson(Buffer.from('{"__proto__":{"x":1},"a":1,"a":2}'), context) as {
    a: number
  }
  expect(value.a).toBe(2)
  expect(({} as { x?: unknown }).x).toBeUndefined()
  for (const text of ['NaN', '', '{"a"']) {
    expect(() => parseJson(Buffer.from(text), context)).toThrow(
      expect.objectContaining({ code: 'NET_PROTO_DECODE' }),
    )
  }
})

test('[H-HTTP-30] JSON above 10 MiB is refused, and smaller JSON is parsed', async () => {
  await using server = await startHttpServer({
    routes: {
      '/big': { json: Array.from({ length: 900_000 }, (_, at) => at) },
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/bytes/10485761').json()).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 10_485_760,
  })
  expect(await client.get('/big').json<number[]>()).toHaveLength(900_000)
})

test('the beginning of a body, also if the rest fails', async () => {
  expect(Buffer.from(await readStart(bodyOf('abc', 'def'), 4)).toString()).toBe('abcd')
  const body = open()
  body.push(Buffer.from('half'))
  body.fail(netError('NET_CONN_RESET', { message: 'gone' }))
  expect(Buffer.from(await readStart(body, 100)).toString()).toBe('half')
})

test('[HTTP-26] a body goes to a file with progress, and takes its name at the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  try {
    await using server = await startHttpServer()
    const path = join(folder, 'file.bin')
    let last: unknown
    const size = await http
      .get(`${server.url}/bytes/1000000`, { onProgress: (progress) => (last = progress) })
      .saveTo(http.toFile(path))
    expect(size).toBe(1_000_000)
    expect(readFileSync(path)).toHaveLength(1_000_000)
    expect(last).toMatchObject({ transferred: 1_000_000, total: 1_000_000 })
    server.fail({ do: 'drop', after: 5000 })
    const broken = http.get(`${server.url}/bytes/1000000`, { retry: false })
    await expect(broken.saveTo(http.toFile(join(folder, 'half.bin')))).rejects.toMatchObject({
      code: 'NET_PROTO_INCOMPLETE',
      expected: 1_000_000,
    })
    expect(readdirSync(folder)).toEqual(['file.bin'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('[H-HTTP-01] a file that is cut short never gets its name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  try {
    await using server = await startHttpServer()
    server.fail({ do: 'reset', after: 5000 })
    const sink = http.toFile(join(folder, 'file.bin'), { keepPart: true })
    const call = http.get(`${server.url}/bytes/1000000`, { retry: false }).saveTo(sink)
    await expect(call).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
    expect(readdirSync(folder)).toEqual(['file.bin.part'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a sink that is stuck is let go of when the call is aborted', async () => {
  await using server = await startHttpServer()
  const controller = new AbortController()
  const stuck = Promise.withResolvers<void>()
  const call = http
    .get(`${server.url}/bytes/10000000`, { signal: controller.signal })
    .saveTo(() => {
      stuck.resolve()
      return new Promise(() => {})
    })
  await stuck.promise
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
})

test.each(['aborted', 'too slow', 'closed'])(
  'a download into a file that is %s has let go of the file when it rejects',
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), 'net-http-'))
    try {
      await using server = await startHttpServer()
      const path = join(folder, 'file.bin')
      for (let turn = 0; turn < 5; turn++) {
        const controller = new AbortController()
        const client = http.createClient()
        const end = (): void =>
          void (how === 'closed' ? client.close({ grace: 0 }) : controller.abort())
        const limits = how === 'too slow' ? { timeout: 1 + turn } : { onProgress: end }
        const { signal } = controller
        const call = client.get(`${server.url}/bytes/30000000`, { ...limits, signal, retry: false })
        await expect(call.saveTo(http.toFile(path))).rejects.toMatchObject({ protocol: 'http' })
        expect(readdirSync(folder)).toEqual([])
        expect(await http.get(`${server.url}/json`).saveTo(http.toFile(path))).toBeGreaterThan(0)
        rmSync(path)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test('a whole body is saved too', async () => {
  const chunks: Uint8Array[] = []
  expect(
    await saveBody(wholeBody(Buffer.from('abc')), (chunk) => void chunks.push(chunk), rules),
  ).toBe(3)
})

test('a sink that never ends holds no call whose body is here: its signal and limit go on', async () => {
  await using server = await startHttpServer()
  const stuck = (): Promise<void> => new Promise(() => {})
  const late = http.get(`${server.url}/json`, { timeout: 200 }).saveTo(stuck)
  await expect(late).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 200 })
  const controller = new AbortController()
  const entered = Promise.withResolvers<void>()
  const aborted = http.get(`${server.url}/json`, { signal: controller.signal }).saveTo(
    new WritableStream({
      close() {
        entered.resolve()
        return stuck()
      },
    }),
  )
  await entered.promise
  controller.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
})

test('[H-CORE-12] a stream that fails before there is an answer fails the call with its own error', async () => {
  await using server = await startHttpServer()
  const call = http.get(`${server.url}/json`).saveTo(createWriteStream('/nosuch/folder/file'))
  await expect(call).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a stream that fails while the server is silent fails the call at once', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
  })
  const sink = new PassThrough()
  const fault = new Error('the disk is full')
  const call = http.get(server.url, { retry: false }).saveTo(sink)
  sink.once('data', () => sink.destroy(fault))
  await expect(call).rejects.toBe(fault)
})

test('nothing is asked for when there is nowhere to save it', async () => {
  await using server = await startHttpServer()
  const call = http.get(`${server.url}/json`).saveTo('copy.json' as never)
  await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(server.received).toHaveLength(0)
})

const beating = async (): Promise<{ server: RawServer; beat: () => void }> => {
  let beat = (): void => {}
  const server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n')
    beat = () => void socket.write(':\n')
  })
  return { server, beat: () => beat() }
}

test('a stream that is read piece by piece lives as long as it beats, however softly', async () => {
  const { server, beat } = await beating()
  await using _ = server
  using clock = useFakeClock()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/', { timeout: { idle: 600 } })
  const lines = response.lines()[Symbol.asyncIterator]()
  for (let at = 0; at < 5; at++) {
    const next = lines.next()
    await clock.advance(500)
    beat()
    expect(await next).toEqual({ done: false, value: ':' })
  }
  const last = lines.next().then(
    () => undefined,
    (error: unknown) => error,
  )
  await clock.advance(600)
  expect(await last).toMatchObject({
    code: 'NET_TIMEOUT_IDLE',
    message: expect.stringContaining('nothing moved within 600 ms (timeout.idle)'),
  })
})

test('a body that is read whole times out if it only drips', async () => {
  const { server, beat } = await beating()
  await using _ = server
  using clock = useFakeClock()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/', { timeout: { idle: 600 } })
  const text = response.text().catch((error: unknown) => error)
  await clock.advance(500)
  beat()
  await clock.advance(100)
  expect(await text).toMatchObject({
    code: 'NET_TIMEOUT_IDLE',
    message: expect.stringContaining('less than 1 KiB moved within 600 ms (timeout.idle)'),
  })
})

test('an answer that is cut short names the line that reads it', async () => {
  await using server = await startRawServer((socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')
  })
  await using client = http.createClient({ baseUrl: server.url })
  const call = client.get('/', { retry: false })
  const error = (await call.text().catch((thrown: unknown) => thrown)) as Error
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  expect(error.stack?.split('\n')[1]).toContain('reading.test.ts')
})

test('a body goes to a file while the rest of it comes in, byte for byte', async () => {
  using place = inFolder()
  const body = open()
  const saving = saveBody(body, http.toFile(place.at('copy')), { context })
  const chunks: Buffer[] = []
  for (let number = 1; number <= 400; number++) {
    const chunk = Buffer.alloc((number * 7919) % 65_536, number)
    chunks.push(chunk)
    body.push(Buffer.from(chunk))
    if (number % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  body.end()
  const whole = Buffer.concat(chunks)
  expect(await saving).toBe(whole.length)
  expect(readFileSync(place.at('copy')).equals(whole)).toBe(true)
})

test.runIf(process.platform === 'linux')(
  'a disk that is full ends the call, though the server has nothing to say',
  async () => {
    const body = open()
    const saving = saveBody(body, http.toFile('/dev/full'), { context })
    body.push(Buffer.from('some bytes'))
    await expect(saving).rejects.toMatchObject({ code: 'NET_LOCAL_IO', cause: { code: 'ENOSPC' } })
    expect(body.ended).toBe(true)
  },
)

function inFolder(): Disposable & { at(name: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'net-body-'))
  return {
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}
