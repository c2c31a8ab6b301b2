/* The server's side of TLS: one context for all its connections, without which no session could be resumed. */

import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import { X509Certificate } from 'node:crypto'

import { option, optionsObject, type Shape } from '@net/core/authoring'
import { fromSocket, toSocket, type TlsMaterial, type Transport } from '@net/socket'

/** A certificate and its key. */
export interface ServerTlsOptions {
  readonly cert: TlsMaterial
  readonly key: TlsMaterial
  /** Whether connections end with the close_notify of TLS; some servers only close what is below. Default true. */
  readonly closeNotify?: boolean | undefined
  /** The authority of client certificates; a client without one that it has issued is sent away. Default: none is asked for. */
  readonly clientCa?: TlsMaterial | undefined
}

const material: Shape<TlsMaterial> = option.either<TlsMaterial>(
  [option.text, option.binary],
  'PEM or DER, as a string or a Uint8Array',
)

/** Options of TLS, as an option `tls` of others. It may be left out, while its own options may not. */
export const serverTls: Shape<ServerTlsOptions> = option.either<ServerTlsOptions>(
  [
    optionsObject<ServerTlsOptions>({
      cert: option.required(material),
      key: option.required(material),
      closeNotify: option.flag,
      clientCa: material,
    }),
  ],
  'a certificate and its key: { cert, key }',
)

/** Speaks TLS over accepted connections. */
export class ServerTls {
  readonly #context: SecureContext
  readonly #closeNotify: boolean
  readonly #clientCa: X509Certificate | undefined
  readonly #open = new Set<TLSSocket>()

  constructor({ cert, key, closeNotify = true, clientCa }: ServerTlsOptions) {
    this.#closeNotify = closeNotify
    this.#clientCa = clientCa === undefined ? undefined : new X509Certificate(bytesOf(clientCa))
    this.#context = createSecureContext({
      cert: bytesOf(cert),
      key: bytesOf(key),
      sessionIdContext: 'ftp',
    })
  }

  /** Resolves once the handshake is done; rejects if the client gave up. */
  secure(transport: Transport): Promise<Transport> {
    const below = toSocket(transport)
    // A client that has nothing to send ends right behind its handshake; our side stays open for all that.
    below.allowHalfOpen = true
    const socket = new TLSSocket(below, {
      isServer: true,
      secureContext: this.#context,
      requestCert: this.#clientCa !== undefined,
    })
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return new Promise((resolve, reject) => {
      // Without a tls.Server around it, Node tells the errors of this side under this name only.
      socket.on('_tlsError', (error: Error) => void socket.destroy(error))
      socket.on('error', reject)
      socket.once('close', () => reject(new Error('the client left during the handshake')))
      const left = (): void => void socket.destroy()
      socket.once('end', left)
      // Not in the same turn: Node sends no close_notify while the session tickets are still to be sent.
      socket.once('secure', () => {
        socket.off('end', left)
        if (!this.#knows(socket)) {
          socket.destroy()
          return
        }
        setImmediate(() => {
          const { endpoint } = transport.info
          const secured = fromSocket(socket, { endpoint, encrypted: true })
          resolve(this.#closeNotify ? secured : endingBelow(secured, below))
        })
      })
    })
  }

  /** Whether the client has shown a certificate, where one is asked for; one that resumes a session has shown it before. */
  #knows(socket: TLSSocket): boolean {
    const ca = this.#clientCa
    if (ca === undefined || socket.isSessionReused()) return true
    return socket.getPeerX509Certificate()?.verify(ca.publicKey) === true
  }

  /** Ends every connection that speaks TLS, or is about to: the transport below has handed its socket over, and ends nothing. */
  close(): void {
    for (const socket of this.#open) socket.destroy()
  }
}

/** The same transport, whose end is only that of the socket below. */
function endingBelow(secured: Transport, below: Socket): Transport {
  const end = async (): Promise<void> => {
    await secured.flush?.()
    await new Promise<void>((resolve) => {
      below.end(resolve)
    })
  }
  return {
    info: secured.info,
    ...(secured.duplex === undefined ? {} : { duplex: secured.duplex }),
    read: () => secured.read(),
    write: (chunks) => secured.write(chunks),
    end,
    close: async () => {
      await end().catch(() => {})
      secured.abort()
    },
    abort: (reason) => secured.abort(reason),
  }
}

/** Whether the session of an earlier connection was resumed. */
export function isResumed({ duplex }: Transport): boolean {
  return duplex instanceof TLSSocket && duplex.isSessionReused()
}

function bytesOf(value: TlsMaterial): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value)
}
