/*
 * The clients of the HTTP bench: what each is made of and how it makes one call. None is loaded before it is asked for, so that a
 * process has no more than one of them.
 */

/** One call, answer read. */
export type Call = () => Promise<unknown>

/** The calls of a client that is made now, for a server at that origin and so many calls at once. */
export type MakeCalls = (origin: string, atOnce: number) => Promise<Call>

const limited = {
  defaults: { retry: { attempts: 3 }, timeout: { reply: 5_000, total: 20_000 } },
  maxBytes: 1_000_000,
}

/** By the name that the bench gives them; `full` is with cookies, a look into the cache, repeats, limits and a middleware. */
export const clients: Readonly<Record<string, MakeCalls>> = {
  async net(origin) {
    const { createClient } = await import('@net/http')
    const client = createClient()
    return () => client.get(`${origin}/posts/1`).json()
  },
  async equipped(origin) {
    const { createClient } = await import('@net/http')
    const client = createClient({ ...limited, middleware: [(request, next) => next(request)] })
    return () => client.get(`${origin}/posts/1`).json()
  },
  async full(origin) {
    const { createClient, createCookieJar } = await import('@net/http')
    const jar = createCookieJar()
    jar.set({ name: 'session', value: 'of-mine', domain: '127.0.0.1', path: '/' })
    const client = createClient({
      ...limited,
      middleware: [(request, next) => next(request)],
      cookies: jar,
      cache: true,
    })
    return () => client.get(`${origin}/posts/2`).json()
  },
  async 'undici dispatch'(origin, connections) {
    const { Agent } = await import('undici')
    const agent = new Agent({ connections })
    return () =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = []
        agent.dispatch(
          { origin, path: '/posts/1', method: 'GET' },
          {
            onRequestStart() {},
            onResponseStart() {},
            onResponseData(_controller, chunk) {
              chunks.push(chunk)
            },
            onResponseEnd() {
              resolve(JSON.parse(Buffer.concat(chunks).toString()))
            },
            onResponseError(_controller, error) {
              reject(error)
            },
          },
        )
      })
  },
  'undici request': (origin, connections) => byUndici(origin, connections, '/posts/1'),
  'undici request, uncached': (origin, connections) => byUndici(origin, connections, '/posts/2'),
  async fetch(origin) {
    return async () => (await fetch(`${origin}/posts/1`)).json()
  },
  async 'node:http'(origin, maxSockets) {
    const { Agent, get } = await import('node:http')
    const agent = new Agent({ keepAlive: true, maxSockets })
    return () =>
      new Promise((resolve, reject) => {
        get(`${origin}/posts/1`, { agent }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
          response.on('error', reject)
        }).on('error', reject)
      })
  },
  async got(origin, maxSockets) {
    const { Agent } = await import('node:http')
    const { default: got } = await import('got')
    const http = new Agent({ keepAlive: true, maxSockets })
    return () => got(`${origin}/posts/1`, { agent: { http } }).json()
  },
  async axios(origin, maxSockets) {
    const { Agent } = await import('node:http')
    const { create } = await import('axios')
    const instance = create({ httpAgent: new Agent({ keepAlive: true, maxSockets }) })
    return async () => (await instance.get<unknown>(`${origin}/posts/1`)).data
  },
  async ky(origin) {
    const { default: ky } = await import('ky')
    return () => ky.get(`${origin}/posts/1`).json()
  },
}

async function byUndici(origin: string, connections: number, path: string): Promise<Call> {
  const { Agent } = await import('undici')
  const agent = new Agent({ connections })
  return async () => (await agent.request({ origin, path, method: 'GET' })).body.json()
}
