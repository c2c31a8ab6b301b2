/*
 * A slow road for clients of all makers: a TCP relay that holds each chunk for half of the round trip, in both directions.
 * `node bench/relay.ts 127.0.0.1:2222 20` prints the port at which a server that is 20 ms away can be reached.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** A relay that runs. */
export interface Relay extends AsyncDisposable {
  readonly port: number
}

/** Relays to the server; `roundTrip` in milliseconds. At most 16 MiB are on the road in each direction. */
export async function startRelay(host: string, port: number, roundTrip: number): Promise<Relay> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true })
    for (const socket of [near, far]) {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    }
    carry(near, far, roundTrip / 2)
    carry(far, near, roundTrip / 2)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The same in a process of its own: in this one its work would be that of the client. */
export async function forkRelay(host: string, port: number, roundTrip: number): Promise<Relay> {
  const args = [`${host}:${port}`, String(roundTrip)]
  const child = fork(fileURLToPath(import.meta.url), args, { silent: true })
  const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  return {
    port: Number(printed),
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

function carry(from: Socket, to: Socket, delay: number): void {
  let onRoad = 0
  from.on('data', (chunk: Buffer) => {
    onRoad += chunk.length
    if (onRoad >= MOST) from.pause()
    setTimeout(() => {
      to.write(chunk, () => {
        onRoad -= chunk.length
        if (onRoad < MOST) from.resume()
      })
    }, delay)
  })
  from.once('end', () => setTimeout(() => to.end(), delay))
  // What breaks one side breaks the other.
  from.on('error', () => to.resetAndDestroy())
}

const MOST = 16 * 1024 * 1024

if (import.meta.main) {
  const [server = '', roundTrip = '20'] = process.argv.slice(2)
  const { hostname, port } = new URL(`tcp://${server}`)
  const relay = await startRelay(hostname, Number(port), Number(roundTrip))
  console.log(relay.port)
}
