// What the matrix needs of a protocol: a peer with faults, one call from dialing to closing, and what comes of each fault.
import type { TimeoutOptions } from '@net/core'
import type { Dialer } from '@net/socket'
import type { IssuedCertificate } from '@net/socket/testing'

/** A protocol in the matrix. */
export interface MatrixProtocol<Fault = never> {
  readonly name: string
  /** Whether it runs under TLS as well. */
  readonly underTls: boolean
  /** Starts a peer, with TLS if it gets a certificate. */
  serve(tls: IssuedCertificate | undefined): Promise<Peer<Fault>>
  /** Connects, makes one call that moves more than 100 KB, and closes. Rejects unless what came is whole. */
  exchange(url: string, way: Way): Promise<void>
  readonly cases: readonly Case<Fault>[]
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
export type Misdeed = 'drop' | 'reset' | 'half-close' | 'stall' | 'garbage'

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

/** The greeting's. A peer that resets before it has said a word may do so while a proxy is still connecting. */
export function usualGreeting(): Omit<ReturnType<typeof usual>, 'reset'> {
  const { reset: _, ...rest } = usual('greeting', 'safe', 'GREETING')
  return rest
}
