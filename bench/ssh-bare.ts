/* The engine by itself, as a program would use it that wants the same: with `noDelay`, and no check of the host key. */

import { once } from 'node:events'
import { createConnection } from 'node:net'

import ssh2 from 'ssh2'

import type { BenchSshd } from './ssh-sshd.ts'

/** Connects and logs in by key. */
export async function bareConnect({ user, key }: BenchSshd, port: number): Promise<BareClient> {
  const client = new ssh2.Client() as unknown as BareClient
  const sock = createConnection({ host: '127.0.0.1', port, noDelay: true })
  const ready = once(client, 'ready')
  client.connect({ sock, username: user, privateKey: key.privateKey })
  await ready
  return client
}

export async function bareEnd(client: BareClient): Promise<void> {
  const closed = once(client, 'close')
  client.end()
  await closed
}

/** Runs a command, and calls `heard` with each chunk of its output. */
export function bareExec(
  client: BareClient,
  command: string,
  heard: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error !== undefined) {
        reject(error)
        return
      }
      stream.on('data', heard)
      stream.stderr.resume()
      stream.on('close', () => resolve())
      // Ours ends the input of a command that has none as well.
      stream.end()
    })
  })
}

/** The parts of ssh2 that are measured. */
export interface BareClient extends NodeJS.EventEmitter {
  connect(options: object): void
  exec(command: string, done: (error: Error | undefined, stream: BareStream) => void): void
  end(): void
}

interface BareStream {
  on(name: 'data', listener: (chunk: Buffer) => void): void
  on(name: 'close', listener: () => void): void
  end(): void
  readonly stderr: { resume(): void }
}
