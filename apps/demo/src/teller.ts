/* How the tour is printed: for a person, or for a program. */

import type { NetEvent, WireEvent } from '@net/core'

import type { Scenario, Stage } from './scenario.ts'

/** How one scenario went. Time is in milliseconds. */
export interface Result {
  readonly scenario: Scenario
  readonly bytes: number
  readonly time: number
  readonly events: readonly NetEvent[]
  readonly error?: Error
}

/** What hears of the tour as it happens. */
export interface Teller {
  /** A scenario is about to begin; the result takes what it does. */
  begin(scenario: Scenario): Stage
  /** A line went over the wire. */
  wire(event: WireEvent): void
  /** The scenario is over. */
  end(result: Result): void
  /** So is the tour. */
  finish(results: readonly Result[]): void
}
