import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { toFile, type FileSink, type NetError, type Progress } from '@net/core'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Reply, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './folder.ts'

const CONTENT = Buffer.from(Array.from({ length: 2000 }, (_, at) => `line ${at}\n`).join(''))
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')
const SOON = { attempts: 2, delay: 1 }

interface Place extends AsyncDisposable {
  readonly server: HttpServer
  readonly url: string
  readonly path: string
}

/** A server with a file, and where it is to be. */
async function place(route: Route): Promise<Place> {
  const folder = await temporaryFolder()
  const server = await startHttpServer({ routes: { '/file': route } })
  return {
    server,
    url: `${server.url}/file`,
    path: join(folder.path, 'file'),
    async [Symbol.asyncDispose]() {
      await server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const ranged = (
  body: Buffer,
  headers: Readonly<Record<string, string>> = { etag: '"1"' },
): Reply => ({
  body,
  headers,
  ranges: true,
})

/** Leaves a part of 5,000 bytes and its version, as a call that was cut does. */
async function cutFirst({ server, url, path }: Place): Promise<void> {
  server.fail({ on: '/file', after: 5200, do: 'drop' })
  const cut = http.download(url, toFile(path), { resume: true, retry: false })
  await expect(cut).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  expect(existsSync(`${path}.part`)).toBe(true)
}

test('[HTTP-26] a whole file, with progress, and nothing else is left', async () => {
  await using at = await place(ranged(CONTENT))
  const seen: Progress[] = []
  const result = await http.download(at.url, toFile(at.path), {
    onProgress: (progress) => seen.push(progress),
  })
  expect(result).toMatchObject({
    size: CONTENT.length,
    transferred: CONTENT.length,
    verified: true,
  })
  expect(result.headers.get('etag')).toBe('"1"')
  expect(await readFile(at.path)).toEqual(CONTENT)
  expect(seen.at(-1)).toMatchObject({ transferred: CONTENT.length, total: CONTENT.length })
  expect(existsSync(`${at.path}.part.http`)).toBe(false)
})

test('[HTTP-27] what is cut goes on at the byte where it ended', async () => {
  await using at = await place(ranged(CONTENT))
  at.server.fail({ on: '/file', after: 5200, do: 'drop' })
  const result = await http.download(at.url, toFile(at.path), { retry: SOON })
  expect(result).toMatchObject({ size: CONTENT.length, transferred: CONTENT.length })
  expect(await readFile(at.path)).toEqual(CONTENT)
  const [, second] = at.server.received
  expect(second?.headers.range).toMatch(/^bytes=\d{4}-$/)
  expect(second?.headers['if-range']).toBe('"1"')
})

test('[HTTP-27] the next call goes on where an earlier one ended', async () => {
  await using at = await place(ranged(CONTENT))
  await cutFirst(at)
  const { length: had } = await readFile(`${at.path}.part`)
  const result = await http.download(at.url, toFile(at.path), { resume: true })
  expect(result).toMatchObject({ size: CONTENT.length, transferred: CONTENT.length - had })
  expect(await readFile(at.path)).toEqual(CONTENT)
  expect(existsSync(`${at.path}.part.http`)).toBe(false)
})

test('[HTTP-27] into a stream, within a call', async () => {
  await using at = await place(ranged(CONTENT))
  at.server.fail({ on: '/file', after: 5200, do: 'drop' })
  const chunks: Uint8Array[] = []
  await http.download(at.url, (chunk) => void chunks.push(chunk), { retry: SOON })
  expect(Buffer.concat(chunks)).toEqual(CONTENT)
})

test('without resume nothing is left of a failure', async () => {
  await using at = await place(ranged(CONTENT))
  at.server.fail({ on: '/file', after: 5200, do: 'drop' })
  const cut = http.download(at.url, toFile(at.path), { retry: false })
  await expect(cut).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  expect(existsSync(`${at.path}.part`)).toBe(false)
  expect(existsSync(`${at.path}.part.http`)).toBe(false)
})

test('a stream that has its beginning already gets the error of the cut, where the rest is not known to fit', async () => {
  await using at = await place(ranged(CONTENT, { etag: 'W/"1"' }))
  at.server.fail({ on: '/file', after: 5200, do: 'drop' })
  const into = http.download(at.url, () => {}, { retry: SOON })
  await expect(into).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
})

test.each<[string, Route]>([
  ['a changed file', ranged(Buffer.concat([CONTENT, CONTENT]), { etag: '"2"' })],
  ['no ranges', { body: CONTENT, headers: { etag: '"1"' } }],
  ['a part that begins behind', part({ first: 6000 })],
  ['a part of another version', part({ etag: '"2"' })],
  ['a part of a file of another size', part({ total: CONTENT.length + 1 })],
  ['a part without a Content-Range', part({ range: '' })],
  ['parts in several pieces', part({ range: '', type: 'multipart/byteranges; boundary=x' })],
  ['a part that begins before', part({ first: 512 })],
  ['a part that begins at the beginning', part({ first: 0 })],
  ['a refusal of the range', refusal(String(CONTENT.length))],
  ['a refusal that says nothing', refusal('')],
])(
  '[H-HTTP-24] the file is whole and of one version, whatever the answer to a range: %s',
  async (_, route) => {
    const routes = { first: true }
    await using at = await place((request, exchange) => {
      if (routes.first) return ranged(CONTENT)
      return typeof route === 'function' ? route(request, exchange) : route
    })
    await cutFirst(at)
    routes.first = false
    const { size } = await http.download(at.url, toFile(at.path), { resume: true })
    const whole = await readFile(at.path)
    expect(whole.length).toBe(size)
    expect(whole.subarray(0, CONTENT.length)).toEqual(CONTENT)
    expect([CONTENT.length, CONTENT.length * 2]).toContain(size)
  },
)

test('[H-HTTP-24] a server that always sends another part than it says is an error, and no file', async () => {
  await using at = await place((request) =>
    request.headers.range === undefined
      ? { status: 206, body: 'x' }
      : { status: 206, headers: { 'content-range': 'bytes 7-9/10' }, body: 'xyz' },
  )
  const download = http.download(at.url, toFile(at.path), { retry: false })
  await expect(download).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(existsSync(at.path)).toBe(false)
})

test('[H-HTTP-24] a server that sends less than it was asked for is asked again', async () => {
  await using at = await place((request) => {
    const [, from = '0'] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
    const first = Number(from)
    const body = CONTENT.subarray(first, first + 4000)
    const range = `bytes ${first}-${first + body.length - 1}/${CONTENT.length}`
    return { status: 206, headers: { 'content-range': range, etag: '"1"' }, body }
  })
  await http.download(at.url, toFile(at.path))
  expect(await readFile(at.path)).toEqual(CONTENT)
  expect(at.server.received.length).toBe(Math.ceil(CONTENT.length / 4000))
})

test('[H-HTTP-24] a part that is all of the file gets its name', async () => {
  await using at = await place(ranged(CONTENT))
  await cutFirst(at)
  await writeFile(`${at.path}.part`, CONTENT)
  const result = await http.download(at.url, toFile(at.path), { resume: true })
  expect(result).toMatchObject({ size: CONTENT.length, transferred: 0 })
  expect(at.server.received).toHaveLength(2)
})

test('[H-HTTP-24] a refusal of the same version means that all is there', async () => {
  let first = true
  await using at = await place((request, exchange) => {
    if (first) return ranged(CONTENT)
    const refused = refusal(String(CONTENT.length), { etag: '"1"' }) as (
      ...given: readonly unknown[]
    ) => Reply
    return refused(request, exchange)
  })
  await cutFirst(at)
  first = false
  await writeFile(`${at.path}.part`, CONTENT)
  const result = await http.download(at.url, toFile(at.path), { resume: true })
  expect(result).toMatchObject({ size: CONTENT.length, transferred: 0 })
  expect(at.server.received).toHaveLength(2)
})

test('a part whose version nobody knows is begun anew', async () => {
  await using at = await place(ranged(CONTENT))
  await writeFile(`${at.path}.part`, 'what somebody left')
  await http.download(at.url, toFile(at.path), { resume: true })
  expect(await readFile(at.path)).toEqual(CONTENT)
  expect(at.server.received[0]?.headers.range).toBeUndefined()
})

test('[HTTP-27] with a checksum a part goes on without a version, and is begun anew if it was another one', async () => {
  await using at = await place(ranged(CONTENT, {}))
  const options = { resume: true, checksum: { sha256: SHA256 } }
  await writeFile(`${at.path}.part`, CONTENT.subarray(0, 1000))
  const fitting = await http.download(at.url, toFile(at.path), options)
  expect(fitting).toMatchObject({ transferred: CONTENT.length - 1000, verified: true })
  await writeFile(`${at.path}.part`, 'x'.repeat(1000))
  await http.download(at.url, toFile(at.path), options)
  expect(await readFile(at.path)).toEqual(CONTENT)
  expect(at.server.received.map((each) => each.headers.range)).toEqual([
    'bytes=1000-',
    'bytes=1000-',
    undefined,
  ])
})

test('a wrong checksum leaves no file and no part', async () => {
  await using at = await place(ranged(CONTENT))
  const checksum = { sha256: SHA256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
  const wrong = http.download(at.url, toFile(at.path), { checksum, resume: true, retry: false })
  await expect(wrong).rejects.toMatchObject({ code: 'NET_CHECKSUM_MISMATCH' })
  for (const end of ['', '.part', '.part.http']) expect(existsSync(at.path + end)).toBe(false)
})

test('a file that is labelled with a coding is saved and hashed as it is sent', async () => {
  const archive = gzipSync(CONTENT)
  await using at = await place(ranged(archive, { etag: '"1"', 'content-encoding': 'gzip' }))
  const checksum = { sha256: createHash('sha256').update(archive).digest('hex') }
  await http.download(at.url, toFile(at.path), { checksum })
  expect(await readFile(at.path)).toEqual(archive)
  expect(at.server.received[0]?.headers['accept-encoding']).toBe('identity')
  await http.download(at.url, toFile(at.path), { decompress: true })
  expect(await readFile(at.path)).toEqual(CONTENT)
})

test('[HTTP-27] a file that is labelled with a coding goes on where it was cut, in bytes as they are sent', async () => {
  const archive = gzipSync(randomBytes(20_000))
  await using at = await place(ranged(archive, { etag: '"1"', 'content-encoding': 'gzip' }))
  at.server.fail({ on: '/file', after: 10_000, do: 'drop' })
  const seen: Progress[] = []
  const result = await http.download(at.url, toFile(at.path), {
    retry: SOON,
    checksum: { sha256: createHash('sha256').update(archive).digest('hex') },
    onProgress: (progress) => seen.push(progress),
  })
  expect(result).toMatchObject({ size: archive.length, transferred: archive.length })
  expect(await readFile(at.path)).toEqual(archive)
  expect(at.server.received[1]?.headers).toMatchObject({
    range: expect.stringMatching(/^bytes=\d+-$/) as string,
    'accept-encoding': 'identity',
  })
  expect(seen.at(-1)).toMatchObject({ transferred: archive.length, total: archive.length })
})

test('a cache that has the file in a coding does not give that to who wants it as it is', async () => {
  await using at = await place(({ headers }) => ({
    headers: { 'cache-control': 'max-age=60' },
    body: CONTENT,
    ...(headers['accept-encoding'] === 'identity' ? {} : { coding: 'gzip' as const }),
  }))
  await using client = http.createClient({ cache: true })
  expect(await client.get(at.url).text()).toBe(CONTENT.toString())
  await client.download(at.url, toFile(at.path))
  expect(await readFile(at.path)).toEqual(CONTENT)
  await client.get(at.url).saveTo(toFile(at.path))
  expect(await readFile(at.path)).toEqual(CONTENT)
})

test('an abort settles with the part closed and kept', async () => {
  await using at = await place({
    body: (async function* () {
      yield CONTENT
      await new Promise(() => {})
    })(),
    headers: { etag: '"1"' },
  })
  const controller = new AbortController()
  const reason = new Error('enough')
  const aborted = http.download(at.url, toFile(at.path), {
    resume: true,
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  })
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED', cause: reason })
  expect(await readFile(`${at.path}.part`)).toEqual(CONTENT)
})

test('an abort lets go of a file that is still being opened, however long that takes', async () => {
  await using at = await place(ranged(CONTENT))
  const controller = new AbortController()
  // Opening begins with a look at the path, and this machine is busy.
  const path: PropertyDescriptor = {
    get() {
      queueMicrotask(() => {
        controller.abort()
        // Longer than an operation waits for work that it has stopped.
        for (const end = performance.now() + 60; performance.now() < end;);
      })
      return at.path
    },
  }
  const sink = Object.defineProperties({} as FileSink, {
    ...Object.getOwnPropertyDescriptors(toFile(at.path)),
    path,
  })
  const aborted = http.download(at.url, sink, { signal: controller.signal })
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const again = (): Promise<string> =>
    http.download(at.url, toFile(at.path)).then(
      () => 'done',
      (error: NetError) => error.code,
    )
  await expect.poll(again).toBe('done')
  expect(existsSync(`${at.path}.part`)).toBe(false)
})

test('a missing file is the error of its status', async () => {
  await using at = await place({ status: 404 })
  const missing = http.download(at.url, toFile(at.path))
  await expect(missing).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(at.server.received).toHaveLength(1)
})

/** A 206 that says what it likes; the rest of the file without a range. */
function part(odd: {
  readonly first?: number
  readonly etag?: string
  readonly total?: number
  readonly range?: string
  readonly type?: string
}): Route {
  return ({ headers }) => {
    const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '')
    if (asked === null) return { body: CONTENT, headers: { etag: odd.etag ?? '"1"' } }
    const { first = Number(asked[1]), total = CONTENT.length, etag = '"1"' } = odd
    const range = odd.range ?? `bytes ${first}-${CONTENT.length - 1}/${total}`
    return {
      status: 206,
      body: CONTENT.subarray(first),
      headers: {
        etag,
        ...(range === '' ? {} : { 'content-range': range }),
        'content-type': odd.type ?? 'text/plain',
      },
    }
  }
}

/** A 416 for every range. */
function refusal(size: string, fields: Readonly<Record<string, string>> = {}): Route {
  return ({ headers }) => {
    if (headers.range === undefined) return ranged(CONTENT)
    const range: Readonly<Record<string, string>> =
      size === '' ? {} : { 'content-range': `bytes */${size}` }
    return { status: 416, headers: { ...range, ...fields } }
  }
}

test.each<[string, Reply, http.DownloadOptions]>([
  [
    '404 where no status is an error',
    { status: 404, body: 'no such page' },
    { throwHttpErrors: false },
  ],
  [
    '503 where no status is an error',
    { status: 503, body: 'later' },
    { throwHttpErrors: false, retry: false },
  ],
  ['304 to a condition', { status: 304 }, { headers: { 'if-none-match': '"1"' } }],
  [
    '302 that is not followed',
    { status: 302, headers: { location: '/a' }, body: 'moved' },
    { redirect: false },
  ],
  ['300', { status: 300, body: 'choose' }, {}],
])('%s is no file, and what is there stays', async (_, reply, options) => {
  await using at = await place(reply)
  await writeFile(at.path, 'the file')
  const call = http.download(at.url, toFile(at.path), options)
  await expect(call).rejects.toThrow(`the server answered ${reply.status}`)
  expect(await readFile(at.path, 'utf8')).toBe('the file')
})
