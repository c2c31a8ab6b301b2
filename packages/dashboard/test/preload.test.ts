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
  await using dashboard = await preload({ execArgv: [], env }, (line) => said.push(line))
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
