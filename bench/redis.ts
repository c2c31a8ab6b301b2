/*
 * A Redis for the benches of queues, on loopback, which forgets everything when it ends.
 */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

/** A running one. */
export interface BenchRedis extends AsyncDisposable {
  readonly port: number
}

/** Starts it with its files in that folder; undefined where redis-server is not installed. */
export async function startRedis(folder: string): Promise<BenchRedis | undefined> {
  if (spawnSync('redis-server', ['--version']).error !== undefined) return undefined
  const port = await freePort()
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const child = spawn('redis-server', [...place, '--save', ''])
  while (!(await listens(port)));
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    await new Promise(setImmediate)
    return false
  } finally {
    socket.destroy()
  }
}
