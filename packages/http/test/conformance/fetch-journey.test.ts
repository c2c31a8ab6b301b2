/* Where `fetch` goes: redirects; and how it is stopped. See `fetch-site.ts`. */

import { failure, type Row, type Seen, type Site, startSites, stream } from './fetch-site.ts'

const { check } = await startSites()

const landed = async (response: Response): Promise<unknown> => {
  const { method, headers, body } = (await response.json()) as Seen
  return [method, headers['content-type'], headers['content-length'], body]
}
const post = { method: 'POST', body: 'x' } as const
const through = (status: number, init: RequestInit) => async (s: Site) =>
  landed(await s.fetch(`${s.url}/to?status=${status}&to=/echo`, init))
const keeps = ['text/plain;charset=UTF-8', '1', 'x']

check('Redirects', [
  ['301 makes GET of POST', through(301, post), ['GET', undefined, undefined, '']],
  ['302 makes GET of POST', through(302, post), ['GET', undefined, undefined, '']],
  [
    '303 makes GET of PUT',
    through(303, { ...post, method: 'PUT' }),
    ['GET', undefined, undefined, ''],
  ],
  ['301 keeps PUT', through(301, { ...post, method: 'PUT' }), ['PUT', ...keeps]],
  ['302 keeps DELETE', through(302, { method: 'DELETE' }), ['DELETE', undefined, undefined, '']],
  ['307 keeps POST', through(307, post), ['POST', ...keeps]],
  ['308 keeps POST', through(308, post), ['POST', ...keeps]],
  [
    '303 keeps HEAD',
    async (s) => (await s.fetch(`${s.url}/to?status=303&to=/json`, { method: 'HEAD' })).status,
    200,
  ],
  [
    '20 of them',
    async (s) => {
      const response = await s.fetch(`${s.url}/hops/20`)
      return [response.redirected, response.url.replace(s.url, ''), await response.text()]
    },
    [true, '/hops/0', 'there'],
  ],
  ['21 are too many', (s) => failure(s.fetch(`${s.url}/hops/21`)), 'TypeError'],
  [
    'without a place to go it is the answer',
    async (s) => {
      const response = await s.fetch(`${s.url}/no-location`)
      return [response.status, response.redirected, await response.text()]
    },
    [302, false, 'here'],
  ],
  [
    'other statuses of 3xx are the answer',
    async (s) => (await s.fetch(`${s.url}/to?status=300&to=/json`)).status,
    300,
  ],
  ...['http://', 'ftp://127.0.0.1/', 'data:,x', 'about:blank'].map((to): Row => [
    `to ${to} is refused`,
    (s) => failure(s.fetch(`${s.url}/to?to=${encodeURIComponent(to)}`)),
    'TypeError',
  ]),
  ['error', (s) => failure(s.fetch(`${s.url}/hops/1`, { redirect: 'error' })), 'TypeError'],
  [
    'error, without a redirect',
    async (s) => (await s.fetch(`${s.url}/hops/0`, { redirect: 'error' })).status,
    200,
  ],
  [
    'manual',
    async (s) => {
      const response = await s.fetch(`${s.url}/hops/1`, { redirect: 'manual' })
      return [response.status, response.redirected, response.headers.get('location')]
    },
    [302, false, '/hops/0'],
  ],
  [
    'a mode that is none',
    (s) => failure(s.fetch(`${s.url}/json`, { redirect: 'maybe' as never })),
    'TypeError',
  ],
  [
    'a stream is not sent twice',
    (s) => failure(s.fetch(`${s.url}/to?status=307&to=/echo`, stream(Buffer.from('a')))),
    'TypeError',
  ],
  [
    'a stream is dropped by 303',
    async (s) => {
      const response = await s.fetch(`${s.url}/to?status=303&to=/echo`, stream(Buffer.from('a')))
      return ((await response.json()) as Seen).method
    },
    'GET',
  ],
  [
    'to another origin nothing goes that proves who asks',
    async (s) => {
      const headers = { authorization: 'Bearer x', cookie: 'a=1', 'x-a': '1' }
      const response = await s.fetch(`${s.url}/to?to=${s.other}/echo`, { headers })
      const seen = ((await response.json()) as Seen).headers
      return [seen['authorization'], seen['cookie']]
    },
    [undefined, undefined],
  ],
  [
    'within the origin it goes on',
    async (s) => {
      const response = await s.fetch(`${s.url}/to?to=/echo`, {
        headers: { authorization: 'Bearer x', 'x-a': '1' },
      })
      const seen = ((await response.json()) as Seen).headers
      return [seen['authorization'], seen['x-a']]
    },
    ['Bearer x', '1'],
  ],
])

const reason = new Error('of mine')

check('Aborting', [
  [
    'before it begins',
    (s) =>
      s
        .fetch(`${s.url}/json`, { signal: AbortSignal.abort(reason) })
        .catch((e: unknown) => e === reason),
    true,
  ],
  [
    'without a reason',
    (s) => failure(s.fetch(`${s.url}/json`, { signal: AbortSignal.abort() })),
    'AbortError',
  ],
  [
    'while it waits',
    async (s) => {
      const controller = new AbortController()
      const call = s.fetch(`${s.url}/slow`, { signal: controller.signal })
      controller.abort(reason)
      return call.catch((e: unknown) => e === reason)
    },
    true,
  ],
  [
    'while the body comes',
    async (s) => {
      const controller = new AbortController()
      const response = await s.fetch(`${s.url}/drip`, { signal: controller.signal })
      const text = response.text()
      controller.abort(reason)
      return text.catch((e: unknown) => e === reason)
    },
    true,
  ],
  [
    'before the body is read',
    async (s) => {
      const controller = new AbortController()
      const response = await s.fetch(`${s.url}/drip`, { signal: controller.signal })
      controller.abort()
      return failure(response.text())
    },
    'AbortError',
  ],
  [
    'behind the end of the body nothing happens',
    async (s) => {
      const controller = new AbortController()
      const response = await s.fetch(`${s.url}/hops/0`, { signal: controller.signal })
      const text = await response.text()
      controller.abort()
      return text
    },
    'there',
  ],
  [
    'by the signal of a Request',
    (s) => {
      const request = new Request(`${s.url}/json`, { signal: AbortSignal.abort(reason) })
      return s.fetch(request).catch((e: unknown) => e === reason)
    },
    true,
  ],
  [
    'not by that, where the call has one',
    async (s) => {
      const request = new Request(`${s.url}/json`, { signal: AbortSignal.abort(reason) })
      return (await s.fetch(request, { signal: new AbortController().signal })).status
    },
    200,
  ],
  [
    'not by that, where the call wants none',
    async (s) => {
      const request = new Request(`${s.url}/json`, { signal: AbortSignal.abort(reason) })
      return (await s.fetch(request, { signal: null })).status
    },
    200,
  ],
  [
    'by what is no signal',
    (s) => failure(s.fetch(`${s.url}/json`, { signal: {} as AbortSignal })),
    'TypeError',
  ],
])
