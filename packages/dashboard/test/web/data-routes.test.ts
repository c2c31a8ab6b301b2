import { expect, test } from 'vitest'

import { operation } from '@net/core/authoring'
import { attach } from '@net/dashboard'
import { ask } from '../visitor.ts'

test('exports hold the operations of a recording, from one place to another, as files', async () => {
  await using dashboard = await attach()
  for (const name of ['a', 'b', 'c']) {
    const target = `http://127.0.0.1/${name}`
    await operation(
      { protocol: 'http', operation: 'GET', kind: 'command', target },
      {},
      async () => {},
    )
  }
  const har = await ask(dashboard, '/api/export/har?from=1&to=2')
  expect(har.headers['content-disposition']).toBe('attachment; filename="operations.har"')
  const { log } = har.json() as { log: { entries: { request: { url: string } }[] } }
  expect(log.entries.map(({ request }) => request.url)).toEqual(['http://127.0.0.1/b'])
  const traces = await ask(dashboard, '/api/export/traces')
  expect(traces.text.match(/"url.full"/gu)).toHaveLength(3)
})

test('pools are told', async () => {
  await using dashboard = await attach()
  expect((await ask(dashboard, '/api/pools')).json()).toEqual([])
})
