import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

interface Echo {
  readonly method: string
  readonly query: readonly (readonly [string, string])[]
  readonly body: string
}

test.each([
  ['GET', http.get],
  ['POST', http.post],
  ['PUT', http.put],
  ['PATCH', http.patch],
  ['DELETE', http.delete],
  ['OPTIONS', http.options],
] as const)('[HTTP-01] %s', async (method, verb) => {
  await using server = await startHttpServer()
  const echo = await verb(`${server.url}/echo`, { params: { q: 'x' } }).json<Echo>()
  expect(echo).toMatchObject({ method, query: [['q', 'x']] })
})

test('[HTTP-01] HEAD, and any other method', async () => {
  await using server = await startHttpServer()
  expect((await http.head(`${server.url}/json`)).status).toBe(200)
  const echo = await http.request('PROPFIND', `${server.url}/echo`, { json: [1] }).json<Echo>()
  expect(echo).toMatchObject({ method: 'PROPFIND', body: '[1]' })
})

test('verbs never throw, they reject', async () => {
  for (const call of [
    () => http.get('no url'),
    () => http.get('http://host/', { headers: { 'a\n': 'x' } }),
    () => http.post('http://host/', { json: 1n }),
    () => http.post('http://host/', { body: 5 as unknown as string }),
    () => http.get('http://host/', { timeout: -1 }),
  ]) {
    const call1 = call()
    await expect(call1).rejects.toMatchObject({ name: 'ArgumentError', protocol: 'http' })
  }
})

test.each([
  ['an option that does not exist', { frobnicate: 1 }],
  ['a value that is not JSON', { json: 1n }],
  ['a signal that has aborted before', { signal: AbortSignal.abort() }],
])('so does the stack of a call that is refused at once: %s', async (_why, options) => {
  const error = (await http
    .post('http://127.0.0.1:1/', options as object)
    .catch((thrown: unknown) => thrown)) as Error
  const lines = error.stack?.split('\n') ?? []
  expect(lines[1]).toContain('verbs.test.ts')
  expect(lines.join('\n')).not.toMatch(/netError|inCall|running-operation/)
})

test.each([
  ['localhost:3000/x', 'the scheme must be http or https; write http:// in front of the host'],
  ['ftp://host/x', 'the scheme must be http or https'],
  ['/json', 'it has no scheme such as https:, and there is no baseUrl to join it to'],
])('what is wrong with the URL %s, and what helps', async (url, why) => {
  await expect(http.get(url)).rejects.toMatchObject({
    code: 'NET_BAD_URL',
    message: `http GET: the URL is not valid: ${why}`,
  })
})

test.each([
  [{ prefixUrl: 'x' }, 'createClient({ baseUrl })'],
  [{ proxy: 'x' }, 'createClient({ proxy })'],
  [{ verify: false }, 'tls: { dangerouslySkipVerification: true }'],
  [{ method: 'PUT' }, 'request(method, url)'],
])('what a call does not take, and who does: %j', async (options, who) => {
  await expect(http.get('http://host/', options as object)).rejects.toThrow(`; use ${who}`)
})

test('the stack of an error names the line that waited for the call', async () => {
  const error = (await http
    .get('http://127.0.0.1:1/', { retry: false })
    .catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('verbs.test.ts')
})

test.each([
  [new FormData(), 'pass FormData as multipart'],
  [new URLSearchParams('a=1'), 'pass URLSearchParams as form'],
  [{ a: 1 }, 'pass an object as json or as form'],
  [[1, 2], 'pass a list as json'],
])('a body that other clients take is refused with what helps here', async (body, help) => {
  await expect(http.post('http://host/', { body } as object)).rejects.toThrow(
    `http POST: body must be a string or bytes, a stream, fromFile(path) or fromText(text); ${help}`,
  )
})
