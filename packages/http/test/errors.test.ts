import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { isNetError, isRetryable, ReplyError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { HttpHeaders, HttpStatusError } from '@net/http'
import { expect, test } from 'vitest'

const errorOf = (status: number, headers = {}): HttpStatusError =>
  new HttpStatusError({
    status,
    statusText: 'Words',
    headers: new HttpHeaders(headers),
    text: 'body',
  })

test.each([
  [400, 'NET_REPLY_PERMANENT', 'never'],
  [401, 'NET_AUTH_REJECTED', 'never'],
  [403, 'NET_ACCESS_DENIED', 'never'],
  [404, 'NET_NOT_FOUND', 'never'],
  [410, 'NET_NOT_FOUND', 'never'],
  [408, 'NET_REPLY_TEMPORARY', 'idempotent'],
  [421, 'NET_REPLY_TEMPORARY', 'safe'],
  [425, 'NET_REPLY_TEMPORARY', 'safe'],
  [429, 'NET_REPLY_TEMPORARY', 'safe'],
  [500, 'NET_REPLY_TEMPORARY', 'idempotent'],
  [501, 'NET_REPLY_PERMANENT', 'never'],
  [503, 'NET_REPLY_TEMPORARY', 'idempotent'],
])('%i is %s, to be repeated: %s', (status, code, retry) => {
  const error = errorOf(status)
  expect(error).toMatchObject({ code, retry, status, reply: { status, text: 'body' } })
  expect(isRetryable(error, { idempotent: true })).toBe(retry !== 'never')
})

test('it has the words behind the status, which are printed in the message alone', () => {
  const error = errorOf(404)
  expect(error.statusText).toBe('Words')
  expect(inspect(error).match(/Words/gu)).toHaveLength(1)
  const other = new HttpStatusError({
    status: 500,
    statusText: 'a\u001b[2J',
    headers: HttpHeaders.none,
  })
  expect(other.statusText).not.toContain('\u001b')
})

test('it is a ReplyError with a name of its own', () => {
  const error = errorOf(404)
  expect(error).toBeInstanceOf(ReplyError)
  expect(error).toBeInstanceOf(HttpStatusError)
  expect(isNetError(error)).toBe(true)
  expect(error.name).toBe('HttpStatusError')
  expect(error.message).toBe('the server answered 404 Words')
})

test.each([
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
  ['Thu Jan  1 00:01:00 2026', 60_000],
  ['1.5', 1500],
  ['0.25', 250],
  ['30.0', 30_000],
  ['-1', undefined],
  ['1.5 seconds', undefined],
  ['2026-01-01', undefined],
  ['soon', undefined],
  ['99999999999', undefined],
])('[H-HTTP-32] Retry-After: %s', (text, expected) => {
  using clock = useFakeClock()
  expect(clock.now()).toBe(0)
  expect(errorOf(503, { 'retry-after': text }).retryAfter).toBe(expected)
})

test('control characters of the server are harmless in the message', () => {
  const error = new HttpStatusError({
    status: 500,
    statusText: 'bad\u001b[31m',
    headers: HttpHeaders.none,
  })
  expect(error.message).toBe(String.raw`the server answered 500 bad\x1b[31m`)
})

/** What a program of one file prints when an error ends it. */
async function uncaught(program: string): Promise<readonly string[]> {
  const options = ['--conditions=@net/source', '--input-type=module', '--eval', program]
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const { promise, resolve } = Promise.withResolvers<string>()
  execFile(process.execPath, options, { cwd }, (_error, _printed, said) => resolve(said))
  return (await promise).split('\n')
}

const refused = `http.get('http://127.0.0.1:1/x'`
const twice = `await Promise.allSettled([${refused}), ${refused})])`

test.each([
  ['a call', `const ask = async () => {\n  await ${refused})\n}\nawait ask()`, 'ask'],
  ['three attempts', `await ${refused}, { retry: { attempts: 3, delay: 1 } })`, 'eval'],
  ['a group', `throw groupError((${twice}).map((each) => each.reason))`, 'eval'],
])(
  'the error of %s that nobody catches is printed in a few lines, one of them the caller’s',
  async (_what, call, name) => {
    const imports = `import * as http from '@net/http'\nimport { groupError } from '@net/core/authoring'\n`
    const lines = await uncaught(imports + call)
    const from = lines.findIndex((line) => /^(?:Connect|Group)Error: /.test(line))
    const until = lines.findIndex((line, at) => at > from && line === '}')
    expect(lines.slice(from, until).join('\n')).toMatch(
      new RegExp(`\\n {4}at .*${name}.*:\\d+:\\d+`),
    )
    expect(until - from).toBeGreaterThan(3)
    expect(until - from).toBeLessThanOrEqual(14)
  },
)
