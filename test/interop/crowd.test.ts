// Many processes that meet new hosts at the same moment write each host once, and nothing else.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

test('20 processes that meet 20 new hosts at once leave each host once in known_hosts', async () => {
  await using stack = new AsyncDisposableStack()
  const servers = await Promise.all(Array.from({ length: CROWD }, () => startSshServer()))
  for (const server of servers) stack.use(server)
  const file = join(testFolder(), 'known_hosts')
  const urls = servers.map(({ url }) => url)
  const program = fileURLToPath(new URL('./crowd.ts', import.meta.url))
  const args = ['--conditions=@net/source', program, file, ...urls]
  const ended = await Promise.all(
    Array.from({ length: CROWD }, () => runProgram(process.execPath, args)),
  )
  for (const { status, stderr } of ended) expect([status, stderr]).toEqual([0, ''])
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.pop()).toBe('')
  const expected = servers.map(({ knownHostsLine }) => knownHostsLine.trimEnd())
  expect(lines.toSorted()).toEqual(expected.toSorted())
}, 240_000)

const CROWD = 20
