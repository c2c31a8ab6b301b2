// A road on which some connections break: which, when and how is drawn by lot, and counted once it has struck.
import { faulty, type FaultPlan } from '@net/socket/testing'
import type { Dialer, Transport } from '@net/socket'

import type { Random } from './random.ts'

/** How many connections there were, and what befell them. */
export class Damage {
  connections = 0
  /** Those that were to suffer a fault. */
  faulty = 0
  /** How often each kind struck; the rest of the faulty connections ended before their byte came. */
  readonly struck = new Map<string, number>()

  /** A fault struck. */
  strike(what: FaultPlan['do']): void {
    const kind = typeof what === 'object' ? 'delay' : what
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1)
  }
}

/** Options of a rough road. */
export interface Roughness {
  readonly random: Random
  readonly damage: Damage
  /** Whether what goes over it notices changed bytes, as TLS and SSH do; else there is no garbage on it. */
  readonly sealed: boolean
}

/** The same road with 30 % of its connections faulty. */
export function roughRoad(dialer: Dialer, { random, damage, sealed }: Roughness): Dialer {
  return {
    name: `rough ${dialer.name}`,
    async dial(endpoint, options) {
      damage.connections++
      if (!random.chance(SHARE)) return dialer.dial(endpoint, options)
      damage.faulty++
      const plan = draw(random, sealed)
      const transport = await faulty(dialer, plan).dial(endpoint, options)
      return watched(transport, plan, () => damage.strike(plan.do))
    },
  }
}

function draw(random: Random, sealed: boolean): FaultPlan {
  const kinds = sealed ? ([...CLEAN, 'garbage'] as const) : CLEAN
  const kind = random.pick(kinds)
  return {
    on: random.pick(['receive', 'send']),
    after: random.size(FARTHEST),
    do: kind === 'delay' ? { delay: 1 + random.below(LONGEST_DELAY) } : kind,
  }
}

/** Tells once, when the byte of the fault has been reached. */
function watched(transport: Transport, plan: FaultPlan, tell: () => void): Transport {
  let left: number | undefined = plan.after ?? 0
  const count = (bytes: number): void => {
    if (left === undefined || (left -= bytes) > 0) return
    left = undefined
    tell()
  }
  const size = (chunks: readonly Uint8Array[]): number =>
    chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  return {
    info: transport.info,
    async read() {
      if (plan.on === 'receive') count(0)
      const chunk = await transport.read()
      if (plan.on === 'receive' && chunk !== null) count(chunk.length)
      return chunk
    },
    write(chunks) {
      if (plan.on === 'send') count(size(chunks))
      return transport.write(chunks)
    },
    end: () => transport.end(),
    close: () => transport.close(),
    abort: (reason) => transport.abort(reason),
    ...(transport.flush === undefined ? {} : { flush: () => transport.flush!() }),
  }
}

const SHARE = 0.3
const CLEAN = ['reset', 'drop', 'stall', 'half-close', 'delay'] as const
const FARTHEST = 200_000
const LONGEST_DELAY = 300
