/*
 * Faults at the level of bytes, under any protocol and over any road: what a bad network or a bad peer does after
 * so many bytes, on demand.
 */

import {
  argument,
  clock,
  inCall,
  netError,
  option,
  optionsDoor,
  optionsObject,
  own,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { isTransport } from '../call-doors.ts'
import { dialer as isDialer, type Dialer } from '../dialer.ts'
import { handled } from '../handled.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'

/** One fault. */
export interface FaultPlan {
  /** Which bytes count and suffer: those that we receive, or those that we send. Default 'receive'. */
  readonly on?: 'receive' | 'send' | undefined
  /** After so many bytes; default 0, before the first. */
  readonly after?: number | undefined
  /** How many connections suffer it, from the first on; default 1. */
  readonly times?: number | undefined
  /**
   * `drop`: the connection has ended as if the peer had closed it. `reset`: it is reset. `stall`: not one more byte
   * moves. `half-close`: that direction ends, the other goes on. `garbage`: what follows is replaced by nonsense of the
   * same length. `delay`: what follows comes so many milliseconds later.
   */
  readonly do: 'drop' | 'reset' | 'stall' | 'half-close' | 'garbage' | { readonly delay: number }
}

/** A dialer whose connections suffer the planned faults; the dials themselves, and `listen`, stay as they are. */
export function faulty(dialer: Dialer, plan: FaultPlan | readonly FaultPlan[]): Dialer {
  inCall({ protocol: 'socket', call: 'faulty' }, () => argument('the dialer', isDialer, dialer))
  const plans = [plan].flat().map((each) => ({ plan: faultDoor(each), left: each.times ?? 1 }))
  return {
    name: `faulty ${dialer.name}`,
    async dial(endpoint, options) {
      const transport = await dialer.dial(endpoint, options)
      const faults: FaultPlan[] = []
      for (const each of plans) if (each.left-- > 0) faults.push(each.plan)
      return withFaults(transport, faults)
    },
    ...(dialer.listen === undefined ? {} : { listen: dialer.listen.bind(dialer) }),
  }
}

/** One transport with faults, each of which strikes once. */
export function withFaults(transport: Transport, plans: readonly FaultPlan[]): Transport {
  const armed = inCall({ protocol: 'socket', call: 'withFaults' }, () => {
    argument('the transport', isTransport, transport)
    return argument('the plans', option.list(option.anything), plans)
  })
  return new FaultyTransport(
    transport,
    armed.map((plan) => faultDoor(plan as FaultPlan)),
  )
}

/** A fault that waits for its byte. */
interface Armed {
  readonly at: number
  readonly what: FaultPlan['do']
}

class Direction {
  readonly #armed: Armed[]
  /** What happens to all further bytes. */
  state: 'normal' | 'garbage' | 'stall' | 'ended' | 'reset' = 'normal'
  moved = 0

  constructor(plans: readonly FaultPlan[], on: 'receive' | 'send') {
    this.#armed = plans
      .filter((plan) => (own(plan, 'on') ?? 'receive') === on)
      .map((plan) => ({ at: own(plan, 'after') ?? 0, what: plan.do }))
      .toSorted((a, b) => a.at - b.at)
  }

  /** How many bytes may move before the next fault. */
  get room(): number {
    const next = this.#armed[0]
    return next === undefined ? Infinity : next.at - this.moved
  }

  /** The fault whose byte has come, which is then over. */
  strike(): FaultPlan['do'] | undefined {
    return this.room <= 0 ? this.#armed.shift()?.what : undefined
  }

  /** The bytes as they arrive at the other end. */
  pass(bytes: Uint8Array): Uint8Array {
    this.moved += bytes.length
    return this.state === 'garbage' ? nonsense(bytes.length) : bytes
  }
}

class FaultyTransport implements Transport, AsyncDisposable {
  readonly info: ConnectionInfo
  readonly #inner: Transport
  readonly #incoming: Direction
  readonly #outgoing: Direction
  readonly #stalled = Promise.withResolvers<never>()
  #rest: Uint8Array | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor(inner: Transport, plans: readonly FaultPlan[]) {
    this.info = inner.info
    this.#inner = inner
    this.#incoming = new Direction(plans, 'receive')
    this.#outgoing = new Direction(plans, 'send')
    void handled(this.#stalled.promise)
  }

  async read(): Promise<Uint8Array | null> {
    const direction = this.#incoming
    for (let fault = direction.strike(); fault !== undefined; fault = direction.strike()) {
      await this.#suffer(direction, fault)
    }
    if (direction.state === 'reset') throw reset()
    if (direction.state === 'ended') return null
    if (direction.state === 'stall') return this.#stalled.promise
    const chunk = this.#rest ?? (await this.#inner.read().catch((error) => this.#cut(error)))
    this.#rest = undefined
    if (chunk === null || chunk.length <= direction.room) return chunk && direction.pass(chunk)
    this.#rest = chunk.subarray(direction.room)
    return direction.pass(chunk.subarray(0, direction.room))
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    // One after the other, so that a delay does not let later bytes overtake earlier ones.
    const sent = this.#sending.then(() => this.#send(chunks))
    this.#sending = sent.catch(() => {})
    return handled(sent)
  }

  async flush(): Promise<void> {
    await this.#sending
    if (this.#outgoing.state === 'ended') return
    await (this.#inner.flush?.() ?? this.#inner.write([])).catch((error) => this.#broken(error))
  }

  async end(): Promise<void> {
    await this.#sending
    if (this.#outgoing.state === 'stall') return this.#stalled.promise
    if (this.#outgoing.state !== 'ended') await this.#inner.end()
  }

  async close(): Promise<void> {
    if (this.#outgoing.state === 'stall') this.abort()
    else await this.#sending
    await this.#inner.close()
    this.#release()
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason)
    this.#release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
  }

  async #send(chunks: readonly Uint8Array[]): Promise<void> {
    const direction = this.#outgoing
    for (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0;) {
        for (let fault = direction.strike(); fault !== undefined; fault = direction.strike()) {
          await this.#suffer(direction, fault)
        }
        if (direction.state === 'reset') throw reset()
        if (direction.state === 'stall') return this.#stalled.promise
        const part = rest.subarray(0, Math.min(rest.length, direction.room))
        rest = rest.subarray(part.length)
        const bytes = direction.pass(part)
        if (direction.state === 'ended') continue
        await this.#inner.write([bytes]).catch((error) => this.#broken(error))
      }
    }
    return undefined
  }

  async #suffer(direction: Direction, fault: FaultPlan['do']): Promise<void> {
    if (typeof fault === 'object') {
      await new Promise<void>((resolve) => {
        clock().after(fault.delay, resolve)
      })
    } else if (fault === 'garbage' || fault === 'stall') direction.state = fault
    else if (fault === 'half-close') {
      direction.state = 'ended'
      if (direction === this.#outgoing) await this.#inner.end()
    } else {
      this.#incoming.state = fault === 'drop' ? 'ended' : 'reset'
      this.#outgoing.state = 'reset'
      this.#inner.abort()
    }
  }

  /** A read that a fault of the other direction has cut off: it was the fault, and not our abort below. */
  #cut(error: unknown): null {
    if (this.#incoming.state === 'reset') throw reset()
    if (this.#incoming.state !== 'ended') throw error
    return null
  }

  /** The same for a write. */
  #broken(error: unknown): never {
    throw this.#outgoing.state === 'reset' ? reset() : error
  }

  #release(): void {
    this.#stalled.reject(netError('NET_CLOSED', { message: 'the connection is closed' }))
  }
}

function reset(): Error {
  return netError('NET_CONN_RESET', { message: 'the connection was reset' })
}

/** The same nonsense for the same length, so that a failing test fails again. */
function nonsense(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 167 + 129) & 0xff)
}

/** What happens to a connection. */
const faultAction: Shape<FaultPlan['do']> = option.either<FaultPlan['do']>(
  [
    option.oneOf('drop', 'reset', 'stall', 'half-close', 'garbage'),
    optionsObject<{ readonly delay: number }>({ delay: option.required(option.milliseconds) }),
  ],
  "'drop', 'reset', 'stall', 'half-close', 'garbage' or { delay }",
)

const faultDoor: OptionsDoor<FaultPlan> = optionsDoor<FaultPlan>(
  { protocol: 'socket', call: 'faulty' },
  {
    on: option.oneOf('receive', 'send'),
    after: option.bytes,
    times: option.count,
    do: option.required(faultAction),
  },
)
