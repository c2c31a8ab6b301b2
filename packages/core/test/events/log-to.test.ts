import {
  consoleSink,
  jsonSink,
  logTo,
  loggerSink,
  secret,
  type LogRecord,
  type LogSink,
} from '@net/core'
import { isHeard, logListener, operation } from '@net/core/authoring'
import { canary, eventsOff, expectNoCanary } from '@tools/canary'
import { expect, test, vi } from 'vitest'

class Kept implements LogSink {
  readonly records: LogRecord[] = []

  write(record: LogRecord): void {
    this.records.push(record)
  }

  get messages(): readonly string[] {
    return this.records.map(({ level, message }) => `${level} ${message}`)
  }
}

function call(protocol: string): Promise<void> {
  return operation({ protocol, operation: 'do', kind: 'command' }, undefined, async (op) => {
    op.wire('send', () => 'line')
  })
}

test('[CORE-12] each protocol has a level of its own, by name and by the name above it', async () => {
  const sink = new Kept()
  using _ = logTo(sink, {
    level: 'warn',
    protocols: { ssh: 'trace', 'ssh.sftp': 'off', http: 'info' },
  })
  for (const protocol of ['ssh', 'ssh.agent', 'ssh.sftp', 'sshx', 'http']) await call(protocol)
  expect(sink.records.map(({ protocol, level }) => `${protocol} ${level}`)).toEqual([
    'ssh debug',
    'ssh trace',
    'ssh info',
    'ssh.agent debug',
    'ssh.agent trace',
    'ssh.agent info',
    'http info',
  ])
})

test('[CORE-12] what no log lets through is never made', () => {
  eventsOff()
  expect(isHeard('operation', undefined)).toBe(false)
  {
    using _ = logTo(new Kept())
    expect(isHeard('operation', undefined)).toBe(true)
    expect(isHeard('wire', undefined)).toBe(false)
    expect(isHeard('phase', undefined)).toBe(false)
    using __ = logTo(new Kept(), { protocols: { ftp: 'trace' } })
    expect(isHeard('wire', undefined)).toBe(true)
  }
  expect(isHeard('operation', undefined)).toBe(false)
})

test('[CORE-20] a level of trace dumps the wire of one protocol', async () => {
  const sink = new Kept()
  using _ = logTo(sink, { level: 'off', protocols: { ftp: 'trace' } })
  await call('ftp')
  await call('smtp')
  expect(sink.messages).toEqual([
    'debug do: started',
    'trace > line',
    expect.stringMatching(/^info do: ok/),
  ])
})

test('[CORE-14] the context of a log is in each of its records and in no other log', async () => {
  const [one, two] = [new Kept(), new Kept()]
  using _ = logTo(one, { context: { job: 'nightly' } })
  using __ = logTo(two)
  await call('http')
  expect(one.records.map(({ fields }) => fields['job'])).toEqual(['nightly'])
  expect(two.records.map(({ fields }) => fields['job'])).toEqual([undefined])
})

test('a client logs its own operations through its option, as a sink or with options', async () => {
  const [plain, chosen] = [new Kept(), new Kept()]
  const listeners = [
    logListener(plain),
    logListener({ sink: chosen, level: 'debug', context: { a: 1 } }),
  ]
  for (const log of listeners) {
    const spec = {
      protocol: 'http',
      operation: 'GET',
      kind: 'command',
      client: { id: 1, log },
    } as const
    await operation(spec, undefined, async () => {})
  }
  expect(plain.records.map(({ level }) => level)).toEqual(['info'])
  expect(chosen.records.map(({ level, fields }) => [level, fields['a']])).toEqual([
    ['debug', 1],
    ['info', 1],
  ])
})

test('[CORE-15] [H-CORE-19] [H-CORE-20] what a peer echoes reaches no sink in clear, nor as more than one line', async () => {
  const password = secret(canary('sinks'))
  const forms = [password.reveal(), Buffer.from(password.reveal()).toString('base64')].join('\r\n')
  const lines: string[] = []
  using stderr = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((chunk) => lines.push(String(chunk)) > 0)
  const keep = (...args: readonly unknown[]): void => void lines.push(`${JSON.stringify(args)}\n`)
  const logger = { debug: keep, info: keep, warn: keep, error: keep }
  using stack = new DisposableStack()
  for (const sink of [consoleSink(), jsonSink({ write: keep }), loggerSink(logger)]) {
    stack.use(logTo(sink, { level: 'trace', context: { note: forms } }))
  }
  const spec = { protocol: 'ftp', operation: 'do', target: forms, kind: 'command' } as const
  const failing = operation(spec, undefined, async (op) => {
    op.wire('receive', () => `530 ${forms}`)
    op.warn(forms)
    throw new Error(`530 ${forms}`)
  })
  await expect(failing).rejects.toMatchObject({ code: 'NET_INTERNAL' })
  expect(stderr).toHaveBeenCalled()
  expect(lines).toHaveLength(3 * 4)
  for (const line of lines) {
    expectNoCanary(line)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(line).toContain('[secret]')
  }
})

test('[H-CORE-24] a sink that throws is reported once, and calls go on', async () => {
  const warnings: Error[] = []
  const listener = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listener)
  using stack = new DisposableStack()
  stack.defer(() => process.off('warning', listener))
  stack.use(
    logTo({
      write() {
        throw new Error('disk full')
      },
    }),
  )
  await call('http')
  await call('http')
  // Node emits warnings in the next tick.
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('disk full')])
})

test('refuses a value that is not a sink and no level', () => {
  for (const wrong of [undefined, null, 'stderr', {}, { write: 1 }]) {
    expect(() => logTo(wrong as unknown as LogSink)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
  const sink = new Kept()
  expect(() => logTo(sink, { level: 'loud' as 'info' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => logTo(sink, { protocols: { ssh: 'loud' as 'info' } })).toThrow(/protocols.ssh/)
})

test('[H-CORE-02] options and protocols are read as own properties only', async () => {
  const sink = new Kept()
  const protocols = JSON.parse('{"__proto__":{"http":"off"}}') as Record<string, 'off'>
  using _ = logTo(sink, Object.assign(Object.create({ level: 'off' }), { protocols }) as object)
  await call('http')
  expect(sink.records.map(({ level }) => level)).toEqual(['info'])
  expect(({} as { http?: string }).http).toBeUndefined()
})

test('says which option is wrong', () => {
  const sink = { write: () => {} }
  expect(() => logTo(sink, { levels: 'info' } as never)).toThrow(
    'logTo: the options have no levels',
  )
  expect(() => logTo(sink, { protocols: { ssh: 'all' } } as never)).toThrow(
    'logTo: protocols.ssh must be trace, debug, info, warn, error or off',
  )
})
