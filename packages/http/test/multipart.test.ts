import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { canary, expectNoCanary } from '@tools/canary'
import { fromFile, fromText, isNetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { multipartForm, type MultipartFields } from '../src/multipart.ts'
import { temporaryFolder } from './folder.ts'

const BOUNDARY = /boundary="?([^";]+)"?/

/** The bytes of the form, its boundary named BOUND. */
async function bytesOf(fields: MultipartFields): Promise<string> {
  const { type, pieces } = multipartForm(fields, undefined)
  const chunks: Uint8Array[] = []
  for (const piece of pieces)
    chunks.push(piece instanceof Uint8Array ? piece : await (piece as Blob).bytes())
  return Buffer.concat(chunks).toString().replaceAll(BOUNDARY.exec(type)![1]!, 'BOUND')
}

/** What the platform itself sends for it. */
async function platformBytes(form: FormData): Promise<string> {
  const response = new Response(form)
  const boundary = BOUNDARY.exec(response.headers.get('content-type')!)![1]!
  return (await response.text()).replaceAll(boundary, 'BOUND')
}

test.each<[string, (form: FormData) => void]>([
  ['nothing', () => {}],
  ['text', (form) => form.append('a', 'one\ntwo\rthree\r\nfour')],
  ['a name that is not ASCII', (form) => form.append('größe', 'Ü')],
  [
    'a file',
    (form) => form.append('file', new File(['x,y\n'], 'report.csv', { type: 'text/csv' })),
  ],
  ['a file of unknown type', (form) => form.append('file', new File(['\u0000'], 'b'))],
  ['a blob', (form) => form.append('file', new Blob(['x']))],
  [
    'a file whose name is not ASCII',
    (form) => form.append('f', new File(['x'], 'Übersicht 日本.pdf')),
  ],
  ['several of one name', (form) => [1, 2, 3].forEach((n) => form.append('n', String(n)))],
  ['quotes and line ends in a name', (form) => form.append('a"b\r\nc', 'x')],
  [
    'quotes and line ends in the name of a file',
    (form) => form.append('f', new File(['x'], 'a"b\r\nc\nd.txt')),
  ],
])('[HTTP-15] a form with %s has the bytes that the platform sends', async (_, fill) => {
  const form = new FormData()
  fill(form)
  expect(await bytesOf(form)).toBe(await platformBytes(form))
})

test('[HTTP-15] files with name, type and fields of their own, and several of one name', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'report.csv')
  await writeFile(path, 'a,b\n')
  await using server = await startHttpServer()
  const multipart: MultipartFields = {
    title: 'Grüße',
    count: 3,
    note: fromText('as text'),
    absent: undefined,
    file: fromFile(path),
    picture: { body: Buffer.from('png'), filename: 'dot.png', type: 'image/png' },
    part: { body: '{}', type: 'application/json', headers: { 'x-part': '1' } },
    many: [new File(['1'], '1.txt'), new File(['22'], '2.txt')],
  }
  const fields = await http.post(`${server.url}/form`, { multipart }).json<[string, unknown][]>()
  expect(fields).toMatchObject([
    ['title', 'Grüße'],
    ['count', '3'],
    ['note', 'as text'],
    ['file', { filename: 'report.csv', type: 'application/octet-stream', size: 4 }],
    ['picture', { filename: 'dot.png', type: 'image/png', size: 3 }],
    ['part', '{}'],
    ['many', { filename: '1.txt', size: 1 }],
    ['many', { filename: '2.txt', size: 2 }],
  ])
  const [seen] = server.received
  expect(seen?.headers['content-length']).toBe(String(seen?.size))
  expect(Buffer.from(seen!.body).toString()).toContain('x-part: 1\r\n')
})

test('[HTTP-15] a thousand parts', async () => {
  await using server = await startHttpServer()
  const pairs = Array.from({ length: 1000 }, (_, at) => ['n', String(at)] as const)
  const fields = await http.post(`${server.url}/form`, { multipart: pairs }).json()
  expect(fields).toEqual(pairs)
})

test('[HTTP-15] a part of unknown length makes the form one, in chunks', async () => {
  await using server = await startHttpServer()
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('some')
  }
  const fields = await http.post(`${server.url}/form`, { multipart: { body: body() } }).json()
  expect(fields).toMatchObject([['body', { filename: 'blob', size: 4 }]])
  expect(server.received[0]?.headers['transfer-encoding']).toBe('chunked')
})

