import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { operation, runWithin, type OperationSpec } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', kind: 'exchange' }

test('an operation is a part of the one whose code begins it, also later, unless it names another', async () => {
  using events = captureEvents()
  const call = (parent?: number): Promise<number> =>
    operation({ ...spec, parent }, undefined, async (op) => op.id)
  const [early, late, other] = await runWithin(7, async () => {
    const first = await call()
    await turn()
    return [first, await call(), await call(9)]
  })
  const outside = await call()
  const parents = new Map(events.of('operation').map(({ id, parent }) => [id, parent]))
  expect([early, late, other, outside].map((id) => parents.get(id ?? 0))).toEqual([
    7,
    7,
    9,
    undefined,
  ])
})

test('an error of a part stays that of the part', async () => {
  const failing = runWithin(7, () =>
    operation(spec, undefined, () => Promise.reject(new Error('no'))),
  )
  await expect(failing).rejects.toMatchObject({ operation: 'GET' })
})
