/* What `fetch` sends: methods, headers, bodies, and the Request and the URL that it is given. See `fetch-site.ts`. */

import { failure, type Row, type Seen, type Site, startSites, stream } from './fetch-site.ts'

const { check } = await startSites()

check('Methods', [
  ...['get', 'Delete', 'pOst', 'PUT', 'options'].map((method): Row => [
    method,
    async (s) => (await s.seen({ method })).method,
    method.toUpperCase(),
  ]),
  ...['cHiCken', 'UNICORN'].map((method): Row => [
    `${method}, as it is`,
    async (s) => (await s.seen({ method })).method,
    method,
  ]),
  ...['CONNECT', 'trace', 'TRACK', 'a b', '', 'GET\n'].map((method): Row => [
    `${JSON.stringify(method)} is refused`,
    (s) => failure(s.seen({ method })),
    'TypeError',
  ]),
  ...['GET', 'HEAD'].map((method): Row => [
    `${method} with a body is refused`,
    (s) => failure(s.seen({ method, body: '' })),
    'TypeError',
  ]),
])

check('Headers of a request', [
  [
    'equal names in any case are one',
    async (s) =>
      (
        await s.seen({
          headers: [
            ['X-A', '1'],
            ['x-a', '2'],
          ],
        })
      ).headers['x-a'],
    '1, 2',
  ],
  [
    'blanks around a value are none of it',
    async (s) => (await s.seen({ headers: { 'x-a': ' \t v w\t ' } })).headers['x-a'],
    'v w',
  ],
  [
    'each character is a byte',
    async (s) => (await s.seen({ headers: { 'x-a': '\u00e9' } })).headers['x-a'],
    '\u00e9',
  ],
  ['an empty value', async (s) => (await s.seen({ headers: { 'x-a': '' } })).headers['x-a'], ''],
  ['Accept, where there is none', async (s) => (await s.seen()).headers['accept'], '*/*'],
  [
    'Accept, where there is one',
    async (s) => (await s.seen({ headers: { accept: 'a/b' } })).headers['accept'],
    'a/b',
  ],
  ...[{ 'x a': '1' }, { '': '1' }, { 'x-a': '1\n2' }, { 'x-a': '\u0434' }, { 'x-a': '\0' }].map(
    (headers): Row => [
      `${JSON.stringify(headers)} is refused`,
      (s) => failure(s.seen({ headers: headers as Record<string, string> })),
      'TypeError',
    ],
  ),
  [
    'pairs of three are refused',
    (s) => failure(s.seen({ headers: [['a', 'b', 'c']] as unknown as [string, string][] })),
    'TypeError',
  ],
  // Which browsers forbid, and Node allows.
  ...['cookie', 'origin', 'referer', 'user-agent', 'via', 'date', 'dnt'].map((name): Row => [
    `${name} is the program's`,
    async (s) => (await s.seen({ headers: { [name]: 'mine' } })).headers[name],
    'mine',
  ]),
])

const typeOf = (body: NonNullable<RequestInit['body']>) => async (s: Site) => {
  const { headers, body: text } = await s.seen({ method: 'POST', body })
  return [headers['content-type'], headers['content-length'], text]
}

