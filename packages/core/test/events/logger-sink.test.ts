import { Console } from 'node:console'
import { once } from 'node:events'
import { readFile, rename } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Writable } from 'node:stream'

import {
  loggerSink,
  logTo,
  logWarnings,
  type LoggerLike,
  type LogLevel,
  type LogOptions,
  type LogRecord,
} from '@net/core'
import { operation } from '@net/core/authoring'
import { pino, type LoggerOptions } from 'pino'
import { expect, test } from 'vitest'

import { temporaryFolder } from '../data/folder.ts'

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

test('the order can be set', () => {
  const { calls, logger } = recorder()
  loggerSink(logger, { first: 'fields' }).write(record)
  expect(calls).toEqual([['info', fields, 'http GET /%d%s: ok']])
})

test('refuses a value that is not a logger', () => {
  const { info, warn, error } = recorder().logger
  expect(() => loggerSink({ info, warn, error } as unknown as LoggerLike)).toThrow(
    /the logger must be a logger with the methods debug/,
  )
})

test("[CORE-16] pino's destinations are the handlers: a stream, memory, a socket, several by level", async () => {
  const lines: string[] = []
  const errors: string[] = []
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [remote] = (await once(server, 'connection')) as [Socket]
  const logger = pino(
    { level: 'trace' },
    pino.multistream([
      { level: 'trace', stream: memory(lines) },
      { level: 'error', stream: memory(errors) },
      { level: 'info', stream: socket },
    ]),
  )
  const sink = loggerSink(logger)
  for (const level of ['debug', 'info', 'error'] as const) sink.write({ ...record, level })
  socket.end()
  let received = ''
  for await (const chunk of remote) received += String(chunk)
  expect(lines.map((line) => pinoLine(line).level)).toEqual([20, 30, 50])
  expect(errors.map((line) => pinoLine(line).level)).toEqual([50])
  expect(
    received
      .split('\n')
      .filter(Boolean)
      .map((line) => pinoLine(line).level),
  ).toEqual([30, 50])
})

test('[CORE-16] a file that is rotated away goes on under its name', async () => {
  await using folder = await temporaryFolder()
  const destination = pino.destination({ dest: folder.at('net.log'), sync: true })
  const sink = loggerSink(pino(destination))
  sink.write(record)
  await rename(folder.at('net.log'), folder.at('net.log.1'))
  const reopened = once(destination, 'ready')
  destination.reopen()
  await reopened
  sink.write({ ...record, operation: 'POST' })
  destination.end()
  await once(destination, 'close')
  expect(await operationsIn(folder.at('net.log.1'))).toEqual(['GET'])
  expect(await operationsIn(folder.at('net.log'))).toEqual(['POST'])
})

test('[CORE-17] formatters decide how a line looks', () => {
  const lines: string[] = []
  const options: LoggerOptions = {
    base: { service: 'orders' },
    messageKey: 'text',
    timestamp: () => ',"at":"2026-01-01"',
    formatters: { level: (label) => ({ severity: label.toUpperCase() }) },
  }
  loggerSink(pino(options, memory(lines))).write(record)
  expect(lines.join('')).toBe(
    '{"severity":"INFO","at":"2026-01-01","service":"orders","protocol":"http","operation":"GET","id":7,"text":"http GET /%d%s: ok"}\n',
  )
})

test('[CORE-18] data configures the logger and what reaches it', async () => {
  const configured = JSON.parse(`{
    "logger": { "level": "debug", "base": { "service": "orders" }, "messageKey": "text" },
    "log": { "level": "warn", "protocols": { "configured": "debug" }, "context": { "job": "nightly" } }
  }`) as { readonly logger: LoggerOptions; readonly log: LogOptions }
  const lines: string[] = []
  using _ = logTo(loggerSink(pino(configured.logger, memory(lines))), configured.log)
  await call('configured')
  await call('other')
  expect(lines.map(pinoLine)).toMatchObject([
    { level: 20, service: 'orders', job: 'nightly', text: 'configured do: started' },
    { level: 30, service: 'orders', job: 'nightly', protocol: 'configured' },
  ])
})

test('[CORE-19] logging does not wait for the disk: lines are queued, and written on flush', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('net.log')
  const destination = pino.destination({ dest: path, sync: false, minLength: 8192 })
  await once(destination, 'ready')
  using log = logTo(loggerSink(pino(destination)))
  for (let each = 0; each < 20; each++) await call('queued')
  expect(await readFile(path, 'utf8')).toBe('')
  log[Symbol.dispose]()
  destination.end()
  await once(destination, 'close')
  expect(await operationsIn(path)).toHaveLength(20)
})

test('[CORE-22] deprecation warnings reach the same logger', async () => {
  const lines: string[] = []
  using _ = logWarnings(loggerSink(pino(memory(lines))))
  const warned = once(process, 'warning')
  process.emitWarning('use fresh()', 'DeprecationWarning', 'OLD_CALL')
  await warned
  expect(lines.map(pinoLine)).toMatchObject([
    { level: 40, name: 'DeprecationWarning', code: 'OLD_CALL', protocol: 'process' },
  ])
})

function call(protocol: string): Promise<void> {
  return operation({ protocol, operation: 'do', kind: 'command' }, undefined, () =>
    Promise.resolve(),
  )
}

function memory(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
}

function pinoLine(line: string): { readonly level: number; readonly operation: string } {
  return JSON.parse(line) as { level: number; operation: string }
}

async function operationsIn(path: string): Promise<readonly string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean)
  return lines.map((line) => pinoLine(line).operation)
}

test('refuses a value that is not a logger, and options that do not exist', () => {
  for (const wrong of [undefined, null, 'pino', {}, { info: () => {} }]) {
    expect(() => loggerSink(wrong as never)).toThrow('loggerSink: the logger must be a logger')
  }
  expect(() => loggerSink(console, { order: 'fields' } as never)).toThrow('the options are first')
  expect(() => loggerSink(console, { first: 'message ' } as never)).toThrow(
    "first must be 'fields' or 'message'",
  )
})

test('a logger whose methods return promises that fail ends nothing', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('mine'))
  const logger = { debug: failing, info: failing, warn: failing, error: failing }
  const spec = { protocol: 'test', operation: 'GET', kind: 'exchange' } as const
  const warned = once(process, 'warning')
  using _listening = logTo(loggerSink(logger), { level: 'trace' })
  await operation(spec, {}, async () => {})
  expect(((await warned) as [Error])[0].message).toContain('a log sink failed')
})
