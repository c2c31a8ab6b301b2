import { expect, test } from 'vitest'

import { redisScript } from '../../src/engine/redis-script.ts'

test('the script has a verb for each request of a store, and leaves no global behind', () => {
  const verbs = [...redisScript.matchAll(/^function verbs\.(?<name>\w+)/gmu)]
  const names = ['add', 'claim', 'renew', 'settle', 'mark', 'progress', 'get', 'list', 'counts']
  const all = [...names, 'pause', 'drain', 'retry', 'remove']
  expect(verbs.map(({ groups }) => groups?.['name'])).toEqual(all)
  expect(redisScript).not.toMatch(/^function (?!verbs)/mu)
})
