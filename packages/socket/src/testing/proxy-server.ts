/*
 * What the test proxies have in common: they listen on loopback, tell what they were asked for, carry bytes both
 * ways, and misbehave on demand. It must not know how a client asks for a tunnel.
 */

import { formatEndpoint, isLoopback, isNetError, type Endpoint } from '@net/core'
import { clock, netError, option, own, type OptionTable } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import { dialer, type Dialer } from '../dialer.ts'
import { listen, type ConnectionServer } from '../listen.ts'
import { overTransport } from '../stream-connection.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import type { TlsOptions } from '../tls/options.ts'
import { actionWith, FaultRules, type FaultRule } from './fault-rules.ts'
import { withFaults } from './faults.ts'
import type { FaultPlan } from './fault-plan.ts'

/** What a test proxy is like. */
export interface ProxyServerOptions {
  /** Passwords by user; without them clients need no login. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** Names that this proxy alone can resolve, with the loopback address of each. */
  readonly hosts?: Readonly<Record<string, string>> | undefined
  /** The road on to the endpoints; default TCP, on which only loopback is reached. */
  readonly dialer?: Dialer | undefined
}

/** What a client asked a test proxy for. */
export interface ProxyRequest {
  /** Where to, as the client wrote it: `host:port`, IPv6 in brackets. */
  readonly target: string
  /** Who asked, where the client said so. */
  readonly user?: string
  /** The fields of the request, names in lower case; empty with SOCKS. */
  readonly headers: Readonly<Record<string, string>>
}

/** A fault of a test proxy. */
export interface ProxyFault {
  /** Which tunnels: the beginning of `host:port`, or a pattern for it. Default any. */
  readonly on?: string | RegExp | undefined
  /** After how many bytes through the tunnel to the client. Default: in the place of the proxy's answer. */
  readonly after?: number | undefined
  /** How many tunnels it hits. Default 1. */
  readonly times?: number | undefined
  /**
   * Another answer (a code of SOCKS or a status of HTTP), a delay in milliseconds, the connection closed (`drop`), reset,
   * left open without a word more (`stall`), closed in our direction only (`half-close`), or nonsense on it (`garbage`).
   */
  readonly do:
    | { readonly reply: number }
    | { readonly delay: number }
    | 'drop'
    | 'reset'
    | 'stall'
    | 'half-close'
    | 'garbage'
}

/** A test proxy that runs. */
export interface ProxyServer extends AsyncDisposable {
  /** As `socksDialer`, `connectDialer` and the option `proxy` take it; without credentials. */
  readonly url: string
  /** Where it listens. */
  readonly address: Endpoint
  /** What it was asked for. */
  readonly received: readonly ProxyRequest[]
  /** How many clients are connected. */
  readonly connections: number
  /** Arms a fault. Throws `NET_BAD_OPTION`, also for a reply with `after`. */
  fail(fault: ProxyFault): void
  /** Ends everything. */
  close(): Promise<void>
}

/** Why a proxy does not give a tunnel. */
export type ProxyRefusal = 'forbidden' | 'refused' | 'unreachable'

/** How a protocol asks and answers. */
export interface ProxyProtocol {
  /** The request; undefined if the client was refused, after the refusal was sent. */
  read(connection: Connection): Promise<ProxyRequest | undefined>
  /** The answer: the tunnel stands, or why not, or the code that a fault asks for. */
  answer(outcome: 'open' | ProxyRefusal | number): Uint8Array
  /** What the endpoint is to read first, where no tunnel was asked for; its own answer is the proxy's then. */
  onward?(): Uint8Array | undefined
}

