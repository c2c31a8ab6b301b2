/* What `fetch` gives: statuses, headers, bodies and their readers, integrity, and URLs that need no server. See `fetch-site.ts`. */

import { createHash } from 'node:crypto'

import { failure, refusal, type Row, startSites } from './fetch-site.ts'

const { check } = await startSites()

check('Headers of a response', [
  [
    'in any case, joined, trimmed',
    async (s) => {
      const { headers } = await s.fetch(`${s.url}/headers`)
      return ['X-a', 'x-B', 'x-empty', 'x-latin', 'x-none'].map((name) => headers.get(name))
    },
    ['1, 3', '2', '', '\u00e9', null],
  ],
  [
    'cookies apart',
    async (s) => (await s.fetch(`${s.url}/headers`)).headers.getSetCookie(),
    ['a=1', 'b=2'],
  ],
  [
    'sorted',
    async (s) => {
      const names = [...(await s.fetch(`${s.url}/headers`)).headers.keys()]
      return names.filter((name) => /^(?:x-|set-)/.test(name))
    },
    ['set-cookie', 'set-cookie', 'x-a', 'x-b', 'x-empty', 'x-latin'],
  ],
  ...(['append', 'set', 'delete'] as const).map((change): Row => [
    `${change} is refused`,
    async (s) => {
      const { headers } = await s.fetch(`${s.url}/json`)
      return refusal(() => headers[change]('x-a', '1'))
    },
    'TypeError',
  ]),
])

check('Statuses', [
  ...[200, 201, 226, 299, 300, 400, 404, 418, 500, 599, 999].map((status): Row => [
    String(status),
    async (s) => {
      const response = await s.fetch(`${s.url}/as/${status}`)
      return [
        response.status,
        response.ok,
        response.type,
        response.redirected,
        response.headers.get('x-a'),
      ]
    },
    [status, status < 300, 'basic', false, '1'],
  ]),
  ...[204, 205, 304].map((status): Row => [
    `${status} has no body`,
    async (s) => {
      const response = await s.fetch(`${s.url}/as/${status}`)
      return [response.status, response.body, await response.text(), response.bodyUsed]
    },
    [status, null, '', false],
  ]),
  ['the reason', async (s) => (await s.fetch(`${s.url}/headers`)).statusText, 'All right'],
  [
    'an interim response is not the answer',
    async (s) => (await s.fetch(`${s.url}/early`)).text(),
    'late',
  ],
  [
    'HEAD has no body',
    async (s) => {
      const response = await s.fetch(`${s.url}/json`, { method: 'HEAD' })
      return [response.status, response.body, await response.text()]
    },
    [200, null, ''],
  ],
  [
    'the URL is that of the answer, without its fragment',
    async (s) => {
      const response = await s.fetch(`${s.url}/json?a=1#b`)
      return response.url.replace(s.url, '')
    },
    '/json?a=1',
  ],
])

const read =
  (path: string, how: (response: Response) => unknown): Row[1] =>
  async (s) =>
    how(await s.fetch(s.url + path))

