/*
 * The warnings of the process as records of a log: what Node and packages announce as deprecated, and what these
 * packages report that way themselves.
 */

import { clock } from '../time/clock.ts'
import { printable } from '../errors/render.ts'
import { logSink } from './log-to.ts'
import { inCall } from '../options/door.ts'
import { argument } from '../options/shape.ts'
import { guarded } from '../callbacks/guarded.ts'
import type { LogRecord, LogSink } from './log-record.ts'
import { redact } from '../redaction/redact.ts'

/**
 * Writes every warning of this process into the sink, at level `warn`, as protocol `process`; `fields` has its name, such
 * as `DeprecationWarning`, and its code. Dispose the result to stop. Node still prints them, unless it runs with `--no-warnings`.
 */
export function logWarnings(sink: LogSink): Disposable {
  inCall({ call: 'logWarnings' }, () => argument('the sink', logSink, sink))
  const write = guarded('a log sink', (warning: Error) => sink.write(warningRecord(warning)))
  process.on('warning', write)
  return { [Symbol.dispose]: () => void process.off('warning', write) }
}

function warningRecord(warning: Error): LogRecord {
  const code: unknown = Reflect.get(warning, 'code')
  return {
    level: 'warn',
    time: clock().date(),
    protocol: 'process',
    operation: 'warning',
    message: printable(redact(`${warning.name}: ${warning.message}`)),
    fields: {
      event: 'warning',
      name: warning.name,
      ...(typeof code === 'string' ? { code } : {}),
    },
  }
}
