/*
 * Messages to an echo and back over one WebSocket, one by one and several at once: ours, read in a loop, beside a bare `ws` that
 * answers each message from its listener. The server is a bare `ws` in a process of its own.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import * as http from '@net/http'
import { WebSocket } from 'ws'

import { compare, type Contender } from './pairs.ts'

interface Load {
  readonly title: string
  readonly message: string | Uint8Array
  readonly messages: number
  /** How many are on their way at a time. */
  readonly atOnce: number
}

const LOADS: readonly Load[] = [
  { title: 'texts of 100 B, one by one', message: 'x'.repeat(100), messages: 20_000, atOnce: 1 },
  { title: 'texts of 100 B, 50 at once', message: 'x'.repeat(100), messages: 100_000, atOnce: 50 },
  {
    title: 'messages of 64 KiB, one by one',
    message: new Uint8Array(65_536).fill(7),
    messages: 2000,
    atOnce: 1,
  },
  {
    title: 'messages of 64 KiB, 10 at once',
    message: new Uint8Array(65_536).fill(7),
    messages: 4000,
    atOnce: 10,
  },
]

const server = fork(fileURLToPath(new URL('web-socket-server.ts', import.meta.url)))
const [url] = (await once(server, 'message')) as [string]
await using ours = await http.createClient({ proxy: false }).webSocket(url)
const bare = new WebSocket(url, { perMessageDeflate: false })
await once(bare, 'open')

for (const load of LOADS) {
  await compare(`WebSocket: ${load.title}`, 'a second', byNet(load), [byWs(load)])
}

bare.close()
await ours.close()
server.disconnect()

function byNet({ message, messages, atOnce }: Load): Contender {
  return {
    name: 'net',
    async run() {
      for (let sent = 0; sent < atOnce; sent++) await ours.send(message)
      for (let left = messages; left > 0; left--) {
        await ours.receive()
        if (left > atOnce) await ours.send(message)
      }
      return messages
    },
  }
}

function byWs({ message, messages, atOnce }: Load): Contender {
  return {
    name: 'bare ws',
    run: () =>
      new Promise((resolve) => {
        let left = messages
        const heard = (): void => {
          left -= 1
          if (left >= atOnce) bare.send(message)
          if (left > 0) return
          bare.off('message', heard)
          resolve(messages)
        }
        bare.on('message', heard)
        for (let sent = 0; sent < atOnce; sent++) bare.send(message)
      }),
  }
}
