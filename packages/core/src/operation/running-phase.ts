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

/** Where a phase began. */
export interface PhasePlace {
  readonly name: Phase
  readonly outer: Phase | undefined
  readonly scope: Scope
}

/** One phase of one operation. */
export class RunningPhase implements OpenPhase {
  readonly #host: PhaseHost
  readonly #place: PhasePlace
  readonly #tell: (failure: unknown) => void
  readonly #timer: Timer | undefined

  constructor(host: PhaseHost, place: PhasePlace) {
    this.#host = host
    this.#place = place
    this.#tell = host.narrator.phase(place.name)
    this.#timer = host.arm(place.name, place.scope)
  }

  ended(): void {
    this.#end(undefined)
  }

  failed(error: unknown): unknown {
    const { name, scope } = this.#place
    const described = this.#host.describe(scope.reason ?? error, { phase: name })
    this.#end(described)
    return described
  }

  #end(failure: unknown): void {
    this.#tell(failure)
    this.#timer?.clear()
    this.#host.leave(this.#place.outer)
  }
}
