import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

import { logWarnings, secret, type LogRecord } from '@net/core'
import { expect, test } from 'vitest'

async function warn(message: string, options?: { type: string; code: string }): Promise<void> {
  const warned = once(process, 'warning')
  process.emitWarning(message, options)
  await warned
}

test('[CORE-22] deprecation warnings are records of the log', async () => {
  const records: LogRecord[] = []
  const logging = logWarnings({ write: (record) => void records.push(record) })
  await warn('old() goes away, use fresh()', { type: 'DeprecationWarning', code: 'OLD_CALL' })
  logging[Symbol.dispose]()
  await warn('nobody logs this')
  expect(records).toMatchObject([
    {
      level: 'warn',
      protocol: 'process',
      operation: 'warning',
      message: 'DeprecationWarning: old() goes away, use fresh()',
      fields: { event: 'warning', name: 'DeprecationWarning', code: 'OLD_CALL' },
    },
  ])
})

test('a warning is one line without secrets', async () => {
  const records: LogRecord[] = []
  const password = secret('warn-canary-9c1')
  using _ = logWarnings({ write: (record) => void records.push(record) })
  await warn('the peer says\r\nwarn-canary-9c1')
  expect(records[0]?.message).toBe(String.raw`Warning: the peer says\r\n${String(password)}`)
})

test('a sink that fails is reported once, and does not feed on its own report', async () => {
  const codes: unknown[] = []
  const listen = (warning: Error): void => void codes.push(Reflect.get(warning, 'code'))
  process.on('warning', listen)
  let calls = 0
  using _ = logWarnings({
    write() {
      calls++
      throw new Error('the disk is full')
    },
  })
  await warn('first')
  await turn()
  await warn('second')
  await turn()
  process.off('warning', listen)
  expect(codes).toEqual([undefined, 'NET_CALLBACK_FAILED', undefined])
  expect(calls).toBe(3)
})

test.each([[null], [() => {}], [{}]])('%o is no sink for warnings', (sink) => {
  expect(() => logWarnings(sink as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION', operation: 'logWarnings' }),
  )
})
