import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

import { writeText } from '../../src/events/text-stream.ts'

test('text goes to anything that takes it', () => {
  const texts: string[] = []
  writeText({ write: (text) => texts.push(text) }, 'a line')
  expect(texts).toEqual(['a line'])
})

/** Logs to both standard streams, whose readers have left, and goes on. */
const PROGRAM = `
import { consoleSink, jsonSink } from '@net/core'
const record = { level: 'info', time: 0, protocol: 'http', operation: 'GET', message: 'x'.repeat(100_000), fields: {} }
process.stdin.once('data', async () => {
  for (let count = 0; count < 20; count++) {
    consoleSink().write(record)
    jsonSink(process.stdout).write(record)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const listeners = () => process.stderr.listenerCount('error') + process.stdout.listenerCount('error')
  while (listeners() > 0) await new Promise((resolve) => setImmediate(resolve))
  for (let count = 0; count < 50; count++) consoleSink().write(record)
  process.exit(listeners() === 1 ? 7 : 8)
})
`

test('a log whose reader has left does not end the program, and listens once for all writes of a turn', async () => {
  const child = spawn(
    process.execPath,
    ['--conditions=@net/source', '--input-type=module', '-e', PROGRAM],
    { cwd: import.meta.dirname, stdio: 'pipe' },
  )
  child.stdout.destroy()
  child.stderr.destroy()
  child.stdin.write('go')
  expect(await once(child, 'close')).toEqual([7, null])
})
