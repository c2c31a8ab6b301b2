import { useFakeClock } from '@net/core/testing'
import type { ResolvedAddress } from '@net/socket'
import { expect, test } from 'vitest'

import { AllFailed, interleave, raceAddresses } from '../src/happy-eyeballs.ts'

test('[SOCK-04] families take turns, the first one first', () => {
  const order = interleave(addresses('v6a', 'v6b', 'v6c', 'v4a', 'v4b'))
  expect(order.map(({ address }) => address)).toEqual(['v6a', 'v4a', 'v6b', 'v4b', 'v6c'])
  expect(interleave([])).toEqual([])
})

test('[SOCK-04] a slow address does not hold up the next one for more than the stagger', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a', 'v6b'), 250, track.begin)
  expect(track.started).toEqual(['v6a'])
  await clock.advance(249)
  expect(track.started).toEqual(['v6a'])
  await clock.advance(1)
  expect(track.started).toEqual(['v6a', 'v4a'])
  track.connect('v4a')
  expect(await race.won).toBe('v4a')
  expect([track.cancelled, clock.timers]).toEqual([['v6a'], 0])
})

test('[SOCK-01] a failure starts the next address at once', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a'), 250, track.begin)
  track.fail('v6a')
  await clock.until(() => track.started.length === 2)
  expect(clock.now()).toBe(0)
  track.connect('v4a')
  expect(await race.won).toBe('v4a')
})

test('[SOCK-03] when all fail, all failures are kept in the order of the addresses', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a'), 250, track.begin)
  const outcome = race.won.catch((error: unknown) => error)
  await clock.advance(250)
  track.fail('v4a')
  track.fail('v6a')
  const error = (await outcome) as AllFailed
  expect(error).toBeInstanceOf(AllFailed)
  expect(error.errors.map(({ message }) => message)).toEqual(['v6a failed', 'v4a failed'])
})

test('one that connects in the same turn as the winner is closed', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a'), 250, track.begin)
  await clock.advance(250)
  track.connect('v4a')
  track.connect('v6a')
  expect(await race.won).toBe('v4a')
  expect(track.cancelled).toEqual(['v6a'])
})

test('cancelled, it starts nothing more and gives up what runs', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a', 'v6b'), 250, track.begin)
  await clock.advance(250)
  race.cancel()
  track.fail('v6a')
  await clock.advance(1000)
  expect([track.started, track.cancelled, clock.timers]).toEqual([
    ['v6a', 'v4a'],
    ['v6a', 'v4a'],
    0,
  ])
})

test('without a stagger the next address waits for the failure of the one before', async () => {
  using clock = useFakeClock()
  const track = new Track()
  const race = raceAddresses(addresses('v6a', 'v4a'), false, track.begin)
  await clock.advance(60_000)
  expect(track.started).toEqual(['v6a'])
  track.fail('v6a')
  await clock.until(() => track.started.length === 2)
  track.connect('v4a')
  expect(await race.won).toBe('v4a')
})

class Track {
  readonly started: string[] = []
  readonly cancelled: string[] = []
  readonly #pending = new Map<string, PromiseWithResolvers<string>>()

  readonly begin = ({ address }: ResolvedAddress) => {
    this.started.push(address)
    const deferred = Promise.withResolvers<string>()
    this.#pending.set(address, deferred)
    return { connected: deferred.promise, cancel: () => void this.cancelled.push(address) }
  }

  connect(address: string): void {
    this.#pending.get(address)?.resolve(address)
  }

  fail(address: string): void {
    this.#pending.get(address)?.reject(new Error(`${address} failed`))
  }
}

function addresses(...names: string[]): ResolvedAddress[] {
  return names.map((address) => ({ address, family: address.startsWith('v6') ? 6 : 4 }))
}
