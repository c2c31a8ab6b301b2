import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { isPreloaded, preload } from '../src/preload.ts'
import { ask } from './visitor.ts'

test.each([
  [['--import', '@net/dashboard'], '', true],
  [['--import=@net/dashboard'], '', true],
  [['--conditions=@net/source'], '--max-http-header-size=9000 --import @net/dashboard', true],
  [['--import', './set-up.ts'], '', false],
  [['--require', '@net/dashboard'], '', false],
  [[], '', false],
])('with %j and NODE_OPTIONS %j it was loaded first: %s', (execArgv, options, loaded) => {
  expect(isPreloaded({ execArgv, env: { NODE_OPTIONS: options } })).toBe(loaded)
})

test('it serves the page and says where, in one line', async () => {
  const said: string[] = []
  const env = { NET_DASHBOARD_PORT: '0', NET_DASHBOARD_ALLOW_HOST: 'lab.example' }
  const say = (line: string): void => void said.push(line)
  await using dashboard = await preload({ execArgv: [], env }, say)
  // A child inherits the environment.
  expect(await preload({ execArgv: [], env }, say)).toBeUndefined()
  expect(said).toEqual([`dashboard: ${dashboard?.url}\n`])
  expect((await ask(dashboard!, '/', { headers: { host: 'lab.example' } })).status).toBe(200)
})

test('where it cannot be served it says so, and nothing fails', async () => {
  const said: string[] = []
  const start = { execArgv: [], env: { NET_DASHBOARD_PORT: 'x' } }
  expect(await preload(start, (line) => said.push(line))).toBeUndefined()
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^dashboard: not served, .*port/u)
})

test('a program with children prints the same, ends as it would, and only one process says where the page is', async () => {
  const child = 'console.log("child")'
  const program = `
    const { execFileSync } = require('node:child_process')
    const { Worker } = require('node:worker_threads')
    process.stdout.write(execFileSync(process.execPath, [...process.execArgv.slice(0, 3), '-e', '${child}']))
    new Worker('console.log("thread")', { eval: true })
    process.exitCode = 3`
  const args = ['--conditions=@net/source', '--import', '@net/dashboard', '-e', program]
  const env = { ...process.env, NET_DASHBOARD_PORT: '0' }
  const cwd = join(import.meta.dirname, '..')
  const ended: unknown = await promisify(execFile)(process.execPath, args, { cwd, env }).catch(
    (error: unknown) => error,
  )
  expect(ended).toMatchObject({
    code: 3,
    stdout: 'child\nthread\n',
    stderr: expect.stringMatching(/^dashboard: http:\S+\n$/u) as string,
  })
})
