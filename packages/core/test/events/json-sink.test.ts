import { createWriteStream } from 'node:fs'
import { Writable } from 'node:stream'

import { jsonSink, type LogRecord } from '@net/core'
import { expect, test } from 'vitest'

const record: LogRecord = {
  level: 'info',
  time: Date.UTC(2026, 0, 1),
  protocol: 'http',
  operation: 'GET',
  message: 'GET /x: ok',
  fields: { id: 7, job: 'nightly' },
}

function written(fields: Readonly<Record<string, unknown>>, message = record.message): string {
  let text = ''
  jsonSink({ write: (chunk) => (text += chunk) }).write({ ...record, message, fields })
  return text
}

test('[CORE-14] writes one JSON object per line, with time, level, message and all fields', () => {
  const line = written(record.fields)
  expect(line.endsWith('}\n')).toBe(true)
  expect(JSON.parse(line)).toEqual({
    time: '2026-01-01T00:00:00.000Z',
    level: 'info',
    protocol: 'http',
    operation: 'GET',
    message: 'GET /x: ok',
    id: 7,
    job: 'nightly',
  })
})

test('the fields never replace the head of a record', () => {
  expect(JSON.parse(written({ level: 'none', time: 0 }))).toMatchObject({
    level: 'info',
    time: '2026-01-01T00:00:00.000Z',
  })
})

test('[H-CORE-20] stays one line of valid JSON, whatever is in it', () => {
  const text = 'a\r\n"b\u001b\u0085\u2028\u2029\u202e\ud800'
  const line = written({ text }, text)
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/u)
  expect(JSON.parse(line)).toMatchObject({ message: text, text })
})

test('a context that JSON cannot represent is written in another form', () => {
  const cycle: Record<string, unknown> = { big: 1n }
  expect(JSON.parse(written(cycle))).toMatchObject({ big: '1' })
  cycle['self'] = cycle
  expect(JSON.parse(written(cycle))).toMatchObject({
    message: 'GET /x: ok',
    fields: expect.stringContaining('Circular'),
  })
})

test('a stream that takes no more is an error of the sink, and no late one of the stream', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() })
  stream.destroy()
  expect(() => jsonSink(stream).write(record)).toThrow(
    expect.objectContaining({ code: 'NET_CLOSED' }),
  )
})

test.each([undefined, 'app.log', {}])('refuses %j as a stream', (stream) => {
  expect(() => jsonSink(stream as never)).toThrow(
    'jsonSink: the stream must be a stream, such as process.stdout',
  )
})

test('[H-CORE-12] a stream that fails ends the log, and not the process', async () => {
  const stream = createWriteStream('/nosuch/folder/log')
  const sink = jsonSink(stream)
  await new Promise<void>((resolve) => void stream.once('close', resolve))
  expect(() => sink.write(record)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
