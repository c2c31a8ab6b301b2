import { startHttpServer } from '@net/http/testing'
import { expect, it } from 'vitest'

import { net } from './net.ts'

it('draws where the time went, for people and for programs', async () => {
  await using web = await startHttpServer({ routes: { '/a': { body: 'x' } } })
  const { out, err } = await net(['get', '--timing', `${web.url}/a`])
  expect(out).toBe('x')
  expect(err).toMatch(/^http GET .*│.*█.*│ +[\d.]+ ms$/m)
  expect(err).toMatch(/^ +connect +│/m)
  const { events } = await net(['get', '--timing', '--json', `${web.url}/a`])
  expect(events.filter(({ type }) => type === 'timing').map(({ label }) => label)).toContain(
    'connect',
  )
  const logged = await net(['get', '--log', 'trace', '--json', `${web.url}/a`])
  expect(
    logged.err
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { protocol: string }),
  ).toContainEqual(expect.objectContaining({ protocol: 'http' }))
})
