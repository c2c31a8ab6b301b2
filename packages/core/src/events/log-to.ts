/*
 * From events to logs: which events pass, with which context, into which sink. Listens only to the channels whose
 * events can pass, so that events without a log are never made.
 */

import {
  inCall,
  optionsDoor,
  optionsObject,
  type OptionTable,
  type Taken,
} from '../options/door.ts'
import { argument, shape, type Shape } from '../options/shape.ts'
import { either, methods, record, required } from '../options/values.ts'
import { onEvent, type NetEvent, type NetEventListener } from './channels.ts'
import { guarded } from '../callbacks/guarded.ts'
import {
  channelsAt,
  levelOf,
  passes,
  recordOf,
  threshold,
  type LogRecord,
  type LogSink,
  type LogThreshold,
} from './log-record.ts'

/** What a log lets through, and what it adds. */
export interface LogOptions {
  /** The lowest level. Default `info`; `off` leaves only what `protocols` names. */
  readonly level?: LogThreshold | undefined
  /** Levels of protocols by name; `ssh` also covers `ssh.sftp` unless that is named too. */
  readonly protocols?: Readonly<Record<string, LogThreshold>> | undefined
  /** Fields that every record gets, such as the name of a job; those of the event win. */
  readonly context?: Readonly<Record<string, unknown>> | undefined
}

/** The `log` option of clients: a sink, or a sink with what it lets through. */
export type LogOption = LogSink | ({ readonly sink: LogSink } & LogOptions)

/** A sink of log records. */
export const logSink: Shape<LogSink> = methods<LogSink>(
  'a sink, such as consoleSink(), jsonSink(stream) or loggerSink(logger)',
  'write',
)

const logTable: OptionTable<LogOptions> = {
  level: threshold,
  protocols: record(threshold),
  context: shape('an object', (value) => typeof value === 'object' && value !== null),
}
const logObject = optionsObject<Exclude<LogOption, LogSink>>({
  ...logTable,
  sink: required(logSink),
})
const logToDoor = optionsDoor<LogOptions>({ call: 'logTo' }, logTable)

/** The `log` of a client: a sink, or a sink with what it lets through. */
export const log: Shape<LogOption> = either<LogOption>(
  [logSink, logObject],
  `${logSink.may}, or { sink, level }`,
)

/** Logs every operation of this process into the sink. Dispose the result to stop. Throws `NET_BAD_OPTION`. */
export function logTo(sink: LogSink, options?: LogOptions): Disposable {
  const taken = logToDoor(options)
  const listener = inCall({ call: 'logTo' }, () => {
    return listenerOf(argument('the log', logSink, sink), taken)
  })
  const names = channelsAt(lowest(taken))
  const subscriptions = names.map((name) => onEvent(name, listener))
  return {
    [Symbol.dispose]: () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
    },
  }
}

/** The listener that a client's `log` option asks for. Throws `NET_BAD_OPTION`. */
export function logListener(option: LogOption): NetEventListener {
  if (logSink.fits(option)) return listenerOf(option as LogSink, {})
  const { sink, ...options } = logObject.take(log.take(option, 'log'), 'log')
  return listenerOf(sink, options)
}

function listenerOf(sink: LogSink, options: Taken<LogOptions>): NetEventListener {
  const write = guarded('a log sink', (record: LogRecord) => sink.write(record))
  const thresholdOf = thresholds(options)
  const { context } = options
  return (event: NetEvent) => {
    if (passes(levelOf(event), thresholdOf(event.protocol))) write(recordOf(event, context))
  }
}

function thresholds({
  level = 'info',
  protocols = {},
}: Taken<LogOptions>): (protocol: string) => LogThreshold {
  const known = new Map(Object.entries(protocols))
  return (protocol) => {
    for (let name = protocol; name !== ''; name = parentOf(name)) {
      const own = known.get(name)
      if (own !== undefined) return own
    }
    return level
  }
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

function lowest({ level = 'info', protocols = {} }: Taken<LogOptions>): LogThreshold {
  return [level, ...Object.values(protocols)].reduce((a, b) => (passes(a, b) ? b : a))
}
