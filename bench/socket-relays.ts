/* A proxy that pipes 1 GiB from one connection to another: ours, and the program socat. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import { connect, listen, pipe } from '@net/socket'

import type { Contender } from './pairs.ts'
import { freePort } from './ssh-sshd.ts'

/** What goes through: so many bytes from this port, which a program of its own fetches. */
export interface Relayed {
  readonly size: number
  readonly port: number
}

/** Ours, in this process. */
export function oursBetween(relayed: Relayed): Contender {
  return {
    name: 'net',
    async run() {
      await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
        await pipe(connection, await connect(`tcp://127.0.0.1:${relayed.port}`))
      })
      return await fetched(server.address.port, relayed)
    },
  }
}

/** `options` are those of the program, such as the size of its buffer. */
export function socatBetween(relayed: Relayed, ...options: readonly string[]): Contender {
  let cpu = 0
  return {
    name: ['socat', ...options].join(' '),
    cpu: () => cpu,
    async run() {
      const port = await freePort()
      const ends = [`TCP-LISTEN:${port},bind=127.0.0.1`, `TCP:127.0.0.1:${relayed.port}`]
      const line = ['-c', `TIMEFORMAT='%U %S'; time socat "$@"`, 'socat', ...options, ...ends]
      const child = spawn('bash', line, { stdio: ['ignore', 'ignore', 'pipe'] })
      const ended = Promise.all([text(child.stderr), once(child, 'exit')])
      const done = await fetched(port, relayed)
      const [told] = await ended
      const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
      cpu = seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
      return done
    },
  }
}

/** By a program that does nothing else, so that this process is the relay alone; it tries until the relay listens. */
async function fetched(port: number, { size }: Relayed): Promise<number> {
  const once = `exec 3<>"/dev/tcp/127.0.0.1/$0"`
  const line = `until { ${once}; } 2> /dev/null; do sleep 0.01; done; cat <&3 | wc -c`
  const child = spawn('bash', ['-c', line, `${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const bytes = Number(await text(child.stdout))
  if (bytes !== size) throw new Error(`${bytes} bytes of ${size} came through`)
  return size / MEGA
}

const MEGA = 1_000_000
