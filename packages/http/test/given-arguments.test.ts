import * as http from '@net/http'
import { acceptWebSocket, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { givenOptions, givenUrl } from '../src/given-arguments.ts'

interface Echo {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const numbers = ['1', '2', '3']

/** What the server got of three calls, whose arguments are one object that is changed right behind each call. */
async function sent<T>(
  argument: T,
  change: (argument: T, number: string) => void,
  call: (client: http.HttpClient, url: string, argument: T) => PromiseLike<Echo>,
): Promise<readonly Echo[]> {
  await using server = await startHttpServer()
  await using client = http.createClient()
  const calls = numbers.map((number) => {
    change(argument, number)
    return call(client, `${server.url}/echo`, argument)
  })
  return await Promise.all(calls)
}

type Fields = Record<string, string>

function setNumber(target: URLSearchParams | Headers | FormData, number: string): void {
  target.set('x-n', number)
}

test('a URL that is changed behind the call is the next call’s', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient()
  const url = new URL('/echo', server.url)
  const calls = numbers.flatMap((number) => {
    url.searchParams.set('n', number)
    const part: Uint8Array[] = []
    return [
      client.get(url).text(),
      client.download(url, (chunk) => void part.push(Buffer.from(chunk))),
      client.fetch(url).then((response) => response.text()),
    ]
  })
  const pages = client.pages(url)
  url.searchParams.set('n', '4')
  for await (const page of pages) await page.text()
  await Promise.all(calls)
  const asked = server.received.map(({ target }) => target).toSorted()
  const wanted = [...numbers, ...numbers, ...numbers, '3'].map((number) => `/echo?n=${number}`)
  expect(asked).toEqual(wanted.toSorted())
})

test.each<[string, () => Promise<readonly Echo[]>]>([
  [
    'an object of headers',
    () =>
      sent<Fields>(
        {},
        (headers, number) => void (headers['x-n'] = number),
        (client, url, headers) => client.get(url, { headers }).json<Echo>(),
      ),
  ],
  [
    'Headers',
    () =>
      sent(new Headers(), setNumber, (client, url, headers) =>
        client.get(url, { headers }).json<Echo>(),
      ),
  ],
  [
    'Headers of a download',
    () =>
      sent(new Headers(), setNumber, async (client, url, headers) => {
        const chunks: Uint8Array[] = []
        const sink = (chunk: Uint8Array): void => void chunks.push(Buffer.from(chunk))
        await client.download(url, sink, { headers })
        return JSON.parse(Buffer.concat(chunks).toString()) as Echo
      }),
  ],
  [
    'Headers of fetch',
    () =>
      sent(new Headers(), setNumber, async (client, url, headers) => {
        const response = await client.fetch(url, { headers })
        return (await response.json()) as Echo
      }),
  ],
  [
    'a Request',
    () =>
      sent(
        { headers: new Headers() },
        ({ headers }, number) => headers.set('x-n', number),
        async (client, url, { headers }) => {
          const request = new Request(url)
          for (const [name, value] of headers) request.headers.set(name, value)
          const response = client.fetch(request)
          request.headers.set('x-n', 'later')
          return (await (await response).json()) as Echo
        },
      ),
  ],
])('%s that is changed behind the call is the next call’s', async (_, run) => {
  const echoes = await run()
  expect(echoes.map(({ headers }) => headers['x-n'])).toEqual(numbers)
})

test.each<[string, () => Promise<readonly Echo[]>]>([
  [
    'json',
    () =>
      sent(
        { n: '' },
        (json, number) => void (json.n = number),
        (client, url, json) => client.post(url, { json }).json<Echo>(),
      ),
  ],
  [
    'a form',
    () =>
      sent(new URLSearchParams(), setNumber, (client, url, form) =>
        client.post(url, { form }).json<Echo>(),
      ),
  ],
  [
    'FormData',
    () =>
      sent(new FormData(), setNumber, (client, url, multipart) =>
        client.post(url, { multipart }).json<Echo>(),
      ),
  ],
  [
    'the options themselves',
    () =>
      sent<{ body?: string }>(
        {},
        (options, number) => void (options.body = `x-n=${number}`),
        (client, url, options) => client.post(url, options).json<Echo>(),
      ),
  ],
  [
    'bytes of fetch',
    () =>
      sent(
        Buffer.from('x-n=0'),
        (bytes, number) => void bytes.write(number, 4),
        async (client, url, body) =>
          (await (await client.fetch(url, { method: 'POST', body })).json()) as Echo,
      ),
  ],
  [
    'FormData of fetch',
    () =>
      sent(
        new FormData(),
        setNumber,
        async (client, url, body) =>
          (await (await client.fetch(url, { method: 'POST', body })).json()) as Echo,
      ),
  ],
  [
    'a form of fetch',
    () =>
      sent(
        new URLSearchParams(),
        setNumber,
        async (client, url, body) =>
          (await (await client.fetch(url, { method: 'POST', body })).json()) as Echo,
      ),
  ],
])('%s that is changed behind the call is the next call’s body', async (_, run) => {
  const echoes = await run()
  const bodies = echoes.map(({ body }) => /(?:n"?[=:]|\r\n\r\n)"?(\d)/.exec(body)?.[1])
  expect(bodies).toEqual(numbers)
})

test('the headers of a WebSocket and of an event source are those of the call', async () => {
  await using server = await startHttpServer({
    routes: {
      '/socket': (request) => acceptWebSocket(request, () => {}),
      '/events': { headers: { 'content-type': 'text/event-stream' }, body: 'data: 1\n\n' },
    },
  })
  await using client = http.createClient()
  const headers = new Headers({ 'x-n': '1' })
  const url = new URL('/events', server.url)
  const socket = client.webSocket(`${server.url}/socket`, { headers })
  const events = client.eventSource(url, { headers, reconnect: false })
  headers.set('x-n', '2')
  url.pathname = '/nowhere'
  await (await socket).close()
  expect(await Array.fromAsync(events)).toMatchObject([{ data: '1' }])
  expect(server.received.map((request) => request.headers['x-n'])).toEqual(['1', '1'])
})

test('what is wrong passes as it is, and what code of the caller throws fails the call', async () => {
  const list: readonly unknown[] = []
  for (const wrong of [undefined, null, 5, 'text', list, new AbortController()])
    expect(givenOptions(wrong as object)).toBe(wrong)
  for (const wrong of [undefined, null, 5]) expect(givenUrl(wrong as unknown as string)).toBe(wrong)
  const thrown = new Error('no headers')
  const headers: Iterable<[string, string]> = {
    [Symbol.iterator]() {
      throw thrown
    },
  }
  await using client = http.createClient()
  await expect(client.get('http://127.0.0.1:1', { headers })).rejects.toThrow('no headers')
  const json = {
    toJSON(): never {
      throw new TypeError('no JSON of this')
    },
  }
  await expect(client.post('http://127.0.0.1:1', { json })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})

test.each([
  [
    'the options',
    () => ({
      get timeout(): number {
        return mine()
      },
    }),
  ],
  [
    'the headers',
    () => ({
      headers: {
        get a(): string {
          return mine()
        },
      },
    }),
  ],
])('a getter of %s that throws fails the call, and is not thrown by it', async (_what, options) => {
  await using client = http.createClient({ baseUrl: 'http://127.0.0.1:1' })
  const call = client.get('/', options())
  await expect(call).rejects.toThrow('mine')
})

function mine(): never {
  throw new Error('mine')
}

test('a form of a generator keeps its secrets out of errors', async () => {
  await using server = await startHttpServer({
    routes: { '/login': { status: 400, body: 'wrong: swordfish-of-the-seas' } },
  })
  await using client = http.createClient()
  const multipart = new Map([['password', 'swordfish-of-the-seas']]).entries()
  const error: unknown = await client
    .post(`${server.url}/login`, { multipart })
    .then(undefined, (thrown: unknown) => thrown)
  expect(JSON.stringify(error)).toContain('[secret]')
  expect(JSON.stringify(error)).not.toContain('swordfish')
})
