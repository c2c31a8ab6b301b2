// Every endpoint of httpbin that a client can meaningfully call: our client gets what Python's requests gets.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

import * as http from '@net/http'
import { expect, test } from 'vitest'

import { startHttpbin } from './httpbin.ts'
import { PYTHON } from './python-guide.ts'
import { runProgram } from './run-program.ts'

/** A request as both clients make it. */
interface Case {
  readonly method?: string
  readonly path: string
  readonly params?: Readonly<Record<string, string | readonly string[]>>
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly body?: string
  readonly files?: Readonly<Record<string, readonly [name: string, content: string, type: string]>>
  readonly basic?: readonly [user: string, password: string]
  readonly digest?: readonly [user: string, password: string]
  readonly redirect?: false
}

/** What came of it. */
interface Outcome {
  readonly status: number
  /** Where it came from, without the server. */
  readonly path: string
  readonly history: readonly number[]
  readonly type: string | null
  /** JSON, or the digest of the bytes. */
  readonly body: unknown
}

const MARK = { 'X-Mark': 'one', Accept: '*/*' }
const CASES: readonly Case[] = [
  { path: '/get', params: { a: '1', b: ['x', 'y z'], c: 'ä&=' }, headers: MARK },
  { path: '/get?d=1', params: { e: '' } },
  { method: 'POST', path: '/post', form: { a: '1', b: 'x y&ä' } },
  { method: 'POST', path: '/post', json: { a: [1, 'ä'] } },
  { method: 'POST', path: '/post', body: 'plain ä', headers: { 'Content-Type': 'text/plain' } },
  { method: 'POST', path: '/post' },
  {
    method: 'POST',
    path: '/post',
    form: { note: 'ä' },
    files: {
      file: ['a.txt', 'content ä', 'text/plain'],
      other: ['b.bin', 'more', 'application/x-b'],
    },
  },
  { method: 'PUT', path: '/put', json: { a: 1 } },
  { method: 'PATCH', path: '/patch', json: { a: 1 } },
  { method: 'DELETE', path: '/delete', params: { a: '1' } },
  ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE'].map((method) => ({
    method,
    path: '/anything/a%20b',
  })),
  { method: 'HEAD', path: '/get' },
  { method: 'OPTIONS', path: '/get' },
  ...[200, 204, 301, 304, 400, 401, 404, 418, 500].map((status) => ({
    path: `/status/${status}`,
    redirect: false as const,
  })),
  { path: '/redirect/3' },
  { path: '/redirect/2', redirect: false },
  { path: '/relative-redirect/2' },
  { path: '/absolute-redirect/2' },
  ...['301', '302', '303', '307', '308'].map((status_code) => ({
    method: 'POST',
    path: '/redirect-to',
    params: { url: '/anything', status_code },
    form: { a: '1' },
  })),
  { path: '/cookies/set', params: { one: '1', two: 'zwei' } },
  { path: '/cookies/set/three/3' },
  { path: '/cookies' },
  { path: '/cookies/delete', params: { one: '' } },
  { path: '/basic-auth/ada/secret', basic: ['ada', 'secret'] },
  { path: '/basic-auth/ada/secret', basic: ['ada', 'wrong'] },
  { path: '/hidden-basic-auth/ada/secret', basic: ['ada', 'secret'] },
  { path: '/bearer', headers: { Authorization: 'Bearer token-1' } },
  { path: '/bearer' },
  ...['MD5', 'SHA-256', 'SHA-512'].map((algorithm) => ({
    path: `/digest-auth/auth/ada/secret/${algorithm}`,
    digest: ['ada', 'secret'] as const,
  })),
  { path: '/digest-auth/auth/ada/wrong', digest: ['ada', 'secret'] },
  { path: '/cache' },
  { path: '/cache', headers: { 'If-None-Match': '"a"' } },
  { path: '/cache/60' },
  { path: '/etag/tag' },
  { path: '/etag/tag', headers: { 'If-None-Match': '"tag"' } },
  { path: '/etag/tag', headers: { 'If-Match': '"other"' } },
  { path: '/response-headers', params: { 'X-One': '1', 'X-Two': ['a', 'b'] } },
  ...[
    'gzip',
    'deflate',
    'encoding/utf8',
    'html',
    'xml',
    'robots.txt',
    'deny',
    'forms/post',
    'ip',
    'user-agent',
    'headers',
  ].map((name) => ({ path: `/${name}` })),
  ...['png', 'jpeg', 'svg', 'webp'].map((kind) => ({ path: `/image/${kind}` })),
  { path: '/image', headers: { Accept: 'image/png' } },
  { path: '/base64/aMO8IQ==' },
  { path: '/bytes/1000', params: { seed: '7' } },
  { path: '/stream-bytes/5000', params: { seed: '7', chunk_size: '100' } },
  { path: '/stream/5' },
  { path: '/drip', params: { numbytes: '5', duration: '0.1', delay: '0' } },
  { path: '/delay/0' },
  { path: '/range/100' },
  { path: '/range/100', headers: { Range: 'bytes=10-19' } },
  { path: '/range/100', headers: { Range: 'bytes=200-' } },
  { path: '/links/3/1' },
  { path: '/no/such/route' },
]

