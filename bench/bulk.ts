/*
 * Large bodies: from TCP into a file beside Node's pipeline, over HTTP into a file, to nowhere and as an upload beside
 * undici. The contents are compared after each run, and of what goes nowhere the length.
 */

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectBare } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { toFile } from '@net/core'
import { openSink, operation, type OperationSpec } from '@net/core/authoring'
import * as http from '@net/http'
import { tcpDialer } from '@net/socket'
import { receiveAll } from '@net/socket/authoring'
import { Agent } from 'undici'

import { compare, type Contender } from './pairs.ts'

const MEGA = 1_000_000
const SIZE = 256 * 1024 * 1024
const CHUNK = 65_536
/** The file so often is a GiB. */
const TIMES = 4

const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
const source = join(folder, 'source')
const copy = join(folder, 'copy')
const bytes = randomBytes(SIZE)
writeFileSync(source, bytes)
const child = fork(new URL('bulk-server.ts', import.meta.url), [source])
const [ports] = (await once(child, 'message')) as [{ tcp: number; http: number }]

await compare(`TCP into a file, ${SIZE / MEGA} MB`, 'MB/s', intoFile('net', receive), [
  intoFile("node:net's pipeline", () =>
    pipeline(connectBare(ports.tcp, '127.0.0.1'), createWriteStream(copy)),
  ),
])

const origin = `http://127.0.0.1:${ports.http}`
const client = http.createClient()
const agent = new Agent()
await compare(
  `HTTP into a file, ${SIZE / MEGA} MB`,
  'MB/s',
  intoFile('net', async () => {
    await client.get(origin).saveTo(toFile(copy))
  }),
  [
    intoFile('undici stream', () =>
      agent.stream({ origin, path: '/', method: 'GET', opaque: null }, () =>
        createWriteStream(copy),
      ),
    ),
  ],
)
await compare(
  `HTTP to nowhere, ${(TIMES * SIZE) / MEGA} MB`,
  'MB/s',
  toNowhere('net', async () => (await client.get(`${origin}/${TIMES}`)).body),
  [
    toNowhere('undici request', async () => {
      const { body } = await agent.request({ origin, path: `/${TIMES}`, method: 'GET' })
      return body
    }),
  ],
)
await compare(
  `HTTP upload of a generator, ${SIZE / MEGA} MB`,
  'MB/s',
  upload('net', () => client.post(origin, { body: chunks() }).text()),
  [
    upload('undici request', async () => {
      const body = Readable.from(chunks())
      return (await agent.request({ origin, path: '/', method: 'POST', body })).body.text()
    }),
  ],
)
await compare(
  `HTTP upload of a Readable, ${SIZE / MEGA} MB`,
  'MB/s',
  upload('net', () => client.post(origin, { body: readable() }).text()),
  [
    upload('undici request', async () => {
      const { body } = await agent.request({ origin, path: '/', method: 'POST', body: readable() })
      return body.text()
    }),
  ],
)

await client.close()
await agent.close()
child.disconnect()
rmSync(folder, { recursive: true })

function receive(): Promise<void> {
  const spec: OperationSpec = { protocol: 'bench', operation: 'receive', kind: 'transfer' }
  return operation(spec, undefined, async (op) => {
    const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: ports.tcp }
    const transport = await tcpDialer().dial(endpoint, op.within)
    await using sink = await openSink(toFile(copy))
    const lends = !sink.keepsChunks
    const write = (chunks: readonly Uint8Array[]): Promise<void> => sink.writeAll(chunks)
    await receiveAll(op, transport, { lends, write, written: () => op.progress(sink.position) })
    await sink.commit()
    await transport.close()
  })
}

function readable(): Readable {
  let at = 0
  return new Readable({
    read() {
      this.push(at < SIZE ? bytes.subarray(at, (at += CHUNK)) : null)
    },
  })
}

async function* chunks(): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < SIZE; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
}

function toNowhere(name: string, open: () => Promise<AsyncIterable<Uint8Array>>): Contender {
  return {
    name,
    async run() {
      let length = 0
      for await (const chunk of await open()) length += chunk.length
      if (length !== TIMES * SIZE) throw new Error(`${name}: ${length} bytes arrived`)
      return length / MEGA
    },
  }
}

function intoFile(name: string, move: () => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      await move()
      return SIZE / MEGA
    },
    check() {
      if (!readFileSync(copy).equals(bytes)) throw new Error(`${name}: the copy differs`)
      rmSync(copy)
    },
  }
}

function upload(name: string, send: () => Promise<string>): Contender {
  return {
    name,
    async run() {
      const answer = await send()
      if (answer !== 'same') throw new Error(`${name}: what arrived is ${answer}`)
      return SIZE / MEGA
    },
  }
}
