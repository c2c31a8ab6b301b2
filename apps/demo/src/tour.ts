/* The tour: every scenario over real loopback sockets, one after the other, told as it happens. */

import { onEvent, type NetEvent } from '@net/core'

import type { Scenario } from './scenario.ts'
import type { Result, Teller } from './teller.ts'

/** What the tour tells beside its steps. */
export interface TourOptions {
  /** Whether lines on the wire are printed as well. */
  readonly wire: boolean
}

/** Runs the scenarios one after the other and returns their results. */
export async function runTour(
  scenarios: readonly Scenario[],
  teller: Teller,
  options: TourOptions = { wire: false },
): Promise<Result[]> {
  const results: Result[] = []
  for (const scenario of scenarios) {
    const result = await runScenario(scenario, teller, options)
    results.push(result)
    teller.end(result)
  }
  teller.finish(results)
  return results
}

async function runScenario(
  scenario: Scenario,
  teller: Teller,
  { wire }: TourOptions,
): Promise<Result> {
  const stage = teller.begin(scenario)
  const events: NetEvent[] = []
  using _ = onEvent('*', (event) => {
    events.push(event)
    if (wire && event.type === 'wire') teller.wire(event)
  })
  const started = performance.now()
  try {
    const bytes = await scenario.run(stage)
    return { scenario, bytes, time: performance.now() - started, events }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return { scenario, bytes: 0, time: performance.now() - started, events, error }
  }
}
