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
    socket.on('data', (data) => {
      for (const command of commandsIn(data.toString('utf8'))) {
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

function commandsIn(text: string): string[][] {
  const lines = text.split('\r\n')
  const commands: string[][] = []
  for (let at = 0; at < lines.length && lines[at] !== '';) {
    const count = Number(lines[at]?.slice(1))
    at++
    const words: string[] = []
    for (let word = 0; word < count; word++, at += 2) words.push(lines[at + 1] ?? '')
    commands.push(words)
  }
  return commands
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
