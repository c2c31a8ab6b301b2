// What the matrix needs of a protocol: a peer with faults, one call from dialing to closing, and what comes of each fault; or
// why nothing can come of it.
import type { TimeoutOptions } from '@net/core'
import type { Dialer } from '@net/socket'
import type { IssuedCertificate } from '@net/socket/testing'

/** A protocol in the matrix. */
export interface MatrixProtocol<Fault = never> {
  readonly name: string
  /** Why it does not run under TLS; undefined if it does. */
  readonly neverTls?: string
  /** Starts a peer, with TLS if it gets a certificate. */
  serve(tls: IssuedCertificate | undefined): Promise<Peer<Fault>>
  /** Connects, makes one call that moves more than 100 KB, and closes. Rejects unless what came is whole. */
  exchange(url: string, way: Way): Promise<void>
  /** What the peer does wrong. */
  readonly cases: readonly Case<Fault>[]
  /** The cases that it cannot meet, by their names, and why. */
  readonly lacks: Readonly<Record<string, string>>
  /** A byte that changes on the road. */
  readonly corrupt: CorruptByte
}

/** A peer that misbehaves on demand. */
export interface Peer<Fault> extends AsyncDisposable {
  readonly url: string
  readonly connections: number
  fail(fault: Fault): void
}

/** How to reach the peer. */
export interface Way {
  readonly dialer: Dialer
  /** The authority of the peer's certificate, where there is TLS. */
  readonly ca: string | undefined
  /** For connecting and for the call: how long the peer may be silent, and that nothing is repeated. */
  readonly call: { readonly timeout: TimeoutOptions; readonly retry: false }
}

/** A fault at a moment, and what must come of it. */
export interface Case<Fault> {
  readonly name: string
  readonly what: Misdeed
  readonly fault: Fault
  /** The error's class, code, phase and retry class; the first is the rule, the others are as good. */
  readonly outcomes: readonly string[]
}

/** What every peer can be told to do. */
export type Misdeed = (typeof misdeeds)[number]

/** All of it. */
export const misdeeds = ['drop', 'reset', 'half-close', 'stall', 'garbage'] as const

/** Which byte of those that come changes on the road, and what comes of it. */
export interface CorruptByte {
  /** After how many bytes, of so many in all. */
  after(received: number): number
  /** In clear; undefined where nothing can tell, with the reason in `lacks`. */
  readonly plain?: readonly string[]
  /** Under TLS. */
  readonly sealed?: readonly string[]
}

/** The cases of one moment: how to arm a fault for it, and the outcomes of those that it knows. */
export function at<Fault>(
  moment: string,
  arm: (what: Misdeed) => Fault,
  outcomes: Partial<Readonly<Record<Misdeed, string | readonly string[]>>>,
): readonly Case<Fault>[] {
  return Object.entries(outcomes).map(([key, outcome]) => {
    const what = key as Misdeed
    return { name: `${what} at ${moment}`, what, fault: arm(what), outcomes: [outcome].flat() }
  })
}

/**
 * What most moments have in common: the connection is lost, nothing comes, or nonsense. Whether a loss is told as a
 * close or as a reset is the road's affair: files and tunnels know no reset, and one may overtake the end.
 */
export function usual(
  phase: string,
  retry: string,
  limit: 'GREETING' | 'AUTH' | 'TLS' | 'REPLY' | 'IDLE' | 'TOTAL',
): Readonly<Record<Misdeed, readonly string[]>> {
  const lost = ['NET_CONN_CLOSED', 'NET_CONN_RESET'].map(
    (code) => `ConnectionLostError ${code} ${phase} ${retry}`,
  )
  return {
    drop: lost,
    reset: lost,
    'half-close': lost.slice(0, 1),
    stall: [`TimeoutError NET_TIMEOUT_${limit} ${phase} ${retry}`],
    garbage: [`ProtocolError NET_PROTO_MALFORMED ${phase} never`],
  }
}

/** Why there is no reset before the first word. */
export const RESET_EARLY =
  'a proxy may still be connecting when a peer resets that has not said a word'

/** The greeting's. */
export function usualGreeting(): Omit<ReturnType<typeof usual>, 'reset'> {
  const { reset: _, ...rest } = usual('greeting', 'safe', 'GREETING')
  return rest
}
