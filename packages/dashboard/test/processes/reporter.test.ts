import { operation } from '@net/core/authoring'
import { attach } from '@net/dashboard'
import { expect, test } from 'vitest'

import { Reporter } from '../../src/processes/reporter.ts'
import { ask } from '../visitor.ts'

const spec = {
  protocol: 'ftp',
  operation: 'upload',
  kind: 'command',
  target: 'report.csv',
} as const

test('what happens in a process is in the page of another, with its failure', async () => {
  await using dashboard = await attach({ title: 'app.ts' })
  {
    using reporter = new Reporter(dashboard.url)
    reporter.start()
    await expect(
      operation(spec, {}, async () => {
        throw new Error('no room')
      }),
    ).rejects.toThrow('no room')
    await reporter.flush(true)
  }
  const { rows } = (await ask(dashboard, '/api/operations')).json() as { rows: unknown[][] }
  // This process is both of them here.
  expect(rows.map((row) => [row[4], row[9], row[12]])).toEqual([
    ['upload', 'failed', 'NET_INTERNAL'],
    ['upload', 'failed', 'NET_INTERNAL'],
  ])
  expect((await ask(dashboard, '/api/processes')).json()).toMatchObject([
    { number: 0, title: 'app.ts', pid: process.pid },
    { number: 1, pid: process.pid },
  ])
})

test('where nobody listens any more it is silent', async () => {
  const dashboard = await attach()
  using reporter = new Reporter(dashboard.url)
  reporter.start()
  await dashboard.close()
  await operation(spec, {}, async () => {})
  await expect(reporter.flush(true)).resolves.toBeUndefined()
  await expect(reporter.flush(true)).resolves.toBeUndefined()
})

test('the end of an operation is told whatever its signal was aborted with', async () => {
  await using dashboard = await attach()
  {
    using reporter = new Reporter(dashboard.url)
    reporter.start()
    const reason: Record<string, unknown> = {}
    reason['self'] = reason
    const ending = new AbortController()
    const call = operation(spec, { signal: ending.signal }, async () => {
      ending.abort(reason)
      throw ending.signal.reason
    })
    await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await reporter.flush(true)
  }
  const { rows } = (await ask(dashboard, '/api/operations')).json() as { rows: unknown[][] }
  expect(rows.map((row) => row[9])).toEqual(['aborted', 'aborted'])
})