/** What a proxy is made of. */
export interface ProxyParts {
  readonly scheme: string
  readonly options: ProxyServerOptions
  readonly tls?: TlsOptions
  /** The protocol of one connection. */
  readonly speak: () => ProxyProtocol
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxyServer(parts: ProxyParts): Promise<ProxyServer> {
  const server = new RunningProxy(parts)
  await server.start()
  return server
}

class RunningProxy implements ProxyServer {
  readonly received: ProxyRequest[] = []
  readonly #parts: ProxyParts
  readonly #faults = new FaultRules<ProxyFault>({
    protocol: 'socket',
    actions: [actionWith<{ readonly reply: number }>('reply', { reply: option.between(0, 999) })],
    check: refuseLateReply,
  })
  #server: ConnectionServer | undefined

  constructor(parts: ProxyParts) {
    this.#parts = parts
  }

  get url(): string {
    return `${this.#parts.scheme}://${formatEndpoint(this.address)}`
  }

  get address(): Endpoint {
    return this.#running.address
  }

  get connections(): number {
    return this.#running.connections.size
  }

  async start(): Promise<void> {
    const { tls } = this.#parts
    const scheme = tls === undefined ? 'tcp' : 'tls'
    this.#server = await listen(
      `${scheme}://127.0.0.1:0`,
      (connection) => this.#serve(connection),
      tls === undefined ? {} : { tls },
    )
  }

  fail(fault: ProxyFault): void {
    this.#faults.add(fault)
  }

  close(): Promise<void> {
    this.#faults.end()
    return this.#running.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #running(): ConnectionServer {
    if (this.#server === undefined) throw new Error('the proxy was not started')
    return this.#server
  }

  async #serve(connection: Connection): Promise<void> {
    const protocol = this.#parts.speak()
    const request = await protocol.read(connection)
    if (request === undefined) return
    this.received.push(request)
    const fault = this.#faults.at(request.target)
    if (fault !== undefined && fault.after === undefined) {
      if (!(await strike(fault.do, connection, protocol))) return
    }
    const onward = await this.#dial(request.target, fault)
    if (typeof onward === 'string') {
      await connection.write(protocol.answer(onward))
      return
    }
    await using _ = onward
    const first = protocol.onward?.()
    if (first === undefined) await connection.write(protocol.answer('open'))
    else await onward.write(first)
    await carry(connection, onward)
  }

  async #dial(target: string, fault: ProxyFault | undefined): Promise<Connection | ProxyRefusal> {
    const { hosts, dialer } = this.#parts.options
    const at = target.lastIndexOf(':')
    const asked = target.slice(0, at).replace(/^\[|\]$/g, '')
    const host = own(hosts, asked) ?? asked
    if (dialer === undefined && !isLoopback(host)) return 'forbidden'
    const endpoint = { scheme: 'tcp', host, port: Number(target.slice(at + 1)) }
    try {
      const transport = await (dialer ?? tcpDialer()).dial(endpoint)
      return overTransport(withFaults(transport, tunnelFaults(fault)))
    } catch (error) {
      return isNetError(error) && error.code === 'NET_CONNECT_REFUSED' ? 'refused' : 'unreachable'
    }
  }
}

/** What happens within the tunnel. */
function tunnelFaults(fault: ProxyFault | undefined): readonly FaultPlan[] {
  if (fault?.after === undefined || isReply(fault.do)) return []
  return [{ on: 'receive', after: fault.after, do: fault.do }]
}

function refuseLateReply({ after, do: what }: FaultRule<unknown>): void {
  if (after === undefined || !isReply(what as ProxyFault['do'])) return
  throw netError('NET_BAD_OPTION', {
    message: 'a reply comes in the place of the answer, so it has no after',
  })
}

function isReply(what: ProxyFault['do']): what is { readonly reply: number } {
  return typeof what === 'object' && 'reply' in what
}

/** Does what the fault says in the place of an answer; resolves to whether the proxy still has to answer. */
async function strike(
  what: ProxyFault['do'],
  connection: Connection,
  protocol: ProxyProtocol,
): Promise<boolean> {
  if (isReply(what)) {
    await connection.write(protocol.answer(what.reply))
    return false
  }
  if (typeof what === 'object') {
    await new Promise<void>((resolve) => {
      clock().after(what.delay, resolve)
    })
    return true
  }
  if (what === 'reset') connection.abort()
  if (what === 'reset' || what === 'drop') return false
  if (what === 'half-close') await connection.end()
  if (what === 'garbage') await connection.write(NONSENSE)
  // Until the client has had enough.
  for await (const _ of connection);
  return false
}

/** Carries bytes both ways until both have ended; what goes wrong on one side is seen on the other. */
async function carry(client: Connection, onward: Connection): Promise<void> {
  try {
    await Promise.all([copy(client, onward), copy(onward, client)])
  } catch (error) {
    onward.abort(error)
    throw error
  }
}

async function copy(from: Connection, to: Connection): Promise<void> {
  for await (const chunk of from) await to.write(chunk)
  await to.end()
}

/** Every byte once, so that no reader waits for the end of a line. */
const NONSENSE: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, index) => (index * 167 + 129) & 0xff,
)

/** The options that all test proxies take. */
export const proxyServerTable: OptionTable<ProxyServerOptions> = {
  users: option.record(option.text),
  hosts: option.record(option.text),
  dialer,
}
