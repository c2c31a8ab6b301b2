/*
 * Faults at the level of bytes, under any protocol and over any road: what a bad network or a bad peer does after
 * so many bytes, on demand.
 */

import type { Endpoint } from '@net/core'
import { argument, inCall, netError, option, pause, stoppable } from '@net/core/authoring'

import { isTransport } from '../call-doors.ts'
import { roadOperation } from '../dial-operation.ts'
import { dialer as isDialer, type Dialer, type DialOptions } from '../dialer.ts'
import { socketErrors } from '../errors.ts'
import { handled } from '../handled.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { FaultyDirection } from './faulty-direction.ts'
import { faultDoor, isOfDial, type FaultPlan } from './fault-plan.ts'

/** A dialer whose connections suffer the planned faults; `listen` stays as it is. Throws `NET_BAD_OPTION`. */
export function faulty(dialer: Dialer, plan: FaultPlan | readonly FaultPlan[]): Dialer {
  inCall({ protocol: 'socket', call: 'faulty' }, () => argument('the dialer', isDialer, dialer))
  const plans = [plan].flat().map((each) => ({ plan: faultDoor(each), left: each.times ?? 1 }))
  return {
    name: `faulty ${dialer.name}`,
    async dial(endpoint, options) {
      const faults: FaultPlan[] = []
      for (const each of plans) if (each.left-- > 0) faults.push(each.plan)
      const onDial = faults.find(isOfDial)
      if (onDial !== undefined) return unconnected(endpoint, options, onDial.do)
      return withFaults(await dialer.dial(endpoint, options), faults)
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
  const faults = armed.map((plan) => faultDoor(plan as FaultPlan))
  if (!faults.some(isOfDial)) return new FaultyTransport(transport, faults)
  throw netError('NET_BAD_OPTION', {
    message: 'a transport is connected already; refuse and black-hole are for faulty(dialer, plan)',
  })
}

/** What becomes of a dial that does not connect. */
function unconnected(
  endpoint: Endpoint,
  options: DialOptions | undefined,
  how: FaultPlan['do'],
): Promise<never> {
  const spec = { protocol: endpoint.scheme, operation: 'dial', endpoint, errors: socketErrors }
  return roadOperation(spec, options, (op) =>
    op.phase('connect', async () => {
      if (how === 'black-hole') return stoppable(op, new Promise<never>(() => {}))
      throw netError('NET_CONNECT_REFUSED', { message: 'the connection was refused' })
    }),
  )
}

class FaultyTransport implements Transport, AsyncDisposable {
  readonly info: ConnectionInfo
  readonly #inner: Transport
  readonly #incoming: FaultyDirection
  readonly #outgoing: FaultyDirection
  readonly #stalled = Promise.withResolvers<never>()
  #rest: Uint8Array | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor(inner: Transport, plans: readonly FaultPlan[]) {
    this.info = inner.info
    this.#inner = inner
    this.#incoming = new FaultyDirection(plans, 'receive')
    this.#outgoing = new FaultyDirection(plans, 'send')
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
    if (chunk === null) return null
    const size = Math.min(chunk.length, direction.room, direction.piece)
    if (size < chunk.length) this.#rest = chunk.subarray(size)
    await direction.wait(size)
    return direction.pass(chunk.subarray(0, size))
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
        const part = rest.subarray(0, Math.min(rest.length, direction.room, direction.piece))
        await direction.wait(part.length)
        rest = rest.subarray(part.length)
        const bytes = direction.pass(part)
        if (direction.state === 'ended') continue
        await this.#inner.write([bytes]).catch((error) => this.#broken(error))
      }
    }
    return undefined
  }

  async #suffer(direction: FaultyDirection, fault: FaultPlan['do']): Promise<void> {
    if (typeof fault === 'object') {
      if ('delay' in fault) await pause(fault.delay)
      else direction.slow(fault)
    } else if (fault === 'garbage' || fault === 'stall' || fault === 'corrupt')
      direction.state = fault
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
