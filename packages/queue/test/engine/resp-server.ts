/* A server that speaks enough of Redis's protocol for ioredis to connect, and answers scripts as a test says. */

import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'

/** What a test answers to a script: the bytes of a reply, or nothing. */
export type ScriptAnswer = (args: readonly string[], socket: Socket) => string | undefined

/** What a test answers to any other command; null for nothing, undefined for what a server answers. */
export type CommandAnswer = (
  command: readonly string[],
  socket: Socket,
) => string | null | undefined

/** The server, on loopback. */
export interface RespServer extends AsyncDisposable {
  readonly url: string
  /** The verbs of the scripts that it was asked to run. */
  readonly asked: string[]
}

/**
 * Starts it, on that port or a free one; `policy` is its maxmemory-policy, undefined if it does not tell; `other` may answer what is
 * no script.
 */
export async function respServer(
  answer: ScriptAnswer,
  policy: string | undefined = 'noeviction',
  other: CommandAnswer = () => undefined,
  port = 0,
): Promise<RespServer> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const reader = new CommandReader()
    socket.on('data', (data) => {
      for (const command of reader.take(data)) {
        const own = isScript(command) ? undefined : other(command, socket)
        const reply = own === undefined ? (replyTo(command, policy) ?? run(command, socket)) : own
        if (typeof reply === 'string' && socket.writable) socket.write(reply)
      }
    })
  })
  const run = (command: readonly string[], socket: Socket): string | undefined => {
    // evalsha SHA 1 PREFIX VERB …
    asked.push(command[4] ?? '')
    return answer(command.slice(4), socket)
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as { readonly port: number }
  return {
    url: `redis://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function isScript([name = '']: readonly string[]): boolean {
  return /^eval/iu.test(name)
}

/** The commands of a connection, in whatever pieces they come. */
class CommandReader {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  /** Those that are whole with these bytes. */
  take(data: Buffer): string[][] {
    this.#bytes = Buffer.concat([this.#bytes, data])
    const commands: string[][] = []
    for (let next = this.#command(); next !== undefined; next = this.#command()) {
      commands.push(next)
      this.#bytes = this.#bytes.subarray(this.#at)
    }
    return commands
  }

  #command(): string[] | undefined {
    this.#at = 0
    const count = this.#number()
    if (count === undefined) return undefined
    const words: string[] = []
    while (words.length < count) {
      const length = this.#number()
      if (length === undefined) return undefined
      const end = this.#at + length
      if (this.#bytes.length < end + 2) return undefined
      words.push(this.#bytes.toString('utf8', this.#at, end))
      this.#at = end + 2
    }
    return words
  }

  /** What stands behind `*` or `$` on the next line. */
  #number(): number | undefined {
    const end = this.#bytes.indexOf('\r\n', this.#at)
    if (end === -1) return undefined
    const text = this.#bytes.toString('latin1', this.#at + 1, end)
    this.#at = end + 2
    return Number(text)
  }
}

function replyTo(
  [name = '', ...channels]: readonly string[],
  policy: string | undefined,
): string | undefined {
  switch (name.toLowerCase()) {
    case 'evalsha':
    case 'eval':
      return undefined
    case 'hello':
      return "-ERR unknown command 'hello'\r\n"
    case 'info':
      return '$14\r\nredis_version:\r\n'
    case 'config':
      if (policy === undefined) return '-NOPERM no permissions\r\n'
      return `*2\r\n$16\r\nmaxmemory-policy\r\n$${policy.length}\r\n${policy}\r\n`
    case 'subscribe':
      return channels
        .map((name, at) => `*3\r\n$9\r\nsubscribe\r\n$${name.length}\r\n${name}\r\n:${at + 1}\r\n`)
        .join('')
    default:
      return '+OK\r\n'
  }
}
