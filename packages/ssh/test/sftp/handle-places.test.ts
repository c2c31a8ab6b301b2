import { expect, test } from 'vitest'

import { operation, type Operation } from '@net/core/authoring'

import { HandlePlaces } from '../../src/sftp/handle-places.ts'

const own = { size: 1, isPatient: false }
const patient = { size: 1, isPatient: true }

test('places are given in the order in which they were asked for, two at once where both are needed', async () => {
  await within(async (op) => {
    const places = new HandlePlaces()
    places.told(2)
    const got: string[] = []
    const take = (name: string, size: number): Promise<void> =>
      places.take(op, { size, isPatient: false }).then(() => void got.push(name))
    await take('a', 1)
    const waiting = [take('both', 2), take('b', 1)]
    await Promise.resolve()
    expect(got).toEqual(['a'])
    places.leave(own)
    await waiting[0]
    expect([got, places.count]).toEqual([['a', 'both'], 2])
    places.leave(own)
    places.leave(own)
    await waiting[1]
    expect([places.count, places.isTold]).toEqual([1, true])
  })
})

test('one by one only those are given that are left without the caller', async () => {
  await within(async (op) => {
    const places = new HandlePlaces()
    await places.take(op, patient)
    const goOn = places.oneByOne()
    const waiting = places.take(op, patient)
    await places.take(op, own)
    expect(places.count).toBe(2)
    places.leave(patient)
    await waiting
    const last = places.take(op, patient)
    goOn()
    await last
    expect(places.count).toBe(3)
  })
})

test('what needs more than there is gets it when nothing else is open', async () => {
  await within(async (op) => {
    const places = new HandlePlaces()
    places.learnt(1)
    await places.take(op, { size: 2, isPatient: false })
    expect([places.count, places.isTold]).toEqual([2, false])
  })
})

function within(run: (op: Operation) => Promise<void>): Promise<void> {
  const spec = { protocol: 'sftp', operation: 'test', target: 'x', kind: 'command' } as const
  return operation(spec, undefined, run)
}
