/*
 * The tour: every scenario over real loopback sockets, reported as it happens, then a table of all and the waterfall
 * of one call.
 */

import { onEvent, type NetEvent } from '@net/core'

import { bytesText, type Screen } from './progress-line.ts'
import type { Scenario, Stage } from './scenario.ts'
import { drawTable } from './table.ts'
import { barsOf, drawWaterfall } from './waterfall.ts'

/** How one scenario went. Time is in milliseconds. */
export interface Result {
  readonly scenario: Scenario
  readonly bytes: number
  readonly time: number
  readonly events: readonly NetEvent[]
  readonly error?: unknown
}

/** Runs the scenarios one after the other, reports them on the screen, and returns their results. */
export async function runTour(scenarios: readonly Scenario[], screen: Screen): Promise<Result[]> {
  const results: Result[] = []
  for (const scenario of scenarios) {
    screen.write(`${scenario.number}. ${scenario.title}\n`)
    results.push(await runScenario(scenario, screen))
  }
  screen.write(`\n${drawTable(HEADER, results.map(rowOf)).join('\n')}\n`)
  drawFirstCall(
    results.flatMap(({ events }) => events),
    screen,
  )
  const passed = results.filter(({ error }) => error === undefined).length
  screen.write(`\n${passed} of ${results.length} scenarios passed\n`)
  return results
}

async function runScenario(scenario: Scenario, screen: Screen): Promise<Result> {
  const events: NetEvent[] = []
  using _ = onEvent('*', (event) => void events.push(event))
  const started = performance.now()
  try {
    const bytes = await scenario.run(stageOn(screen))
    return { scenario, bytes, time: performance.now() - started, events }
  } catch (error) {
    screen.write(`   failed: ${error instanceof Error ? error.message : String(error)}\n`)
    return { scenario, bytes: 0, time: performance.now() - started, events, error }
  }
}

function stageOn(screen: Screen): Stage {
  return {
    sent: (text) => void screen.write(`   → ${text}\n`),
    received: (text) => void screen.write(`   ← ${text}\n`),
    progress: (done, total) => {
      if (screen.isTTY === true) screen.write(`\r\u001b[K   ${done} of ${total}`)
      if (done === total)
        screen.write(`${screen.isTTY === true ? '\r\u001b[K' : ''}   ${done} of ${total}\n`)
    },
  }
}

function rowOf({ scenario, bytes, time, error }: Result): string[] {
  const result = error === undefined ? 'passed' : 'failed'
  return [
    String(scenario.number),
    scenario.title,
    scenario.transport,
    bytesText(bytes),
    `${time.toFixed(1)} ms`,
    result,
  ]
}

function drawFirstCall(events: readonly NetEvent[], screen: Screen): void {
  const call = events.find((event) => event.type === 'operation' && event.protocol === 'http')
  if (call === undefined) return
  screen.write(`\nOne call, phase by phase:\n\n`)
  for (const line of drawWaterfall(barsOf(events, call.id))) screen.write(`  ${line}\n`)
}

const HEADER = ['>#', 'scenario', 'transport', '>bytes', '>time', 'result']
