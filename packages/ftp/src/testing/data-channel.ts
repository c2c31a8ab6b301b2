/*
 * The server's side of data connections: one listener for one connection, and how bytes go over it with the faults
 * that a test asked for. It must not know what the bytes are.
 */

import { pause, ByteQueue, clock } from '@net/core/authoring'
import type { Dialer, Transport, TransportListener } from '@net/socket'

import type { FtpFault, FtpFaultAction } from './faults.ts'

/** How a transfer ended. */
export interface DataOutcome {
  readonly bytes: Uint8Array
  /** False if the connection was lost. */
  readonly whole: boolean
  /** The fault that struck. */
  readonly struck?: FtpFaultAction
}

/** How one data connection comes about. */
export interface DataMeeting {
  /** The connection; undefined if none was made. */
  accept(): Promise<Transport | undefined>
  close(): Promise<void>
}

/** From where to where the server connects. */
export interface ActivePeer {
  readonly host: string
  readonly port: number
  readonly from: string
}

/** Connects to the client. */
export class ActiveConnector implements DataMeeting {
  readonly #dialer: Dialer
  readonly #host: string
  readonly #port: number
  readonly #from: string

  /** `from` is the address to connect from, which is the server's own. */
  constructor(dialer: Dialer, { host, port, from }: ActivePeer) {
    this.#dialer = dialer
    this.#host = host
    this.#port = port
    this.#from = from
  }

  accept(): Promise<Transport | undefined> {
    const endpoint = { scheme: 'tcp', host: this.#host, port: this.#port }
    return this.#dialer
      .dial(endpoint, { localAddress: this.#from, timeout: PATIENCE })
      .catch(() => undefined)
  }

  async close(): Promise<void> {}
}

/** Waits for one data connection. */
export class PassiveListener implements DataMeeting {
  readonly port: number
  readonly #listener: TransportListener

  private constructor(listener: TransportListener) {
    this.#listener = listener
    this.port = listener.address.port
  }

  static async open(dialer: Dialer, host: string): Promise<PassiveListener> {
    if (dialer.listen === undefined) throw new Error(`the dialer ${dialer.name} cannot listen`)
    return new PassiveListener(await dialer.listen({ scheme: 'tcp', host, port: 0 }))
  }

  /** The connection, and nobody after it; undefined if none came within 10 seconds. */
  async accept(): Promise<Transport | undefined> {
    const timer = clock().after(PATIENCE, () => void this.close())
    try {
      return (await this.#listener.accept()) ?? undefined
    } finally {
      timer.clear()
      await this.close()
    }
  }

  close(): Promise<void> {
    return this.#listener.close()
  }
}

/** Sends the bytes, then the end. */
export async function sendData(
  data: Transport,
  bytes: Uint8Array,
  fault: FtpFault | undefined,
): Promise<DataOutcome> {
  const stop = fault?.after ?? Infinity
  try {
    for (let at = 0; at < bytes.length && at < stop;) {
      const end = Math.min(at + PIECE, bytes.length, stop)
      await data.write([bytes.subarray(at, end)])
      at = end
    }
    if (fault !== undefined) {
      await data.flush?.()
      await strike(data, fault.do)
      if (!endsHere(fault.do)) return await sendData(data, bytes.subarray(stop), undefined)
      return { bytes, whole: false, struck: fault.do }
    }
    await data.end()
    // As with vsftpd, a transfer over TLS is over only when the client has said so too.
    if (data.info.tls !== undefined) await clientEnds(data)
    await data.close()
    return { bytes, whole: true }
  } catch {
    return { bytes, whole: false }
  }
}

/** Takes everything until the client ends. */
export async function receiveData(
  data: Transport,
  fault: FtpFault | undefined,
): Promise<DataOutcome> {
  const stop = fault?.after ?? Infinity
  const received = new ByteQueue()
  const bytes = (): Buffer => Buffer.from(received.peek(received.length))
  let left = fault
  try {
    for (;;) {
      if (left !== undefined && received.length >= stop) {
        // A server that refuses the rest does not read it either, which resets the connection.
        if (typeof left.do === 'object' && 'reply' in left.do) data.abort()
        else await strike(data, left.do)
        if (endsHere(left.do)) return { bytes: bytes(), whole: false, struck: left.do }
        left = undefined
      }
      const chunk = await data.read()
      if (chunk === null) break
      received.push(chunk)
    }
    await data.close()
    return { bytes: bytes(), whole: true }
  } catch {
    return { bytes: bytes(), whole: false }
  }
}

/** Waits for the end that the client sends; 10 seconds at most. */
async function clientEnds(data: Transport): Promise<void> {
  const timer = clock().after(PATIENCE, () => data.abort())
  try {
    while ((await data.read()) !== null);
  } finally {
    timer.clear()
  }
}

function endsHere(what: FtpFaultAction): boolean {
  return what !== 'garbage' && !(typeof what === 'object' && 'delay' in what)
}

async function strike(data: Transport, what: FtpFaultAction): Promise<void> {
  if (what === 'reset') data.abort()
  else if (what === 'garbage') await data.write([Buffer.alloc(64, 0xa5)])
  else if (what === 'stall') await data.closed
  else if (typeof what === 'object' && 'delay' in what) await pause(what.delay)
  else await data.close()
}

const PATIENCE = 10_000
const PIECE = 65_536
