/*
 * Small JSON documents over HTTP, 50 at once: ours beside undici's own interfaces, the platform's fetch, got and
 * axios, against a node:http server in another process.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent as HttpAgent } from 'node:http'

import * as http from '@net/http'
import { create } from 'axios'
import got from 'got'
import { Agent, type Dispatcher } from 'undici'

import { compare, type Contender } from './pairs.ts'

const REQUESTS = 5_000
const AT_ONCE = 50

const child = fork(new URL('http-server.ts', import.meta.url))
const [origin] = (await once(child, 'message')) as [string]
const url = `${origin}/posts/1`
const agent = new Agent({ connections: AT_ONCE })
const nodeAgent = new HttpAgent({ keepAlive: true, maxSockets: AT_ONCE })
const instance = create({ httpAgent: nodeAgent })
const client = http.createClient()

await compare(
  `JSON GETs, ${AT_ONCE} at once`,
  'a second',
  many('net', () => client.get(url).json()),
  [
    many('undici dispatch', () => dispatch(agent)),
    many('undici request', async () =>
      (await agent.request({ origin, path: '/posts/1', method: 'GET' })).body.json(),
    ),
    many('fetch', async () => (await fetch(url)).json()),
    many('got', () => got(url, { agent: { http: nodeAgent } }).json()),
    many('axios', async () => (await instance.get<unknown>(url)).data),
  ],
)

await client.close()
await agent.close()
nodeAgent.destroy()
child.disconnect()

function many(name: string, once: () => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      let left = REQUESTS
      const worker = async (): Promise<void> => {
        while (left-- > 0) await once()
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      return REQUESTS
    },
  }
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
