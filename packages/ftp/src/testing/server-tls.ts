/* The server's side of TLS: one context for all its connections, without which no session could be resumed. */

import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'

import { fromSocket, toSocket, type TlsMaterial, type Transport } from '@net/socket'

/** A certificate and its key. */
export interface ServerTlsOptions {
  readonly cert: TlsMaterial
  readonly key: TlsMaterial
}

/** Speaks TLS over accepted connections. */
export class ServerTls {
  readonly #context: SecureContext

  constructor({ cert, key }: ServerTlsOptions) {
    this.#context = createSecureContext({
      cert: material(cert),
      key: material(key),
      sessionIdContext: 'ftp',
    })
  }

  /** Resolves once the handshake is done; rejects if the client gave up. */
  secure(transport: Transport): Promise<Transport> {
    const socket = new TLSSocket(toSocket(transport), {
      isServer: true,
      secureContext: this.#context,
    })
    return new Promise((resolve, reject) => {
      // Without a tls.Server around it, Node tells the errors of this side under this name only.
      socket.on('_tlsError', (error: Error) => void socket.destroy(error))
      socket.on('error', reject)
      socket.once('close', () => reject(new Error('the client left during the handshake')))
      socket.once('secure', () => {
        resolve(fromSocket(socket, { endpoint: transport.info.endpoint, encrypted: true }))
      })
    })
  }
}

/** Whether the session of an earlier connection was resumed. */
export function isResumed({ duplex }: Transport): boolean {
  return duplex instanceof TLSSocket && duplex.isSessionReused()
}

function material(value: TlsMaterial): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value)
}
