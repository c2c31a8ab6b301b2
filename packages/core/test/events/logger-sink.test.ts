import { Console } from 'node:console'
import { Writable } from 'node:stream'

import { loggerSink, type LoggerLike, type LogLevel, type LogRecord } from '@net/core'
import { expect, test } from 'vitest'

const record: LogRecord = {
  level: 'info',
  time: 0,
  protocol: 'http',
  operation: 'GET',
  message: 'GET /%d%s: ok',
  fields: { id: 7 },
}
const fields = { id: 7, protocol: 'http', operation: 'GET' }

function recorder(): {
  readonly calls: unknown[][]
  readonly logger: LoggerLike & { readonly trace: LogMethodOf }
} {
  const calls: unknown[][] = []
  const method =
    (name: string): LogMethodOf =>
    (...args: unknown[]) =>
      void calls.push([name, ...args])
  const logger = {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
  }
  return { calls, logger }
}

type LogMethodOf = (...args: unknown[]) => void

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error']

test('[CORE-14] a logger with bindings, which is pino, gets the fields first', () => {
  const { calls, logger } = recorder()
  const sink = loggerSink({ ...logger, bindings: () => ({}) } as LoggerLike)
  for (const level of levels) sink.write({ ...record, level })
  expect(calls).toEqual(levels.map((level) => [level, fields, 'http GET /%d%s: ok']))
})

test('any other logger gets the message first, and never trace, which prints a stack', () => {
  const { calls, logger } = recorder()
  const sink = loggerSink(logger)
  for (const level of levels) sink.write({ ...record, level })
  expect(calls.map(([name]) => name)).toEqual(['debug', 'debug', 'info', 'warn', 'error'])
  expect(calls[2]).toEqual(['info', 'http GET /%d%s: ok', fields])
})

test('a console prints percent signs as they are, and the fields behind the message', () => {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  loggerSink(new Console(stream)).write(record)
  expect(text).toBe("http GET /%d%s: ok { protocol: 'http', operation: 'GET', id: 7 }\n")
})

test('the order can be told', () => {
  const { calls, logger } = recorder()
  loggerSink(logger, { first: 'fields' }).write(record)
  expect(calls).toEqual([['info', fields, 'http GET /%d%s: ok']])
})

test('refuses what is no logger', () => {
  const { info, warn, error } = recorder().logger
  expect(() => loggerSink({ info, warn, error } as unknown as LoggerLike)).toThrow(
    /no method debug/,
  )
})
