import { onEvent, type OperationEvent } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { roadOperation } from '../src/dial-operation.ts'
import { socketErrors } from '../src/errors.ts'
import { failure } from './support.ts'

const endpoint = { scheme: 'tcp', host: '::1', port: 25 }
const spec = { protocol: 'tcp', operation: 'dial', endpoint, errors: socketErrors }

test('it is an operation of its own within that of the caller', async () => {
  const events: OperationEvent[] = []
  using _ = onEvent('operation', (event) => void events.push(event))
  expect(await roadOperation(spec, { parent: 77 }, async () => 'made')).toBe('made')
  expect(events.map(({ state, parent, target }) => [state, parent, target])).toEqual([
    ['start', 77, '[::1]:25'],
    ['end', 77, '[::1]:25'],
  ])
})

test('signal, limits and log of the caller hold', async () => {
  using clock = useFakeClock()
  const log: string[] = []
  const client = { id: 1, log: (event: { readonly type: string }) => void log.push(event.type) }
  const never = () => new Promise<never>(() => {})
  const call = failure(
    roadOperation(spec, { timeout: { connect: 40 }, client }, (op) =>
      op.phase('connect', () =>
        Promise.race([never(), new Promise((_, no) => void op.onAbort(no))]),
      ),
    ),
  )
  await clock.advance(40)
  expect([(await call).code, log.length > 0]).toEqual(['NET_TIMEOUT_CONNECT', true])
  const aborted = roadOperation(spec, { signal: AbortSignal.abort() }, never)
  expect((await failure(aborted)).code).toBe('NET_ABORTED')
})

test('[H-CORE-02] inherited options are not read', async () => {
  const options = Object.create({ signal: AbortSignal.abort() }) as object
  expect(await roadOperation(spec, options, async () => 'made')).toBe('made')
})