test('every endpoint of httpbin gives what requests gives', async (context) => {
  await using server = await startHttpbin(context)
  const theirs = await byRequests(server.url)
  const ours = await byUs(server.url)
  const compared = CASES.map((each, at) => ({ case: each, ours: ours[at], theirs: theirs[at] }))
  const differ = compared.filter((each) => !isDeepStrictEqual(each.ours, each.theirs))
  expect(differ).toEqual([])
  expect(ours).toHaveLength(CASES.length)
})

async function byUs(baseUrl: string): Promise<readonly Outcome[]> {
  await using client = http.createClient({
    baseUrl,
    cookies: true,
    throwHttpErrors: false,
    headers: { 'user-agent': 'compared', accept: '*/*', 'accept-encoding': 'gzip, deflate' },
    defaults: { retry: false },
  })
  const outcomes: Outcome[] = []
  for (const { method = 'GET', path, basic, digest, files, form, ...given } of CASES) {
    const auth = basic === undefined ? digest && http.digest(...digest) : http.basic(...basic)
    outcomes.push(
      await outcomeOf(
        await client.request(method, path, { ...given, ...bodyOf(form, files), auth }),
        baseUrl,
      ),
    )
  }
  return outcomes
}

function bodyOf(form: Case['form'], files: Case['files']): http.RequestOptions {
  if (files === undefined) return { form }
  const multipart = new FormData()
  for (const [name, value] of Object.entries(form ?? {})) multipart.append(name, value)
  for (const [name, [file, content, type]] of Object.entries(files))
    multipart.append(name, new Blob([content], { type }), file)
  return { multipart }
}

async function outcomeOf(response: http.HttpResponse, baseUrl: string): Promise<Outcome> {
  return {
    status: response.status,
    path: response.url.replace(baseUrl, ''),
    history: response.history.map(({ status }) => status),
    type: response.headers.get('content-type') ?? null,
    body: comparable(await response.bytes()),
  }
}

async function byRequests(baseUrl: string): Promise<readonly Outcome[]> {
  const input = JSON.stringify({ base: baseUrl, cases: CASES })
  const { stdout, stderr, status } = await runProgram(PYTHON, ['-c', REQUESTS], input)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const told = JSON.parse(stdout) as readonly (Omit<Outcome, 'body'> & { readonly body: string })[]
  return told.map((each) => ({ ...each, body: comparable(Buffer.from(each.body, 'base64')) }))
}

/** What both have to have in common: of JSON, also line by line, its meaning. */
function comparable(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    const documents = text.startsWith('{"') ? text.trim().split('\n') : [text]
    return documents.map((each) => JSON.parse(each, likened) as unknown)
  } catch {
    return createHash('sha256').update(bytes).digest('hex')
  }
}

function likened(name: string, value: unknown): unknown {
  // Connections are each client's own affair, and requests says of each DELETE and TRACE that it has no body.
  if (name === 'Connection' || (name === 'Content-Length' && value === '0')) return undefined
  // Each multipart body has a boundary of its own, and a length by that.
  if (name === 'headers') return withoutBoundary(value)
  return name === 'Cookie' ? String(value).replace(/last_nonce=\w+/u, 'last_nonce=…') : value
}

function withoutBoundary(headers: unknown): unknown {
  const fields = { ...(headers as Readonly<Record<string, string>>) }
  if (!fields['Content-Type']?.startsWith('multipart/form-data; boundary=')) return headers
  return { ...fields, 'Content-Type': 'multipart/form-data', 'Content-Length': '…' }
}

const REQUESTS = `
import base64, json, sys
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth
given = json.load(sys.stdin)
base = given['base']
session = requests.Session()
session.trust_env = False
session.headers.update({'User-Agent': 'compared', 'Accept': '*/*', 'Accept-Encoding': 'gzip, deflate'})
outcomes = []
for case in given['cases']:
    auth = None
    if 'basic' in case: auth = HTTPBasicAuth(*case['basic'])
    if 'digest' in case: auth = HTTPDigestAuth(*case['digest'])
    body = case['body'].encode() if 'body' in case else case.get('form')
    method = case.get('method', 'GET')
    files = {name: (file, content.encode(), type) for name, (file, content, type) in case.get('files', {}).items()}
    headers = dict(case.get('headers', {}))
    if 'json' in case:
        # Python writes blanks between members; the same bytes are compared.
        body = json.dumps(case['json'], separators=(',', ':'), ensure_ascii=False).encode()
        headers['Content-Type'] = 'application/json'
    answer = session.request(method, base + case['path'], params=case.get('params'), headers=headers,
        data=body, files=files or None, auth=auth, allow_redirects=case.get('redirect', True))
    outcomes.append({
        'status': answer.status_code,
        'path': answer.url.replace(base, ''),
        # A challenge is no redirect.
        'history': [each.status_code for each in answer.history if each.is_redirect],
        'type': answer.headers.get('content-type'),
        'body': base64.b64encode(answer.content).decode(),
    })
json.dump(outcomes, sys.stdout)
`
