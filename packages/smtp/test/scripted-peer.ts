/* A server that does exactly what a test tells it, for what the embedded one would never do by itself. */

import { setImmediate as turn } from 'node:timers/promises'

import { listen, type Connection, type ConnectionServer, type TlsOptions } from '@net/socket'

/** One connection of such a server. */
export interface Peer {
  readonly connection: Connection
  /** Every line that came. */
  readonly lines: string[]
  /** Sends text as it is. */
  say(text: string): Promise<void>
  /** The next line; waits for it. */
  hear(): Promise<string>
  /** Answers greeting and EHLO, then MAIL, RCPT and DATA. */
  upToData(extensions?: string): Promise<void>
}

/** A running scripted server. */
export interface ScriptedPeer extends AsyncDisposable {
  readonly url: string
  /** The lines of all connections. */
  readonly lines: readonly string[]
  readonly server: ConnectionServer
}

/** Starts it; `script` runs once for each connection, which stays open until the client leaves. */
export async function startPeer(
  script: (peer: Peer) => Promise<void>,
  tls?: TlsOptions,
  at = 'tcp://127.0.0.1:0',
): Promise<ScriptedPeer> {
  const lines: string[] = []
  const server = await listen(
    at,
    async (connection) => {
      const peer: Peer = {
        connection,
        lines,
        say: (text) => connection.write(text),
        async hear() {
          const line = await connection.readLine()
          if (line === null) throw new Error('the client left')
          lines.push(line)
          return line
        },
        async upToData(extensions = '250 peer') {
          await this.say('220 peer\r\n')
          await this.hear()
          await this.say(`${extensions}\r\n`)
          for (const reply of ['250 sender', '250 recipient', '354 go on']) {
            await this.hear()
            await this.say(`${reply}\r\n`)
          }
        },
      }
      await script(peer)
      for await (const chunk of connection) void chunk
    },
    {
      onError: () => {},
      defaults: { timeout: { idle: Infinity } },
      ...(tls === undefined ? {} : { tls }),
    },
  )
  return {
    url: server.url.replace('tcp:', 'smtp:'),
    lines,
    server,
    [Symbol.asyncDispose]: () => server.close({ grace: 0 }),
  }
}

/** Turns the event loop until the condition holds. Rejects after 10 real seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not hold within 10 s')
    await turn()
  }
}

/** What the promise rejects with; nobody else has to listen. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
}
