/*
 * The memory of a server with many idle connections: `node --expose-gc bench/socket-idle.ts serve (net | node) COUNT` is one,
 * `… crowd PORT COUNT` its clients. Ours are open connections that wait for a first byte, Node's have a 'data' listener.
 */

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectBare, createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { listen } from '@net/socket'

import { median } from './pairs.ts'

/** Prints by how much the memory of our server is above that of a bare one. */
export async function compareIdle(count: number, pairs: number): Promise<void> {
  const rows: { net: number; node: number }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    rows.push({ net: await memoryOf('net', count), node: await memoryOf('node', count) })
  }
  const [net, node] = [median(rows.map((row) => row.net)), median(rows.map((row) => row.node))]
  const above = median(rows.map((row) => row.net - row.node))
  console.log(`\n${count} idle connections, in MB`)
  console.log(
    `  net : node:net`.padEnd(44),
    `${net.toFixed(1)} : ${node.toFixed(1)}`.padEnd(36),
    `above ${above.toFixed(1)}`,
  )
}

/** How much a server grows with its connections, in MB. */
async function memoryOf(kind: string, count: number): Promise<number> {
  const server = start('serve', kind, String(count))
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  const crowd = start('crowd', String(port), String(count))
  const [grown] = (await once(server, 'message')) as [number]
  for (const child of [crowd, server]) {
    child.disconnect()
    await once(child, 'exit')
  }
  return grown / 1e6
}

function start(...args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args, {
    execArgv: [...process.execArgv, '--expose-gc'],
  })
}

async function serve(kind: string, count: number): Promise<void> {
  const before = await settled()
  let open = 0
  const opened = async (): Promise<void> => {
    if (++open === count) process.send?.((await settled()) - before)
  }
  if (kind === 'net') {
    const server = await listen(
      'tcp://127.0.0.1:0',
      async (connection) => {
        void opened()
        for await (const chunk of connection) void chunk
      },
      { maxConnections: count + 1, backlog: BACKLOG, defaults: { timeout: { idle: Infinity } } },
    )
    process.send?.({ port: server.address.port })
    return
  }
  const server = createServer((socket) => {
    socket.on('data', () => {}).on('error', () => {})
    void opened()
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
  await once(server, 'listening')
  process.send?.({ port: (server.address() as AddressInfo).port })
}

async function crowd(port: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const sockets = Array.from({ length: AT_ONCE }, () => connectBare(port, '127.0.0.1'))
    for (const socket of sockets) socket.on('error', () => {})
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  }
}

/** The resident memory, once what is garbage is gone. */
async function settled(): Promise<number> {
  for (let pass = 0; pass < 5; pass++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
    globalThis.gc?.()
  }
  return process.memoryUsage().rss
}

const BACKLOG = 1000
const AT_ONCE = 100

if (import.meta.main) {
  const [role, first = '', second = ''] = process.argv.slice(2)
  process.once('disconnect', () => process.exit(0))
  if (role === 'serve') await serve(first, Number(second))
  else await crowd(Number(first), Number(second))
}
