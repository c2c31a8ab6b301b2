// The tour of the demo at a terminal of 80 columns, and for a program that reads it.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '@tools/workspace'
import { expect, test } from 'vitest'

import { netEnvironment } from './net-command.ts'
import { requirePython } from './python-guide.ts'
import { runAtTerminal } from './terminal-session.ts'

const demo = [process.execPath, '--conditions=@net/source', join(root, 'apps/demo/src/main.ts')]

test('at a terminal of 80 columns the tour is in colours, draws its progress, and no line is cut by the terminal', async (context) => {
  await requirePython(context, 'pty')
  const { text, status, isRestored } = await runAtTerminal({
    command: demo,
    columns: 80,
    env: { NO_COLOR: '' },
  })
  expect({ status, isRestored }).toEqual({ status: 0, isRestored: true })
  expect(text).toContain('\u001b[1m 2  HTTP: GET a JSON document\u001b[22m')
  expect(text).toMatch(/\r\u001b\[K {4}█+░+ \d+ of 500\r/u)
  expect(text).toContain('14 of 14 scenarios passed')
  const lines = text.replaceAll(/\u001b\[[\d;]*[Km]/gu, '').split(/\r?\n|\r/u)
  expect(lines.filter(({ length }) => length > 80)).toEqual([])
})

test('Ctrl-C ends the tour at once, and the terminal is as it was', async (context) => {
  await requirePython(context, 'pty')
  const steps = [['SSH: run ls', '\u0003']] as const
  const { text, status, isRestored } = await runAtTerminal({ command: demo, columns: 80, steps })
  expect(isRestored).toBe(true)
  expect([130, -2]).toContain(status)
  expect(text).not.toContain('scenarios passed')
})

test('--json is one object a line and nothing else', async () => {
  const [program, ...args]: readonly string[] = [...demo, '--json', '--wire']
  const { stdout, stderr } = await promisify(execFile)(program ?? '', args, {
    env: netEnvironment('/nowhere'),
  })
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { result: string })
  expect(lines.slice(0, -1).map(({ result }) => result)).toEqual(Array(14).fill('passed'))
  expect(lines.at(-1)).toEqual({ passed: 14, failed: 0 })
  expect(stderr).toBe('')
})
