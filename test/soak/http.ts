// HTTP in a soak: every body is the one that was asked for, and no POST is processed twice or against its error's word.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

import { map } from '@net/async'
import type { CallOptions } from '@net/core'
import * as http from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'

import { Random } from './random.ts'
import type { Site, Worker, Workload, Worksite } from './workload.ts'

/** HTTP with and without TLS. */
export const web: Workload = {
  name: 'http',
  workers: 4,
  async open(site) {
    const orders = new Orders()
    const routes = { '/blob': blob, 'POST /orders': orders.route }
    const plain = await startHttpServer({ routes })
    const sealed = await startHttpServer({ routes, tls: site.certificates.issue() })
    return worksite(site, orders, { plain, sealed })
  },
}

type Servers = Readonly<Record<'plain' | 'sealed', Awaited<ReturnType<typeof startHttpServer>>>>

function worksite(site: Site, orders: Orders, { plain, sealed }: Servers): Worksite {
  return {
    get connections() {
      return plain.connections + sealed.connections
    },
    async work(worker) {
      const isSealed = worker.random.chance(0.5)
      await using api = http.createClient({
        baseUrl: isSealed ? sealed.url : plain.url,
        dialer: worker.road(isSealed),
        tls: { ca: site.certificates.ca },
        connections: 4,
      })
      await map(Array.from({ length: 20 }), () => request(worker, api, orders), { concurrency: 4 })
    },
    audit: () => orders.audit(site),
    async [Symbol.asyncDispose]() {
      await Promise.all([plain.close(), sealed.close()])
    },
  }
}

async function request(worker: Worker, api: http.HttpClient, orders: Orders): Promise<void> {
  const { random } = worker
  if (random.chance(0.3)) await orders.place(worker, api)
  else await worker.attempt('http get', (call) => fetchBlob(random, api, call))
}

async function fetchBlob(random: Random, api: http.HttpClient, call: CallOptions): Promise<void> {
  const seed = random.below(1_000_000)
  const size = random.size(100_000)
  const how = random.pick(['length', 'chunked', 'gzip'])
  const body = await api.get('/blob', { ...call, params: { seed, size, how } }).bytes()
  assert.ok(Buffer.from(new Random(seed).bytes(size)).equals(body), `${size} bytes, ${how}: wrong`)
}

const blob: Route = ({ query }) => {
  const body = new Random(Number(query.get('seed'))).bytes(Number(query.get('size')))
  const how = query.get('how')
  if (how === 'gzip')
    return { headers: { 'content-encoding': 'gzip' }, body: gzipSync(body, { level: 1 }) }
  return { body, framing: how === 'length' ? 'length' : 'chunked' }
}

/** Orders that were placed, and what became of them. */
class Orders {
  readonly #processed = new Map<string, number>()
  /** Those whose error said that they were surely not processed. */
  readonly #refused: string[] = []
  #number = 0

  readonly route: Route = async ({ query }, exchange) => {
    const body = await exchange.bytes()
    const id = query.get('id') ?? ''
    this.#processed.set(id, (this.#processed.get(id) ?? 0) + 1)
    return { body: digest(body) }
  }

  async place(worker: Worker, api: http.HttpClient): Promise<void> {
    const id = String(this.#number++)
    const body = worker.random.bytes(worker.random.size(60_000))
    const error = await worker.attempt('http post', async (call) => {
      const answer = await api.post('/orders', { ...call, body, params: { id } }).text()
      assert.equal(answer, digest(body), 'the server got another body')
      assert.equal(this.#processed.get(id), 1, 'the order was not processed')
    })
    if (error?.retry === 'safe') this.#refused.push(id)
  }

  audit({ wrong }: Site): void {
    for (const [id, times] of this.#processed) {
      if (times > 1) wrong(`http post: order ${id} was processed ${times} times`)
    }
    for (const id of this.#refused) {
      if (this.#processed.has(id)) wrong(`http post: order ${id} was processed, its error says not`)
    }
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
