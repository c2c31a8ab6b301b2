/* What `--log` and `--timing` show of a run, made from the events of its operations. */

import { consoleSink, jsonSink, logTo, onEvent, type NetEvent } from '@net/core'

import type { Call } from './call.ts'
import { barsOf, drawWaterfall } from './output/waterfall.ts'

/** Runs the work, logged and timed as the options say. */
export async function watched(call: Call, work: () => Promise<number>): Promise<number> {
  const { options, io, output } = call
  const { log, timing } = options
  if (log === undefined && timing !== true) return work()
  const events: NetEvent[] = []
  const sink = output.json ? jsonSink(io.stderr) : consoleSink({ color: colorsOf(call) })
  using _log = log === undefined ? undefined : logTo(sink, { level: log })
  using _heard = timing === true ? onEvent('*', (event) => void events.push(event)) : undefined
  try {
    return await work()
  } finally {
    if (timing === true) await tellTimes(call, events)
  }
}

async function tellTimes({ io, output }: Call, events: readonly NetEvent[]): Promise<void> {
  const bars = barsOf(events)
  for (const bar of bars) await output.event({ type: 'timing', ...bar })
  if (output.json || bars.length === 0) return
  const { columns } = io.stderr
  const lines = drawWaterfall(bars, columns === undefined || columns === 0 ? 80 : columns)
  output.complain(lines.join('\n'))
}

function colorsOf({ io }: Call): boolean {
  return io.stderr.isTTY === true && (io.env['NO_COLOR'] ?? '') === ''
}
