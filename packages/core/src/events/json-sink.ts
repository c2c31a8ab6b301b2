/*
 * A log for machines: one JSON object per line, whatever peers and callers put into it.
 */

import { netError } from '../errors/net-error.ts'
import { adopt, failureOf } from '../data/adopted-stream.ts'
import { inCall } from '../options/door.ts'
import { argument } from '../options/shape.ts'
import { methods } from '../options/values.ts'
import type { LogRecord, LogSink } from './log-record.ts'
import { writeText, type TextStream } from './text-stream.ts'

/**
 * A sink that writes one JSON object per line: time (ISO 8601), level, protocol, operation, message and the fields,
 * which never replace those. What the stream does not take at once waits in its buffer; a stream that fails ends the log,
 * and not the process. Throws `NET_BAD_OPTION` for a value that is not a stream.
 */
export function jsonSink(stream: TextStream): LogSink {
  inCall({ call: 'jsonSink' }, () => argument('the stream', textStream, stream))
  adopt(stream)
  return {
    write(record) {
      const failed = failureOf(stream)
      if (failed !== undefined) throw failed.error
      if (stream.writable === false) {
        throw netError('NET_CLOSED', { message: 'the stream of a JSON log is closed' })
      }
      writeText(stream, `${lineOf(record)}\n`)
    },
  }
}

function lineOf({ time, fields, ...head }: LogRecord): string {
  const named = { time: new Date(time).toISOString(), ...head }
  const line = jsonOf({ ...named, ...fields, ...named })
  if (line !== undefined) return oneLine(line)
  const { inspect } = process.getBuiltinModule('node:util')
  return oneLine(JSON.stringify({ ...named, fields: inspect(fields) }))
}

function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'bigint' ? String(each) : each,
    )
  } catch {
    // A cycle, or a toJSON that fails: the caller's context is written in another form instead.
    return undefined
  }
}

/** JSON allows these in strings as they are, but terminals and readers of lines do not bear them. */
function oneLine(json: string): string {
  return json.replace(
    HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const textStream = methods<TextStream>('a stream, such as process.stdout', 'write')
const HARMFUL: RegExp = new RegExp(
  '[\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]',
  'g',
)
