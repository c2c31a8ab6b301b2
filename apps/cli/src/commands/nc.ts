/* `net nc`: standard input and output joined to a connection. */

import { bindDatagram, connect } from '@net/socket'

import type { Call, CommandRun } from '../call.ts'
import { callOptions, tlsOptions } from '../connect-options.ts'
import { Session } from '../session.ts'
import { joined } from './joined.ts'

/** Over TCP, TLS, a Unix socket or UDP. */
export const nc: CommandRun = async (call) => {
  const [url = ''] = call.args
  if (url.startsWith('udp:')) return datagrams(call, url)
  await using session = new Session(call)
  const { servername } = call.options
  const tls = { ...(await tlsOptions(call)), ...(servername === undefined ? {} : { servername }) }
  await using connection = await connect(url, {
    ...callOptions(call),
    ...(await session.road()),
    ...(/^tls:/i.test(url) ? { tls } : {}),
  })
  await joined(call, connection)
  return 0
}

/** Each piece of standard input is a datagram; answers are printed, until one second after its end. */
async function datagrams(call: Call, url: string): Promise<number> {
  const { io, output, signal } = call
  await using socket = await bindDatagram('udp://0.0.0.0:0', { peer: url, signal })
  const receiving = (async () => {
    for await (const { data } of socket) await output.bytes(data)
  })()
  const sending = (async () => {
    for await (const chunk of io.stdin as AsyncIterable<Uint8Array>) await socket.send(chunk)
  })()
  // Whichever fails first ends the run, while the other still waits.
  const aborted = rejectionOf(signal)
  await Promise.race([sending, receiving, aborted])
  const { sleep } = await import('@net/async')
  await Promise.race([receiving, aborted, sleep(LAST_ANSWERS, { signal })])
  return 0
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

const LAST_ANSWERS = 1000
