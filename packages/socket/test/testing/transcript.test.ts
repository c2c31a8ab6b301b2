import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import {
  addLine,
  beginTranscript,
  bytesIn,
  moved,
  readTranscript,
} from '../../src/testing/transcript.ts'
import { bytes, thrown } from '../support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-transcript-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('lines are read as they were written, by connection', () => {
  const file = join(folder, 'a')
  beginTranscript(file)
  addLine(file, { connection: 1, dial: 'tcp a.test:1' })
  addLine(file, { connection: 2, dial: 'tcp b.test:1' })
  addLine(file, { connection: 1, ended: 'us' })
  expect(readTranscript(file)).toEqual([
    [
      { connection: 1, dial: 'tcp a.test:1' },
      { connection: 1, ended: 'us' },
    ],
    [{ connection: 2, dial: 'tcp b.test:1' }],
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  beginTranscript(file)
  expect(readFileSync(file, 'utf8')).toBe('{"transcript":1}\n')
})

test('text is kept as text, and other bytes in base64', () => {
  for (const [given, key] of [
    ['hello\r\n', 'sent'],
    ['grüße', 'sent'],
    ['\0\x01', 'sentBase64'],
    ['\xff\xfe', 'sentBase64'],
  ] as const) {
    const data = key === 'sent' ? Buffer.from(given) : Buffer.from(bytes(given))
    const line = { connection: 1, ...moved('sent', data) } as never
    expect(Object.keys(line)).toContain(key)
    expect(Buffer.from(bytesIn(line, 'sent') ?? [])).toEqual(data)
    expect(bytesIn(line, 'received')).toBeUndefined()
  }
})

test('a file that is no transcript is refused', () => {
  const file = join(folder, 'b')
  for (const text of ['', 'text', '{"transcript":2}', '{"transcript":1}\nnot JSON']) {
    writeFileSync(file, text)
    expect(thrown(() => readTranscript(file)).code).toBe('NET_BAD_OPTION')
  }
})
