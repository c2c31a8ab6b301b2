/* A server that sends back whatever it gets, until the client ends. */

import { option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import { dialer } from '../dialer.ts'
import { listen, type ConnectionServer, type ListenOptions } from '../listen.ts'
import { tlsOptions, type TlsOptions } from '../tls/options.ts'

/** Options of the echo server. */
export interface EchoServerOptions extends Pick<ListenOptions, 'dialer' | 'onError' | 'log'> {
  /** Certificate and key; with them it speaks TLS. */
  readonly tls?: TlsOptions | undefined
}

/** A running echo server. */
export interface EchoServer extends ConnectionServer {
  /** How many bytes it has received over all connections. */
  readonly received: number
}

/** Starts an echo server on 127.0.0.1, on a port of its own. */
export async function startEchoServer(given?: EchoServerOptions): Promise<EchoServer> {
  const options = echoDoor(given)
  let received = 0
  const echo = async (connection: Connection): Promise<void> => {
    for await (const chunk of connection) {
      received += chunk.length
      await connection.write(chunk)
    }
  }
  const scheme = options.tls === undefined ? 'tcp' : 'tls'
  const server = await listen(`${scheme}://127.0.0.1:0`, echo, options)
  return Object.defineProperty(server, 'received', { get: () => received }) as EchoServer
}

const echoDoor: OptionsDoor<EchoServerOptions> = optionsDoor<EchoServerOptions>(
  { protocol: 'socket', call: 'startEchoServer' },
  { dialer, onError: option.callback(), log: option.log, tls: tlsOptions },
)
