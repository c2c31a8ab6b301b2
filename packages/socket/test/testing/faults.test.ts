import type { NetError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { overTransport, type Connection, type Transport } from '@net/socket'
import { faulty, memoryDialer, memoryPair, withFaults, type FaultPlan } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, latin1, thrown } from '../support.ts'

test('drop: the connection ends after so many bytes, and writes fail', async () => {
  await using pair = withPlan({ after: 4, do: 'drop' })
  await pair.theirs.write('abcdef')
  expect(await pair.ours.readText()).toBe('abcd')
  expect((await failure(pair.ours.write('x'))).code).toBe('NET_CONN_RESET')
})

test('reset: what came before is read, then the reset', async () => {
  await using pair = withPlan({ after: 4, do: 'reset' })
  await pair.theirs.write('abcdef')
  expect(latin1(await pair.ours.readExactly(4))).toBe('abcd')
  expect((await failure(pair.ours.read())).code).toBe('NET_CONN_RESET')
})

test('stall: not one more byte, until the reader gives up', async () => {
  using clock = useFakeClock()
  await using pair = withPlan({ after: 4, do: 'stall' })
  await pair.theirs.write('abcdef')
  const late = failure(pair.ours.readExactly(5, { timeout: 100 }))
  await clock.advance(100)
  expect((await late).code).toBe('NET_TIMEOUT_TOTAL')
  expect(latin1(await pair.ours.readExactly(4))).toBe('abcd')
  const waiting = failure(pair.ours.read())
  pair.ours.abort()
  expect((await waiting).code).toBe('NET_ABORTED')
})

test('half-close: their direction ends, ours goes on', async () => {
  await using pair = withPlan({ after: 4, do: 'half-close' })
  await pair.theirs.write('abcdef')
  expect(await pair.ours.readText()).toBe('abcd')
  await pair.ours.write('still')
  expect(latin1(await pair.theirs.readExactly(5))).toBe('still')
})

test('garbage: the same length, other bytes, the same each time', async () => {
  const runs: string[] = []
  for (const _ of [1, 2]) {
    await using pair = withPlan({ after: 4, do: 'garbage' })
    await pair.theirs.write('abcdefgh')
    await pair.theirs.end()
    runs.push(latin1(await pair.ours.readAll()))
  }
  expect([runs[0]?.length, runs[0]?.slice(0, 4), runs[0] === runs[1]]).toEqual([8, 'abcd', true])
  expect(runs[0]).not.toBe('abcdefgh')
})

test('delay: what follows comes later, in order', async () => {
  using clock = useFakeClock()
  await using pair = withPlan({ after: 4, do: { delay: 500 } })
  await pair.theirs.write('abcdef')
  await pair.theirs.end()
  let text = ''
  const all = pair.ours.readText().then((whole) => (text = whole))
  await clock.advance(499)
  expect(text).toBe('')
  await clock.advance(1)
  expect(await all).toBe('abcdef')
})

test('what we send suffers in the same ways', async () => {
  {
    await using pair = withPlan({ on: 'send', after: 3, do: 'reset' })
    expect((await failure(pair.ours.write('abcdef'))).code).toBe('NET_CONN_RESET')
  }
  {
    await using pair = withPlan({ on: 'send', after: 3, do: 'half-close' })
    await pair.ours.write('abcdef')
    expect(await pair.theirs.readText()).toBe('abc')
  }
  {
    await using pair = withPlan({ on: 'send', after: 3, do: 'garbage' })
    await pair.ours.write('abcdef')
    await pair.ours.end()
    expect(await pair.theirs.readText({ encoding: 'latin1' })).toMatch(/^abc(?!def)/)
  }
  await using pair = withPlan({ on: 'send', after: 3, do: 'stall' })
  const stuck = failure(pair.ours.write('abcdef'))
  expect(latin1(await pair.theirs.readExactly(3))).toBe('abc')
  pair.ours.abort()
  expect((await stuck).code).toBe('NET_ABORTED')
})

test('a fault in one direction ends what waits in the other', async () => {
  for (const [plan, expected] of [
    [{ on: 'send', do: 'drop' }, 'null'],
    [{ on: 'send', do: 'reset' }, 'NET_CONN_RESET'],
  ] as const) {
    await using pair = withPlan(plan)
    const reading = pair.ours.read().then(String, ({ code }: NetError) => code)
    expect((await failure(pair.ours.write('x'))).code).toBe('NET_CONN_RESET')
    expect(await reading).toBe(expected)
  }
  const [one, two] = memoryPair({ capacity: 1 })
  const ours = withFaults(one, [{ after: 1, do: 'reset' }])
  const writing = failure(ours.write([Buffer.from('nobody reads this')]))
  void two.write([Buffer.from('x')])
  expect(latin1(await ours.read())).toBe('x')
  expect((await failure(ours.read())).code).toBe('NET_CONN_RESET')
  expect((await writing).code).toBe('NET_CONN_RESET')
})

