/*
 * A log into the logger that a program has: pino, console, or anything with the same four methods.
 */

import { Console } from 'node:console'

import { inCall, optionsDoor } from '../options/door.ts'
import { argument } from '../options/shape.ts'
import { methods, oneOf } from '../options/values.ts'
import type { LogLevel, LogRecord, LogSink } from './log-record.ts'

/** One method of a logger; loggers disagree about its parameters. */
export type LogMethod = (...args: never[]) => unknown

/** A logger with the four usual levels. `trace` is used only where the fields come first: console.trace prints a stack. */
export interface LoggerLike {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  readonly trace?: LogMethod
}

/** How the logger is called. */
export interface LoggerSinkOptions {
  /**
   * `fields`: `logger.info(fields, message)`, as pino and bunyan want it. `message`: `logger.info(message, fields)`,
   * as console and winston want it. Default `fields` for a logger with a method `bindings`, which is pino's, else
   * `message`.
   */
  readonly first?: 'fields' | 'message' | undefined
}

/** A sink that passes each record to the logger's method of its level. Throws `NET_BAD_OPTION` for a value that is not a logger. */
export function loggerSink(logger: LoggerLike, options?: LoggerSinkOptions): LogSink {
  inCall({ call: 'loggerSink' }, () => argument('the logger', loggerLike, logger))
  const { first = 'bindings' in logger ? 'fields' : 'message' } = loggerOptions(options)
  const fieldsFirst = first === 'fields'
  // A percent sign in the first argument of console's methods would swallow the fields.
  const format = logger instanceof Console ? ['%s'] : []
  return {
    write(record) {
      const { message, fields } = withName(record)
      const method = methodOf(logger, record.level, fieldsFirst)
      // Of a method that returns a promise it is known later whether it failed.
      const args = fieldsFirst ? [fields, message] : [...format, message, fields]
      return Reflect.apply(method, logger, args) as undefined
    },
  }
}

function withName({
  protocol,
  operation,
  message,
  fields,
}: LogRecord): Pick<LogRecord, 'message' | 'fields'> {
  return { message: `${protocol} ${message}`, fields: { protocol, operation, ...fields } }
}

function methodOf(logger: LoggerLike, level: LogLevel, fieldsFirst: boolean): LogMethod {
  if (level !== 'trace') return logger[level]
  return (fieldsFirst ? logger.trace : undefined) ?? logger.debug
}

const loggerLike = methods<LoggerLike>(
  'a logger with the methods debug, info, warn and error',
  'debug',
  'info',
  'warn',
  'error',
)
const loggerOptions = optionsDoor<LoggerSinkOptions>(
  { call: 'loggerSink' },
  { first: oneOf('fields', 'message') },
)
