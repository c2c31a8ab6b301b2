/*
 * From events to logs: which events pass, with which context, into which sink. Listens only to the channels whose
 * events can pass, so that what nobody logs is never made.
 */

import { netError } from '../errors/net-error.ts'
import { merge, own } from '../options.ts'
import { onEvent, type NetEvent, type NetEventListener } from './channels.ts'
import { guarded } from './guarded.ts'
import {
  channelsAt,
  isThreshold,
  levelOf,
  passes,
  recordOf,
  type LogSink,
  type LogThreshold,
} from './log-record.ts'

/** What a log lets through, and what it adds. */
export interface LogOptions {
  /** The lowest level. Default `info`; `off` leaves only what `protocols` names. */
  readonly level?: LogThreshold
  /** Levels of protocols by name; `ssh` also covers `ssh.sftp` unless that is named too. */
  readonly protocols?: Readonly<Record<string, LogThreshold>>
  /** Fields that every record gets, such as the name of a job; those of the event win. */
  readonly context?: Readonly<Record<string, unknown>>
}

/** The `log` option of clients: a sink, or a sink with what it lets through. */
export type LogOption = LogSink | ({ readonly sink: LogSink } & LogOptions)

/** Logs every operation of this process into the sink. Dispose the result to stop. Throws `NET_BAD_OPTION`. */
export function logTo(sink: LogSink, options?: LogOptions): Disposable {
  const listener = logListener({ ...options, sink })
  const names = channelsAt(lowest(options))
  const subscriptions = names.map((name) => onEvent(name, listener))
  return {
    [Symbol.dispose]: () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
    },
  }
}

/** The listener that a client's `log` option asks for. Throws `NET_BAD_OPTION`. */
export function logListener(option: LogOption): NetEventListener {
  const sink = own(option as { readonly sink?: LogSink }, 'sink') ?? (option as LogSink)
  const options = sink === option ? undefined : (option as LogOptions)
  const write = guarded('a log sink', checkedSink(sink))
  const thresholdOf = thresholds(options)
  const context = own(options, 'context')
  return (event: NetEvent) => {
    if (passes(levelOf(event), thresholdOf(event.protocol))) write(recordOf(event, context))
  }
}

function checkedSink(sink: LogSink): LogSink['write'] {
  if (typeof sink !== 'object' || sink === null || typeof sink.write !== 'function') {
    throw netError('NET_BAD_OPTION', {
      message:
        'a log goes to a sink, such as consoleSink(), jsonSink(stream) or loggerSink(logger)',
    })
  }
  return (record) => sink.write(record)
}

function thresholds(options: LogOptions | undefined): (protocol: string) => LogThreshold {
  const level = checkedLevel('level', own(options, 'level') ?? 'info')
  const known = new Map(Object.entries(protocolsOf(options)))
  for (const [name, each] of known) checkedLevel(`protocols.${name}`, each)
  return (protocol) => {
    for (let name = protocol; name !== ''; name = parentOf(name)) {
      const own = known.get(name)
      if (own !== undefined) return own
    }
    return level
  }
}

function protocolsOf(options: LogOptions | undefined): Readonly<Record<string, LogThreshold>> {
  return merge(own(options, 'protocols')) as Record<string, LogThreshold>
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

function lowest(options: LogOptions | undefined): LogThreshold {
  const all = [own(options, 'level') ?? 'info', ...Object.values(protocolsOf(options))]
  return all.reduce((a, b) => (passes(a, b) ? b : a))
}

function checkedLevel(option: string, level: string): LogThreshold {
  if (isThreshold(level)) return level
  throw netError('NET_BAD_OPTION', {
    message: `${option} must be trace, debug, info, warn, error or off`,
  })
}