test('[HTTP-17] the progress of a form counts towards its whole length', async () => {
  await using server = await startHttpServer()
  const seen: [number, number | undefined][] = []
  await http.post(`${server.url}/form`, {
    multipart: { file: new Blob([Buffer.alloc(300_000)]) },
    onProgress: ({ transferred, total }) => seen.push([transferred, total]),
  })
  const size = server.received[0]?.size
  expect(seen.at(-1)).toEqual([size, size])
})

test('[HTTP-18] each attempt sends the same boundary and bytes', async () => {
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 503 } } })
  const multipart = { a: '1', file: new Blob(['x'.repeat(100_000)]) }
  await http.put(`${server.url}/form`, { multipart, retry: { attempts: 2, delay: 1 } })
  const [first, second] = server.received
  expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
  expect(second?.size).toBe(first?.size)
})

test('[HTTP-18] a form with a stream is not sent again', async () => {
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 503 } } })
  const stream = new Blob(['x'.repeat(100_000)]).stream()
  const put = http.put(`${server.url}/form`, { multipart: { stream }, retry: 3 })
  await expect(put).rejects.toMatchObject({ status: 503 })
  expect(server.received).toHaveLength(1)
})

test('the content-type is ours: the subtype and the boundary of the caller count, the default of the client does not', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    headers: { 'content-type': 'application/json' },
  })
  const sent = async (type?: string): Promise<string | undefined> => {
    const headers = type === undefined ? {} : { 'content-type': type }
    await client.post('/json', { multipart: { a: '1' }, headers })
    return server.received.at(-1)?.headers['content-type']
  }
  expect(await sent()).toMatch(/^multipart\/form-data; boundary=----formdata-/)
  expect(await sent('multipart/form-data')).toMatch(/^multipart\/form-data; boundary=----formdata-/)
  expect(await sent('multipart/mixed; boundary="my bound"')).toBe(
    'multipart/mixed; boundary="my bound"',
  )
  expect(Buffer.from(server.received.at(-1)!.body).toString()).toContain('--my bound--\r\n')
  await expect(sent('application/json')).rejects.toMatchObject({ code: 'NET_BAD_HEADER' })
  await expect(sent('multipart/mixed; boundary=a{b')).rejects.toMatchObject({
    code: 'NET_BAD_HEADER',
  })
  const headers = { 'content-type': 'multipart/mixed; boundary=ab' }
  const within = client.post('/json', { multipart: { a: 'x--ab' }, headers })
  await expect(within).rejects.toMatchObject({ code: 'NET_BAD_HEADER' })
})

test('[H-HTTP-31] names cannot end their line, and types and fields that would are refused', async () => {
  const text = await bytesOf({ 'a"\r\nx: y': new File(['x'], '"\r\nz: 1') })
  expect(text.split('\r\n').slice(0, 4)).toEqual([
    '--BOUND',
    'Content-Disposition: form-data; name="a%22%0D%0Ax: y"; filename="%22%0D%0Az: 1"',
    'Content-Type: application/octet-stream',
    '',
  ])
  for (const part of [
    { body: 'x', type: 'a/b\r\nx: y' },
    { body: 'x', headers: { 'x-a': 'b\r\nx: y' } },
    { body: 'x', headers: { 'x\r\n': 'b' } },
  ]) {
    const error: unknown = await bytesOf({ part }).catch((thrown: unknown) => thrown)
    expect(isNetError(error) && error.code).toBe('NET_INJECTION')
  }
})

test('what cannot be sent is refused with the name of the option', async () => {
  const refused = async (multipart: unknown): Promise<unknown> =>
    http
      .post('http://127.0.0.1:9/', { multipart: multipart as MultipartFields })
      .catch((error: unknown) => error)
  for (const wrong of [5, { a: Symbol('x') }, [['a']], { a: { body: 'x', mime: 'a/b' } }])
    expect(await refused(wrong)).toMatchObject({ code: 'NET_BAD_OPTION' })
  const body = new FormData() as unknown as Uint8Array
  const asBody: unknown = await http.post('http://127.0.0.1:9/', { body }).catch((e: unknown) => e)
  expect(asBody).toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(String(asBody)).toContain('pass FormData as multipart')
})

test('a secret field is struck out where the server echoes it', async () => {
  const password = canary('form')
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 400, body: `no such user ${password}` } } })
  const post = http.post(`${server.url}/form`, { multipart: { password } })
  expectNoCanary(await post.catch((error: unknown) => error))
})
