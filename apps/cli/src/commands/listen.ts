/* `net listen`: waits for a connection, and joins it to standard input and output. */

import { readFile } from 'node:fs/promises'

import { listen as openListener, pipe, type Connection } from '@net/socket'

import type { Call, CommandRun } from '../call.ts'
import { UsageError } from '../usage-error.ts'
import { joined } from './joined.ts'

/** One connection, or with `--keep` one after the other; `--echo` sends back what arrives. */
export const listen: CommandRun = async (call) => {
  const { options, output, signal } = call
  const [url = ''] = call.args
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
  const ended = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  let busy = Promise.resolve()
  const serve = async (connection: Connection): Promise<void> => {
    const turn = busy.then(() => serveOne(call, connection))
    busy = turn.catch(() => {})
    try {
      await turn
      if (options.keep !== true) settle?.resolve()
    } catch (error) {
      if (options.keep !== true) settle?.reject(error)
      else throw error
    }
  }
  await using server = await openListener(url, serve, {
    signal,
    ...(await certificateOf(call)),
    onError: (error) => output.note(String(error)),
  })
  await output.result({ type: 'listening', url: server.url }, undefined)
  output.note(`listening at ${server.url}`)
  signal.addEventListener('abort', () => settle?.reject(signal.reason), { once: true })
  await ended
  return 0
}

async function serveOne(call: Call, connection: Connection): Promise<void> {
  if (call.options.echo === true) await pipe(connection, connection, { signal: call.signal })
  else await joined(call, connection)
}

async function certificateOf({ options }: Call): Promise<object> {
  const { cert, key } = options
  if (cert === undefined) return {}
  if (key === undefined) throw new UsageError('--cert needs --key')
  return { tls: { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') } }
}
