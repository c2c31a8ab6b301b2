/* A part of a call while it runs: its pair of events, its own limit, and its place in what errors say. */

import type { ErrorContext, Phase } from '../errors/net-error.ts'
import type { Timer } from '../time/clock.ts'
import type { Narrator } from './narrator.ts'
import type { OpenPhase } from './operation-spec.ts'
import type { Scope } from './scope.ts'

/** What a phase needs of its operation. */
export interface PhaseHost {
  readonly narrator: Narrator
  /** Starts the limit of that phase, which stops the scope when it passes. */
  arm(name: Phase, scope: Scope): Timer | undefined
  /** Goes back to the phase around one that has ended. */
  leave(outer: Phase | undefined): void
  describe(error: unknown, context: ErrorContext): unknown
}

/** One phase of one operation. */
export class RunningPhase implements OpenPhase {
  readonly #host: PhaseHost
  readonly #name: Phase
  readonly #outer: Phase | undefined
  readonly #scope: Scope
  readonly #tell: (failure: unknown) => void
  readonly #timer: Timer | undefined

  /** `outer` is the phase around it, `scope` what its limit stops. */
  constructor(host: PhaseHost, name: Phase, outer: Phase | undefined, scope: Scope) {
    this.#host = host
    this.#name = name
    this.#outer = outer
    this.#scope = scope
    this.#tell = host.narrator.phase(name)
    this.#timer = host.arm(name, scope)
  }

  ended(): void {
    this.#end(undefined)
  }

  failed(error: unknown): unknown {
    const described = this.#host.describe(this.#scope.reason ?? error, { phase: this.#name })
    this.#end(described)
    return described
  }

  #end(failure: unknown): void {
    this.#tell(failure)
    this.#timer?.clear()
    this.#host.leave(this.#outer)
  }
}
