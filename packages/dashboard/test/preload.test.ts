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
  // What children inherit.
  expect(Reflect.get(env, 'NET_DASHBOARD')).toBe(dashboard?.url)
  // A child of a program whose page is not served yet.
  const early = { ...env, NET_DASHBOARD: 'begins' }
  expect(await preload({ execArgv: [], env: early }, say)).toBeUndefined()
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

test('a program with children prints the same and ends as it would; its page has the operations of all processes', async () => {
  const file = join(import.meta.dirname, 'program-with-children.ts')
  const args = ['--conditions=@net/source', '--import', '@net/dashboard', file]
  const env = { ...process.env, NET_DASHBOARD_PORT: '0' }
  const cwd = join(import.meta.dirname, '..')
  const ended: unknown = await promisify(execFile)(process.execPath, args, {
    cwd,
    env,
    timeout: 25_000,
  }).catch((error: unknown) => error)
  expect(ended).toMatchObject({
    code: 3,
    stdout: 'child\nthread\nprocesses: 3, operations: parent, child, thread\n',
    stderr: expect.stringMatching(/^dashboard: http:\S+\n$/u) as string,
  })
})
