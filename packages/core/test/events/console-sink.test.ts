import { consoleSink, type ConsoleSinkOptions, type LogRecord } from '@net/core'
import { expect, test, vi } from 'vitest'

const record: LogRecord = {
  level: 'info',
  time: Date.UTC(2026, 0, 1, 12, 30),
  protocol: 'http',
  operation: 'GET',
  message: 'GET /x: ok (12 ms)',
  fields: { id: 7, event: 'operation', outcome: 'ok', job: 'nightly', limits: { a: 1 } },
}

function written(
  options: ConsoleSinkOptions | undefined,
  ...records: readonly LogRecord[]
): string {
  let text = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk, done?: unknown) => {
    text += String(chunk)
    if (typeof done === 'function') done()
    return true
  })
  const sink = consoleSink(options)
  for (const each of records) sink.write(each)
  write.mockRestore()
  return text
}

test('[CORE-14] writes one line: time, level, protocol, message and the fields of the context', () => {
  expect(written({ color: false }, record)).toBe(
    '12:30:00.000 info  http#7 GET /x: ok (12 ms) job=nightly limits={"a":1}\n',
  )
})

test('colours the level by option', () => {
  expect(written({ color: true }, record)).toContain('\u001b[36minfo \u001b[39m http#7')
})

test('[CORE-12] writes nothing below its level', () => {
  const lines = written({ level: 'warn', color: false }, record, { ...record, level: 'error' })
  expect(lines.split('\n')).toEqual([expect.stringContaining('error http#7'), ''])
})

test('[H-CORE-20] one record is one line, whatever is in it', () => {
  const text = 'a\r\nb\u001b[2J\u0007\u202e'
  const lines = written(
    { color: false },
    { ...record, message: text, fields: { job: text, [text]: 1 } },
  )
  expect(lines.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/u)
  expect(lines).toContain('job=a\\r\\nb\\x1b[2J\\x07\\u202e')
})

test('leaves no listener on stderr', async () => {
  const before = process.stderr.listenerCount('error')
  written({ color: false }, record, record, record)
  await expect.poll(() => process.stderr.listenerCount('error')).toBeLessThanOrEqual(before)
})

test('refuses a value that is not a level', () => {
  expect(() => consoleSink({ level: 'loud' as 'info' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test.each<[object, string]>([
  [{ level: 'loud' }, 'consoleSink: level must be trace, debug, info, warn, error or off'],
  [{ colors: true }, 'consoleSink: the options have no colors; use color'],
])('refuses %j', (options, message) => {
  expect(() => consoleSink(options as ConsoleSinkOptions)).toThrow(message)
})
