import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { writeText } from '../../src/events/text-stream.ts'

test('text goes to anything that takes it', () => {
  const texts: string[] = []
  writeText({ write: (text) => texts.push(text) }, 'a line')
  expect(texts).toEqual(['a line'])
})

test('many writes of one turn have one listener on a standard stream, which goes when they are over', async () => {
  // Of an earlier test.
  while (process.stderr.listenerCount('error') > 0) await turn()
  for (let count = 0; count < 50; count++) writeText(process.stderr, '')
  expect(process.stderr.listenerCount('error')).toBe(1)
  await turn()
  while (process.stderr.listenerCount('error') > 0) await turn()
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
  process.exit(7)
})
`

test('a log whose reader has left does not end the program', async () => {
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
