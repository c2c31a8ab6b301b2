/*
 * A log for people: one line per record on stderr, written past `console`, which programs replace.
 */

import {
  passes,
  threshold,
  type LogLevel,
  type LogRecord,
  type LogSink,
  type LogThreshold,
} from './log-record.ts'
import { writeText } from './text-stream.ts'
import { printable } from '../errors/render.ts'
import { optionsDoor } from '../options/door.ts'
import { flag } from '../options/values.ts'

/** How the lines look. */
export interface ConsoleSinkOptions {
  /** The lowest level that is written. Default `trace`: all that the log lets through. */
  readonly level?: LogThreshold | undefined
  /** Whether levels are coloured. Default only on a terminal that has colours; NO_COLOR switches it off. */
  readonly color?: boolean | undefined
}

/** A sink that writes one line per record to stderr: time of day, level, protocol, message, fields of the context. */
export function consoleSink(options?: ConsoleSinkOptions): LogSink {
  const { level = 'trace', color } = consoleOptions(options)
  return {
    write(record) {
      if (passes(record.level, level))
        writeText(process.stderr, `${lineOf(record, color ?? hasColors())}\n`)
    },
  }
}

function lineOf({ level, time, protocol, message, fields }: LogRecord, color: boolean): string {
  const clockTime = new Date(time).toISOString().slice(11, 23)
  const padded = level.padEnd(5)
  const shown = color ? `\u001b[${colors[level]}m${padded}\u001b[39m` : padded
  const id = typeof fields['id'] === 'number' ? `#${fields['id']}` : ''
  const added = Object.entries(fields)
    .filter(([key]) => !TOLD.has(key))
    .map(shownField)
  return [clockTime, shown, printable(`${protocol}${id} ${message}`, Infinity), ...added].join(' ')
}

function shownField([key, value]: [string, unknown]): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return printable(`${key}=${text}`)
}

function hasColors(): boolean {
  return process.stderr.isTTY && process.stderr.hasColors()
}

const colors: Readonly<Record<LogLevel, number>> = {
  trace: 90,
  debug: 90,
  info: 36,
  warn: 33,
  error: 31,
}
// Fields that the line contains anyway, and fields for programs only.
const TOLD: ReadonlySet<string> = new Set([
  'event',
  'id',
  'parent',
  'client',
  'target',
  'endpoint',
  'state',
  'outcome',
  'duration',
  'transferred',
  'status',
  'total',
  'error',
  'message',
  'phase',
  'code',
  'direction',
  'text',
  'bytes',
  'attempt',
  'delay',
  'action',
  'size',
  'busy',
  'waiting',
])
const consoleOptions = optionsDoor<ConsoleSinkOptions>(
  { call: 'consoleSink' },
  { level: threshold, color: flag },
  { colors: 'color', colour: 'color' },
)
