/*
 * A database in some forty lines: as much of the protocol of Redis (RESP) as a driver needs that sets, gets and counts. It
 * keeps its values in memory, and knows one client from another by nothing.
 */

import { listen, type Connection } from '@net/socket'

/** A running database. */
export interface RespServer extends AsyncDisposable {
  readonly port: number
}

/** Starts one on loopback. */
export async function startRespServer(): Promise<RespServer> {
  const values = new Map<string, string>()
  const server = await listen('tcp://127.0.0.1:0', async (connection) => {
    for (;;) {
      const command = await readCommand(connection)
      if (command === undefined) return
      await connection.write(answerTo(command, values))
    }
  })
  return {
    port: Number(new URL(server.url).port),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** An array of strings, each behind its size; undefined at the end. */
async function readCommand(connection: Connection): Promise<readonly string[] | undefined> {
  const head = await connection.readLine()
  if (head === null) return undefined
  const words: string[] = []
  for (let left = Number(head.slice(1)); left > 0; left--) {
    const size = Number((await connection.readLine())?.slice(1))
    words.push(Buffer.from(await connection.readExactly(size + 2)).toString('utf8', 0, size))
  }
  return words
}

function answerTo(
  [name = '', key = '', value = '']: readonly string[],
  values: Map<string, string>,
): string {
  switch (name.toUpperCase()) {
    case 'SET':
      values.set(key, value)
      return '+OK\r\n'
    case 'GET':
      return bulk(values.get(key))
    case 'INCR':
      values.set(key, String(Number(values.get(key) ?? 0) + 1))
      return `:${values.get(key)}\r\n`
    case 'INFO':
      return bulk('loading:0')
    case 'QUIT':
      return '+OK\r\n'
    default:
      return `-ERR unknown command '${name}'\r\n`
  }
}

function bulk(text: string | undefined): string {
  return text === undefined ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`
}
