/*
 * Small JSON documents over HTTP, 50 at once: ours beside undici's own interfaces, the platform's fetch and node:http, got,
 * axios and ky, and clients of Python; ours with repeats, limits and a middleware beside undici, and with cookies and the cache as
 * well. The server is an nginx.
 */

import { Agent as HttpAgent, get } from 'node:http'

import * as http from '@net/http'
import { create } from 'axios'
import got from 'got'
import ky from 'ky'
import { Agent, type Dispatcher } from 'undici'

import { startNginx } from './http-nginx.ts'
import { pythonPeer } from './http-python.ts'
import { compare, type Contender } from './pairs.ts'

const REQUESTS = 5_000
/** For those that take ten times as long. */
const FEWER = 1_000
const AT_ONCE = 50

using nginx = await startNginx(0)
const { origin } = nginx
const url = `${origin}/posts/1`
const agent = new Agent({ connections: AT_ONCE })
const nodeAgent = new HttpAgent({ keepAlive: true, maxSockets: AT_ONCE })
const instance = create({ httpAgent: nodeAgent })
const client = http.createClient()
const equipped = http.createClient({
  defaults: { retry: { attempts: 3 }, timeout: { reply: 5_000, total: 20_000 } },
  maxBytes: 1_000_000,
  middleware: [(request, next) => next(request)],
})
const jar = http.createCookieJar()
jar.set({ name: 'session', value: 'of-mine', domain: '127.0.0.1', path: '/' })
const loaded = http.createClient({
  defaults: { retry: { attempts: 3 }, timeout: { reply: 5_000, total: 20_000 } },
  maxBytes: 1_000_000,
  middleware: [(request, next) => next(request)],
  cookies: jar,
  cache: true,
})
const byUndici = (path: string) => async () =>
  (await agent.request({ origin, path, method: 'GET' })).body.json()
const undiciRequest = many('undici request', byUndici('/posts/1'))
using python = new DisposableStack()
const peers: Contender[] = []
for (const name of ['requests', 'aiohttp', 'httpx']) {
  const peer = await pythonPeer(name, { url, requests: FEWER, atOnce: AT_ONCE })
  if (peer === undefined) console.log(`${name} is not installed`)
  else peers.push(python.use(peer))
}

await compare(
  `JSON GETs, ${AT_ONCE} at once`,
  'a second',
  many('net', () => client.get(url).json()),
  [
    many('undici dispatch', () => dispatch(agent)),
    undiciRequest,
    many('fetch', async () => (await fetch(url)).json()),
    many('node:http', byNode),
    many('got', () => got(url, { agent: { http: nodeAgent } }).json(), FEWER),
    many('axios', async () => (await instance.get<unknown>(url)).data, FEWER),
    many('ky', () => ky.get(url).json(), FEWER),
    ...peers,
  ],
)
await compare(
  `JSON GETs with repeats, limits and a middleware, ${AT_ONCE} at once`,
  'a second',
  many('net', () => equipped.get(url).json()),
  [undiciRequest],
)
await compare(
  `JSON GETs with cookies, a look into the cache, repeats, limits and a middleware, ${AT_ONCE} at once`,
  'a second',
  many('net', () => loaded.get(`${origin}/posts/2`).json()),
  [many('undici request', byUndici('/posts/2'))],
)

await client.close()
await equipped.close()
await loaded.close()
await agent.close()
nodeAgent.destroy()

function many(name: string, once: () => Promise<unknown>, requests = REQUESTS): Contender {
  return {
    name,
    async run() {
      let left = requests
      const worker = async (): Promise<void> => {
        while (left-- > 0) await once()
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      return requests
    },
  }
}

function byNode(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(url, { agent: nodeAgent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
      response.on('error', reject)
    }).on('error', reject)
  })
}

function dispatch(dispatcher: Dispatcher): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    dispatcher.dispatch(
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
}
