/* A server with TLS for tests whose connections end as TLS wants it, with close_notify, or only below TLS. */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

import { createCertificates } from '@net/socket/testing'

/** A running server. */
export interface CutServer extends AsyncDisposable {
  readonly url: string
  readonly ca: string
  /** How many connections it has had. */
  readonly connections: number
}

/** Answers each request with the text; then ends the connection in the way that is asked for. */
export async function startCutServer(
  text: string,
  end: 'close_notify' | 'cut',
): Promise<CutServer> {
  const authority = createCertificates()
  const below = new Map<number | undefined, Socket>()
  const tls = createTlsServer(authority.issue({ names: ['localhost'] }), (socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        if (end === 'close_notify') socket.end(text)
        else socket.write(text, () => below.get(socket.remotePort)?.end())
      })
  })
  const server = createServer((socket) => {
    below.set(
      socket.remotePort,
      socket.on('error', () => {}),
    )
    tls.emit('connection', socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as { readonly port: number }).port}`,
    ca: authority.ca,
    get connections() {
      return below.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of below.values()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
