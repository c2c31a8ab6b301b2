import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import * as http from '@net/http'
import { expect, test } from 'vitest'

await using client = http.createClient({
  baseUrl: 'https://api.example/v1',
  headers: { 'user-agent': null, 'accept-encoding': null },
})

const NO_OWN = "-H 'accept:' -H 'user-agent:'"

test.each<[string, string, string, http.RequestOptions, string]>([
  ['GET', 'GET', '/a', {}, "curl -H 'accept: */*' -H 'user-agent:' https://api.example/v1/a"],
  [
    'HEAD',
    'HEAD',
    '/a',
    { headers: { accept: null } },
    `curl --head ${NO_OWN} https://api.example/v1/a`,
  ],
  [
    'a method',
    'PUT',
    '/a',
    { headers: { accept: null }, body: "it's" },
    String.raw`curl -X PUT -H 'content-type: text/plain;charset=UTF-8' ${NO_OWN} --data-binary 'it'\''s' https://api.example/v1/a`,
  ],
  [
    'JSON',
    'POST',
    '/a?b=1',
    { headers: { accept: null }, json: { a: 1 } },
    `curl -H 'content-type: application/json' ${NO_OWN} --data-binary '{"a":1}' 'https://api.example/v1/a?b=1'`,
  ],
  [
    'an empty field',
    'GET',
    '/a',
    { headers: { accept: null, 'x-none': '' } },
    `curl -H 'x-none;' ${NO_OWN} https://api.example/v1/a`,
  ],
  [
    'a coding',
    'GET',
    '/a',
    { headers: { accept: null, 'accept-encoding': 'gzip' } },
    `curl -H 'accept-encoding: gzip' ${NO_OWN} --compressed https://api.example/v1/a`,
  ],
  [
    'bytes that are no text',
    'POST',
    '/a',
    { headers: { accept: null }, body: Buffer.from([255, 0]) },
    String.raw`printf '\377\000' | curl ${NO_OWN} -H 'content-type:' --data-binary @- https://api.example/v1/a`,
  ],
  [
    'a text that curl would take for a file',
    'POST',
    '/a',
    { headers: { accept: null, 'content-type': null }, body: '@/etc/passwd' },
    `printf '@/etc/passwd' | curl ${NO_OWN} -H 'content-type:' --data-binary @- https://api.example/v1/a`,
  ],
  [
    'what curl would take for several places',
    'GET',
    '/a[1-3]?b={c,d}',
    { headers: { accept: null } },
    `curl --globoff ${NO_OWN} 'https://api.example/v1/a[1-3]?b={c,d}'`,
  ],
])('%s', (_what, ...[method, path, options, expected]) => {
  expect(http.toCurl(client.build(method, path, options))).toBe(expected)
})

test('secrets are written only where the caller says so', () => {
  const request = client.build('GET', '/a', {
    headers: { accept: null, 'x-api-key': 'my key' },
    params: { token: 'abc', 'a-b': '1', '1key': 'no', key: 'abc' },
  })
  expect(http.toCurl(request)).toBe(
    `curl -H 'x-api-key: '"$X_API_KEY" ${NO_OWN} 'https://api.example/v1/a?token='"$TOKEN"'&a-b=1&1key=no&key='"$KEY"`,
  )
  expect(http.toCurl(request, { secrets: true })).toBe(
    `curl -H 'x-api-key: my key' ${NO_OWN} 'https://api.example/v1/a?token=abc&a-b=1&1key=no&key=abc'`,
  )
})

test('a shell reads each word as it was', async () => {
  const text = `a'b"c$HOME \`id\` \\ \n!`
  const request = client.build('POST', '/a', { headers: { accept: null }, body: text })
  const words = http.toCurl(request).replace(/^curl/, 'printf "%s\\0"')
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', words])
  expect(stdout.split('\0')).toContain(text)
})

test('what is no request is refused', () => {
  expect(() => http.toCurl({} as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
