import type { LogRecord } from '@net/core'
import { clientContext, operation } from '@net/core/authoring'
import { expect, test } from 'vitest'

test("a client's log gets the events of its calls, and its limits hold for them", async () => {
  const records: LogRecord[] = []
  const client = clientContext({
    log: { write: (record) => void records.push(record) },
    defaults: { timeout: 500 },
  })
  await operation({ protocol: 'test', operation: 'GET', kind: 'command', client }, {}, (op) => {
    expect(op.limits.total).toBe(500)
    return Promise.resolve()
  })
  expect(records.map(({ protocol, operation: verb }) => [protocol, verb])).toEqual([
    ['test', 'GET'],
  ])
  expect(clientContext({}).id).not.toBe(client.id)
})