test('only so many connections suffer, and listening is left alone', async () => {
  const network = memoryDialer()
  const dialer = faulty(network, { do: 'drop', times: 1 })
  await using listener = await dialer.listen!({ scheme: 'tcp', host: 'a.example', port: 1 })
  const first = await dialer.dial(listener.address)
  expect(await first.read()).toBeNull()
  const second = await dialer.dial(listener.address)
  await listener.accept()
  const peer = await listener.accept()
  await peer?.write([Buffer.from('fine')])
  expect([latin1(await second.read()), dialer.name]).toEqual(['fine', 'faulty memory'])
})

function withPlan(plan: FaultPlan) {
  const [one, two] = memoryPair()
  const ours: Connection = overTransport(withFaults(one, [plan]))
  const theirs: Connection = overTransport(two)
  return {
    ours,
    theirs,
    async [Symbol.asyncDispose]() {
      ours.abort()
      theirs.abort()
    },
  }
}

test('corrupt: one byte is another one, and what follows is as it was', async () => {
  await using pair = withPlan({ after: 2, do: 'corrupt' })
  await pair.theirs.write('abcdef')
  await pair.theirs.end()
  const text = latin1(await pair.ours.readAll())
  expect([text.length, text.slice(0, 2), text.slice(3)]).toEqual([6, 'ab', 'def'])
  expect(text[2]).not.toBe('c')
})

test('drip: one byte each so many milliseconds', async () => {
  using clock = useFakeClock()
  await using pair = withPlan({ after: 1, do: { drip: 100 } })
  await pair.theirs.write('abcd')
  expect(latin1(await pair.ours.readExactly(1))).toBe('a')
  let rest = ''
  const reading = pair.ours.readExactly(3).then((chunk) => (rest = latin1(chunk)))
  await clock.advance(299)
  expect(rest).toBe('')
  await clock.advance(1)
  await reading
  expect(rest).toBe('bcd')
})

test('throttle: so many bytes a second, in both directions if asked', async () => {
  using clock = useFakeClock()
  await using pair = withPlan({ on: 'send', do: { throttle: 1000 } })
  let sent = false
  const writing = pair.ours.write(new Uint8Array(500)).then(() => (sent = true))
  await clock.advance(450)
  expect(sent).toBe(false)
  await clock.advance(50)
  await writing
  expect((await pair.theirs.readExactly(500)).length).toBe(500)
})

test('jitter: each piece is late, by the same times in each run', async () => {
  using clock = useFakeClock()
  const runs: number[][] = []
  for (const _ of [1, 2]) {
    await using pair = withPlan({ do: { jitter: 100 } })
    const late: number[] = []
    for (let piece = 0; piece < 3; piece++) {
      const began = clock.now()
      await pair.theirs.write('x')
      const reading = pair.ours.readExactly(1)
      const read: unknown[] = []
      void reading.then((chunk) => read.push(chunk))
      while (read.length === 0) await clock.advance(1)
      late.push(Math.round(clock.now() - began))
    }
    runs.push(late)
  }
  expect(runs[0]).toEqual(runs[1])
  expect(new Set(runs[0]).size).toBeGreaterThan(1)
  expect(Math.max(...(runs[0] ?? []))).toBeLessThanOrEqual(101)
})

test('refuse and black-hole: there is no connection', async () => {
  using clock = useFakeClock()
  const at = { scheme: 'tcp', host: 'a.test', port: 1 }
  const dialer = faulty(memoryDialer(), [{ do: 'refuse' }, { do: 'black-hole', times: 2 }])
  await using listener = await dialer.listen!(at)
  const refused = await failure(dialer.dial(listener.address))
  expect([refused.code, refused.phase, refused.target]).toEqual([
    'NET_CONNECT_REFUSED',
    'connect',
    'a.test:1',
  ])
  const silent = failure(dialer.dial(listener.address))
  await clock.advance(10_000)
  expect((await silent).code).toBe('NET_TIMEOUT_CONNECT')
  await using transport = (await dialer.dial(listener.address)) as AsyncDisposable & Transport
  expect(transport.info.endpoint).toEqual(at)
  expect(thrown(() => withFaults(transport, [{ do: 'refuse' }])).code).toBe('NET_BAD_OPTION')
})
