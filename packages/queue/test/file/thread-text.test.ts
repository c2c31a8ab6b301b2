import { Script } from 'node:vm'

import { expect, test } from 'vitest'

import { threadText } from '../../src/file/thread-text.ts'

test('the script of the thread stands alone: it needs no module but those of Node', () => {
  expect(new Script(threadText)).toBeInstanceOf(Script)
  expect(threadText).not.toMatch(/^(?:import|export)\b/mu)
  const needed = [...threadText.matchAll(/require\('(?<name>[^']+)'\)/gu)]
  expect(needed.map(({ groups }) => groups?.['name'])).toEqual([
    'node:fs',
    'node:worker_threads',
    'node:sqlite',
  ])
})
