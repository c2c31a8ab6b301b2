import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, failure, latin1, withinOneTurn } from '../support.ts'

test('[SOCK-28] what one side writes the other reads, then the end', async () => {
  const [ours, theirs] = memoryPair()
  const reading = theirs.read()
  await ours.write([bytes('one'), bytes('two')])
  expect([latin1(await reading), latin1(await theirs.read())]).toEqual(['one', 'two'])
  await ours.end()
  expect([await theirs.read(), await theirs.read()]).toEqual([null, null])
  await theirs.write([bytes('back')])
  expect(latin1(await ours.read())).toBe('back')
  expect((await failure(ours.write([bytes('x')]))).code).toBe('NET_CLOSED')
})

test('what was written does not change with the writer’s buffer', async () => {
  const [ours, theirs] = memoryPair()
  const buffer = bytes('before')
  await ours.write([buffer])
  buffer.fill(0)
  expect(latin1(await theirs.read())).toBe('before')
})

test('[SOCK-22] a full pipe makes writes wait until it is read', async () => {
  const [ours, theirs] = memoryPair({ capacity: 4 })
  await ours.write([bytes('abc')])
  let room = false
  const write = ours.write([bytes('de')]).then(() => (room = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(room).toBe(false)
  await theirs.read()
  expect(await withinOneTurn(write)).toBe(true)
})

test('[SOCK-30] a second read at the same time is refused', async () => {
  const [ours] = memoryPair()
  void ours.read().catch(() => {})
  expect((await failure(ours.read())).code).toBe('NET_BUSY')
  ours.abort()
})

test('close is an end, abort a reset; closed says which', async () => {
  const [ours, theirs] = memoryPair()
  const waiting = failure(ours.read())
  await ours.close()
  await ours.close()
  expect([(await waiting).code, await theirs.read(), await ours.closed]).toEqual([
    'NET_CLOSED',
    null,
    undefined,
  ])
  expect((await failure(ours.read())).code).toBe('NET_CLOSED')
  await theirs.write([new Uint8Array(1_000_000)])

  const [one, two] = memoryPair({ capacity: 1 })
  const stuck = failure(two.write([bytes('abc')]))
  const reading = failure(two.read())
  one.abort('enough')
  expect([(await stuck).code, (await reading).code]).toEqual(['NET_CONN_RESET', 'NET_CONN_RESET'])
  expect((await failure(one.read())).code).toBe('NET_CLOSED')
  expect(await one.closed).toMatchObject({ code: 'NET_ABORTED', cause: 'enough' })
})
