/*
 * The work on private fields of ssh2 that concerns connections which the server brings, and nothing else: ssh2 drops those
 * whose address is not written as it was asked for. Holds for the version of `load-engine.ts` alone.
 */

import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** A channel that the server opens for a connection to where it listens for us. */
export interface ForwardedChannel {
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string }
  /** Undefined for a Unix socket. */
  readonly from: { readonly host: string; readonly port: number } | undefined
  accept(): EngineChannel
  reject(): void
}

/** Hears of all such channels. As soon as the client has connected. */
export function hearForwarded(
  client: EngineClient,
  heard: (channel: ForwardedChannel) => void,
): void {
  const handlers = client._protocol._handlers
  const original = handlers['CHANNEL_OPEN'] as ((...all: unknown[]) => void) | undefined
  // Of the channel that ssh2 is just hearing of, which it tells within the call.
  let about: Pick<ForwardedChannel, 'to' | 'from'> | undefined
  handlers['CHANNEL_OPEN'] = (...all: unknown[]) => {
    const [protocol, info] = all as [unknown, Opening]
    about = aboutOf(info)
    // An address that ssh2 knows, in the place of the server's.
    const known = about === undefined ? info : { ...info, data: { ...info.data, ...KNOWN } }
    original?.(protocol, known)
  }
  client._forwarding[`${KNOWN.destIP}:${KNOWN.destPort}`] = KNOWN.destPort
  client._forwardingUnix[KNOWN.socketPath] = true
  const come = (_: unknown, accept: () => EngineChannel, reject: () => void): void => {
    if (about === undefined) reject()
    else heard({ ...about, accept, reject })
  }
  client.on('tcp connection', come)
  client.on('unix connection', come)
}

interface Opening {
  readonly type: string
  readonly data: {
    readonly destIP?: string
    readonly destPort?: number
    readonly srcIP?: string
    readonly srcPort?: number
    readonly socketPath?: string
  }
}

function aboutOf({ type, data }: Opening): Pick<ForwardedChannel, 'to' | 'from'> | undefined {
  const { destIP = '', destPort = 0, srcIP = '', srcPort = 0, socketPath = '' } = data
  if (type === 'forwarded-tcpip') {
    return { to: { host: destIP, port: destPort }, from: { host: srcIP, port: srcPort } }
  }
  if (type !== 'forwarded-streamlocal@openssh.com') return undefined
  return { to: { path: socketPath }, from: undefined }
}

const KNOWN = { destIP: 'ours', destPort: 1, socketPath: 'ours' } as const
