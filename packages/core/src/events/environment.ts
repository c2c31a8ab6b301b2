/*
 * Starts the log that the variable NET_LOG asks for, once per process, at its first operation: `info` for all, or
 * `ssh:trace,http:debug` by protocol. Writes to stderr; what it cannot read is a process warning, never a failure.
 */

import { printable } from '../errors/render.ts'
import { shared } from '../shared.ts'
import { consoleSink } from './console-sink.ts'
import { isThreshold, type LogThreshold } from './log-record.ts'
import { logTo, type LogOptions } from './log-to.ts'

/** Reads NET_LOG at the first call; later calls cost one comparison. */
export function logFromEnvironment(): void {
  if (state.started) return
  state.started = true
  const text = process.env['NET_LOG']
  if (text !== undefined && text !== '') start(text)
}

/** What a value of NET_LOG asks for, and the parts of it that say nothing. */
export function readNetLog(text: string): {
  readonly options: LogOptions
  readonly unknown: readonly string[]
} {
  const protocols: Record<string, LogThreshold> = Object.create(null) as Record<
    string,
    LogThreshold
  >
  const unknown: string[] = []
  let level: LogThreshold = 'off'
  for (const part of text.split(',').map((each) => each.trim())) {
    const [, protocol, named = ''] = PART.exec(part) ?? []
    const threshold = named.toLowerCase()
    if (!isThreshold(threshold)) {
      if (part !== '') unknown.push(part)
    } else if (protocol === undefined) level = threshold
    else protocols[protocol.toLowerCase()] = threshold
  }
  return { options: { level, protocols }, unknown }
}

function start(text: string): void {
  const { options, unknown } = readNetLog(text)
  for (const part of unknown) {
    const message = `NET_LOG: "${printable(part)}" is not understood; write a level, or protocol:level`
    process.emitWarning(message, { code: 'NET_LOG_UNKNOWN' })
  }
  logTo(consoleSink(), options)
}

const PART = /^(?:([\w.-]+):)?(\w+)$/
// One per process: two copies of this package share the channels, and would log everything twice.
const state: { started: boolean } = shared('log-from-environment', () => ({ started: false }))