check('Body', [
  ['text is UTF-8, without a mark at its beginning', read('/bom', (r) => r.text()), 'x\ufeff'],
  ['what is no UTF-8 is replaced', read('/bad-utf8', (r) => r.text()), 'a\ufffdb'],
  ['JSON, behind a mark', read('/json-bom', (r) => r.json()), { a: 1 }],
  ['what is no JSON', read('/bom', (r) => failure(r.json())), 'SyntaxError'],
  ['bytes', read('/bad-utf8', async (r) => [...(await r.bytes())]), [0x61, 0xff, 0x62]],
  [
    'an ArrayBuffer of its own',
    read('/bad-utf8', async (r) => (await r.arrayBuffer()).byteLength),
    3,
  ],
  [
    'a Blob with the type',
    read('/json-bom', async (r) => (await r.blob()).type),
    'application/json;charset=utf-8',
  ],
  [
    'a form of parameters',
    read('/form', async (r) => [...(await r.formData())]),
    [
      ['a', '1'],
      ['b', 'x y'],
    ],
  ],
  [
    'a form of parts',
    read('/multipart', async (r) => {
      const form = await r.formData()
      const file = form.get('f') as File
      return [form.get('a'), file.name, file.type, await file.text()]
    }),
    ['1', 'f.txt', 'text/css', 'hi'],
  ],
  ['what is no form', read('/bom', (r) => failure(r.formData())), 'TypeError'],
  [
    'is read once',
    read('/bom', async (r) => {
      const before = r.bodyUsed
      await r.text()
      return [before, r.bodyUsed, await failure(r.text()), refusal(() => r.clone())]
    }),
    [false, true, 'TypeError', 'TypeError'],
  ],
  [
    'while somebody reads it, nobody else does',
    read('/bom', async (r) => {
      r.body?.getReader()
      return [r.bodyUsed, await failure(r.text()), refusal(() => r.clone())]
    }),
    [false, 'TypeError', 'TypeError'],
  ],
  [
    'what was cancelled was used',
    read('/bytes/100000', async (r) => {
      await r.body?.cancel()
      return [r.bodyUsed, await failure(r.text())]
    }),
    [true, 'TypeError'],
  ],
  [
    'a stream of bytes, also into memory of the reader',
    read('/bytes/10', async (r) => {
      const { value } = await r.body!.getReader({ mode: 'byob' }).read(new Uint8Array(3))
      return Buffer.from(value!).toString()
    }),
    'net',
  ],
  [
    'can be iterated',
    read('/bytes/100000', async (r) => {
      let size = 0
      for await (const chunk of r.body!) size += chunk.length
      return size
    }),
    100_000,
  ],
  [
    'is decoded, and its header stays',
    read('/gzip', async (r) => [r.headers.get('content-encoding'), await r.text()]),
    ['gzip', 'unpacked'],
  ],
  [
    'a copy has all of it',
    read('/bytes/200000', async (r) => {
      const copy = r.clone()
      const [a, b] = await Promise.all([r.text(), copy.text()])
      return [a.length, a === b, copy.status, copy.url === r.url, copy.headers.get('content-type')]
    }),
    [200_000, true, 200, true, 'application/octet-stream'],
  ],
  ['a copy of nothing', read('/as/204', (r) => r.clone().body), null],
])

check('Integrity', [
  [
    'of the body that is expected',
    async (s) => {
      const response = await s.fetch(`${s.url}/bytes/4`, { integrity: `sha256-${sha256('net ')}` })
      return [await response.text(), response.url.replace(s.url, '')]
    },
    ['net ', '/bytes/4'],
  ],
  [
    'of another',
    (s) => failure(s.fetch(`${s.url}/bytes/4`, { integrity: `sha256-${sha256('x')}` })),
    'TypeError',
  ],
  [
    'of a kind that nobody knows',
    async (s) => (await s.fetch(`${s.url}/bytes/4`, { integrity: 'md5-x' })).text(),
    'net ',
  ],
])

check('Schemes', [
  [
    'data: text',
    async (s) => {
      const response = await s.fetch('data:,a%20b')
      return [
        response.status,
        response.ok,
        response.headers.get('content-type'),
        await response.text(),
      ]
    },
    [200, true, 'text/plain;charset=US-ASCII', 'a b'],
  ],
  [
    'data: base64',
    async (s) => {
      const response = await s.fetch('data:text/css;base64,aGk=')
      return [response.headers.get('content-type'), await response.text()]
    },
    ['text/css', 'hi'],
  ],
  ['data: that is none', (s) => failure(s.fetch('data:text/css;base64')), 'TypeError'],
  [
    'blob:',
    async (s) => {
      const url = URL.createObjectURL(new Blob(['hi'], { type: 'text/css' }))
      const response = await s.fetch(url)
      const text = await response.text()
      URL.revokeObjectURL(url)
      return [response.headers.get('content-type'), response.headers.get('content-length'), text]
    },
    ['text/css', '2', 'hi'],
  ],
  ['blob: that is none', (s) => failure(s.fetch('blob:nodedata:none')), 'TypeError'],
  ...['about:blank', 'ftp://127.0.0.1/', 'file:///x', 'ws://127.0.0.1/', 'x:y'].map((url): Row => [
    `${url} is refused`,
    (s) => failure(s.fetch(url)),
    'TypeError',
  ]),
])

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