check('BodyInit', [
  ['text', typeOf('gr\u00fc\u00df'), ['text/plain;charset=UTF-8', '6', 'gr\u00fc\u00df']],
  ['empty text', typeOf(''), ['text/plain;charset=UTF-8', '0', '']],
  ['text with half a pair', typeOf('\ud800'), ['text/plain;charset=UTF-8', '3', '\ufffd']],
  [
    'parameters',
    typeOf(new URLSearchParams({ a: '1 \u00fc' })),
    ['application/x-www-form-urlencoded;charset=UTF-8', '10', 'a=1+%C3%BC'],
  ],
  ['a Blob', typeOf(new Blob(['x'], { type: 'Text/CSS' })), ['text/css', '1', 'x']],
  ['a Blob without a type', typeOf(new Blob(['x'])), [undefined, '1', 'x']],
  ['bytes', typeOf(Uint8Array.of(97, 98)), [undefined, '2', 'ab']],
  [
    'a view of a part',
    typeOf(new DataView(new TextEncoder().encode('abcd').buffer, 1, 2)),
    [undefined, '2', 'bc'],
  ],
  ['an ArrayBuffer', typeOf(new TextEncoder().encode('ab').buffer), [undefined, '2', 'ab']],
  [
    'nothing',
    async (s) => {
      const { headers, body } = await s.seen({ method: 'POST', body: null })
      return [headers['content-type'], headers['content-length'], body]
    },
    [undefined, '0', ''],
  ],
  [
    'the type that the call says',
    async (s) =>
      (await s.seen({ method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } })).headers[
        'content-type'
      ],
    'a/b',
  ],
  [
    'a form',
    async (s) => {
      const body = new FormData()
      body.append('a', '1')
      const { headers } = await s.seen({ method: 'POST', body })
      return headers['content-type']?.startsWith('multipart/form-data; boundary=')
    },
    true,
  ],
  [
    'a stream is sent in chunks',
    async (s) => {
      const { headers, body } = await s.seen(stream(Buffer.from('a'), Buffer.from('b')))
      return [headers['content-length'], headers['transfer-encoding'], body]
    },
    [undefined, 'chunked', 'ab'],
  ],
  [
    'a stream without duplex is refused',
    (s) => failure(s.seen({ ...stream(), duplex: undefined } as unknown as RequestInit)),
    'TypeError',
  ],
  [
    'a stream that is read elsewhere is refused',
    (s) => {
      const init = stream(Buffer.from('a'))
      ;(init.body as ReadableStream).getReader()
      return failure(s.seen(init))
    },
    'TypeError',
  ],
  [
    'a stream that fails',
    (s) => {
      const body = new ReadableStream({
        pull: (controller) => controller.error(new RangeError('mine')),
      })
      return failure(s.seen({ method: 'POST', body, duplex: 'half' }))
    },
    'TypeError',
  ],
])

check('Request', [
  [
    'method, headers and body are its own',
    async (s) => {
      const request = new Request(`${s.url}/echo`, {
        method: 'PUT',
        body: 'x',
        headers: { 'x-a': '1' },
      })
      const { method, headers, body } = (await (await s.fetch(request)).json()) as Seen
      return [method, headers['x-a'], body, request.bodyUsed]
    },
    ['PUT', '1', 'x', true],
  ],
  [
    'what the call says is in the place of it',
    async (s) => {
      const request = new Request(`${s.url}/echo`, {
        method: 'PUT',
        body: 'x',
        headers: { 'x-a': '1' },
      })
      const init = { method: 'POST', body: 'y', headers: { 'x-b': '2' } }
      const { method, headers, body } = (await (await s.fetch(request, init)).json()) as Seen
      return [method, headers['x-a'], headers['x-b'], body]
    },
    ['POST', undefined, '2', 'y'],
  ],
  [
    'is sent once',
    async (s) => {
      const request = new Request(`${s.url}/echo`, { method: 'PUT', body: 'x' })
      await s.fetch(request)
      return failure(s.fetch(request))
    },
    'TypeError',
  ],
  [
    'a copy is sent too',
    async (s) => {
      const request = new Request(`${s.url}/echo`, { method: 'PUT', body: 'x' })
      const copy = request.clone()
      await s.fetch(request)
      return ((await (await s.fetch(copy)).json()) as Seen).body
    },
    'x',
  ],
  [
    'one without a body is sent any time',
    async (s) => {
      const request = new Request(`${s.url}/json`)
      await s.fetch(request)
      return (await s.fetch(request)).status
    },
    200,
  ],
  ['a URL object', async (s) => (await s.fetch(new URL('/json', s.url))).status, 200],
  [
    'anything with a text',
    async (s) => (await s.fetch({ toString: () => `${s.url}/json` } as URL)).status,
    200,
  ],
  ...['/json', 'http://', 'http://a b/', '//'].map((url): Row => [
    `${url} is refused`,
    (s) => failure(s.fetch(url)),
    'TypeError',
  ]),
])

check('URLs', [
  [
    'one with credentials is refused',
    (s) => failure(s.fetch(`${s.url.replace('//', '//ada:x@')}/json`)),
    'TypeError',
  ],
  [
    'one with a user is refused',
    (s) => failure(s.fetch(`${s.url.replace('//', '//ada@')}/json`)),
    'TypeError',
  ],
])
