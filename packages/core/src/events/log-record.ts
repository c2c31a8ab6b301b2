/*
 * What a log says about an event: its level, one harmless line, and fields. Knows nothing of where records go.
 */

import { isError } from '../errors/is-error.ts'
import { clock } from '../time/clock.ts'
import { isNetError, type NetError } from '../errors/net-error.ts'
import { printable } from '../errors/render.ts'
import type {
  NetEvent,
  NetEventName,
  OperationEvent,
  PhaseEvent,
  PoolEvent,
  TransferEvent,
  RetryEvent,
  WireEvent,
} from './channels.ts'
import { redact } from '../redaction/redact.ts'
import { shape, type Shape } from '../options/shape.ts'

/** How much a record matters, least first. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** The lowest level that is let through; `off` lets nothing through. */
export type LogThreshold = LogLevel | 'off'

/** One line of a log. Free of secrets and of control characters; its fields have a JSON. */
export interface LogRecord {
  readonly level: LogLevel
  /** Milliseconds since 1970. */
  readonly time: number
  readonly protocol: string
  readonly operation: string
  /** One line. */
  readonly message: string
  /** What the event knows, and what the log's context adds. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Where records go. What it throws is reported once, as a process warning, and dropped. */
export interface LogSink {
  write(record: LogRecord): void
}

/** The record of an event; the fields of the context never replace those of the event. */
export function recordOf(event: NetEvent, context?: Readonly<Record<string, unknown>>): LogRecord {
  const { version: _, type, time: __, protocol, operation, ...rest } = event
  const { error, ...known } = rest as { readonly error?: NetError }
  return {
    level: levelOf(event),
    time: clock().date(),
    protocol,
    operation,
    message: printable(tellings[type](event as never), Infinity),
    fields: {
      ...withoutSecrets(context),
      event: type,
      ...known,
      ...(error === undefined ? {} : { error: plainError(error) }),
    },
  }
}

/** The level of an event: failures error, warnings and retries warn, what was done info. */
export function levelOf(event: NetEvent): LogLevel {
  if (event.type === 'operation') return levelOfOperation(event)
  return levelOfChannel[event.type]
}

/** Whether a record of that level passes the threshold. */
export function passes(level: LogThreshold, threshold: LogThreshold): boolean {
  return order.indexOf(level) >= order.indexOf(threshold)
}

/** Whether the text is the name of a level, or `off`. */
export function isThreshold(text: string): text is LogThreshold {
  return order.some((each) => each === text)
}

/** A log threshold. */
export const threshold: Shape<LogThreshold> = shape(
  'trace, debug, info, warn, error or off',
  (value) => typeof value === 'string' && isThreshold(value),
)

/** The channels whose events can pass the threshold; the others need no listener. */
export function channelsAt(threshold: LogThreshold): readonly NetEventName[] {
  return (Object.keys(highest) as NetEventName[]).filter((name) => passes(highest[name], threshold))
}

function levelOfOperation(event: OperationEvent): LogLevel {
  if (event.state === 'warning') return 'warn'
  if (event.state === 'start' || event.outcome === 'aborted') return 'debug'
  return event.outcome === 'failed' ? 'error' : 'info'
}

function plainError(error: NetError): Readonly<Record<string, unknown>> {
  const { name, code, message, retry, phase, cause } = error
  return {
    name,
    code,
    message: printable(message, Infinity),
    retry,
    ...(phase === undefined ? {} : { phase }),
    ...(isError(cause) ? { cause: summary(cause) } : {}),
  }
}

function summary(cause: Error): string {
  const code: unknown = isNetError(cause) ? cause.code : Reflect.get(cause, 'code')
  return printable(`${cause.name}${typeof code === 'string' ? ` ${code}` : ''}: ${cause.message}`)
}

function withoutSecrets(
  context: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const entries = Object.entries(context ?? {})
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value]),
  )
}

function headline({ operation, target }: OperationEvent): string {
  return target === undefined ? operation : `${operation} ${target}`
}

function told(event: OperationEvent): string {
  if (event.state === 'start') return `${headline(event)}: started`
  if (event.state === 'warning') return `${headline(event)}: ${event.message ?? ''}`
  // The message of an error of ours names the call already.
  if (event.outcome === 'failed' && event.error !== undefined) return event.error.message
  const bytes = event.transferred === undefined ? '' : `, ${event.transferred} bytes`
  return `${headline(event)}: ${event.outcome ?? 'ended'} (${milliseconds(event.duration)}${bytes})`
}

function toldOfPhase({ operation, phase, state, outcome, duration }: PhaseEvent): string {
  if (state === 'start') return `${operation}: ${phase}`
  return `${operation}: ${phase} ${outcome ?? 'ended'} (${milliseconds(duration)})`
}

function toldOfWire({ direction, text, bytes }: WireEvent): string {
  const size = bytes === undefined ? '' : `${bytes} bytes`
  return `${direction === 'send' ? '>' : '<'} ${text ?? size}`
}

function toldOfProgress({ operation, transferred, total }: TransferEvent): string {
  return `${operation}: ${transferred}${total === undefined ? '' : ` of ${total}`} bytes`
}

function toldOfRetry({ operation, attempt, delay, error }: RetryEvent): string {
  return `${operation}: attempt ${attempt} failed, the next one follows in ${milliseconds(delay)}: ${error.message}`
}

function toldOfPool({ operation, action, size, busy, waiting }: PoolEvent): string {
  return `${operation}: ${action}, ${busy} of ${size} connections busy, ${waiting} calls waiting`
}

function milliseconds(duration: number | undefined): string {
  return `${Math.round(duration ?? 0)} ms`
}

const tellings: { readonly [N in NetEventName]: (event: never) => string } = {
  operation: told,
  phase: toldOfPhase,
  wire: toldOfWire,
  progress: toldOfProgress,
  retry: toldOfRetry,
  pool: toldOfPool,
}
const order: readonly LogThreshold[] = ['trace', 'debug', 'info', 'warn', 'error', 'off']
const levelOfChannel: Readonly<Record<Exclude<NetEventName, 'operation'>, LogLevel>> = {
  phase: 'debug',
  wire: 'trace',
  progress: 'trace',
  retry: 'warn',
  pool: 'debug',
}
const highest: Readonly<Record<NetEventName, LogLevel>> = { operation: 'error', ...levelOfChannel }
