import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { converse, type ProxyDialogue, type ProxyStep } from '../../src/proxy/proxy-dialogue.ts'
import { bytes, failure, latin1 } from '../support.ts'

/** Says hello, answers each byte with itself, and is content with a full stop. */
const echo: ProxyDialogue = {
  opening: bytes('hello'),
  receive(chunk) {
    const text = latin1(chunk)
    const stop = text.indexOf('.')
    if (stop >= 0) return { rest: chunk.subarray(stop + 1) }
    return text === '?' ? {} : { send: chunk }
  },
}

test('says what the codec says until the codec is content', async () => {
  const [ours, theirs] = memoryPair()
  const talking = converse(ours, echo)
  expect(latin1(await theirs.read())).toBe('hello')
  await theirs.write([bytes('a')])
  expect(latin1(await theirs.read())).toBe('a')
  await theirs.write([bytes('?')])
  await theirs.write([bytes('.rest')])
  expect(await talking).toEqual({ rest: Uint8Array.from(bytes('rest')) })
})

test('a proxy that hangs up has not answered', async () => {
  const [ours, theirs] = memoryPair()
  const talking = failure(converse(ours, echo))
  await theirs.end()
  expect(await talking).toMatchObject({ code: 'NET_PROXY_UNREACHABLE', retry: 'safe' })
})

/** Asks for a login, and has something to say elsewhere until it was answered. */
function asking(step: ProxyStep): ProxyDialogue {
  return { opening: bytes('hello'), receive: () => step, elsewhere: () => echo }
}

test('the conversation goes on elsewhere where the codec says so, or the proxy hangs up instead of an answer', async () => {
  const [ours, theirs] = memoryPair()
  const moving = converse(ours, asking({ moves: true }))
  await theirs.write([bytes('who?')])
  expect(await moving).toEqual({ next: echo })
  const [near, far] = memoryPair()
  const left = converse(near, asking({}))
  await far.end()
  expect(await left).toEqual({ next: echo })
  const [lost, other] = memoryPair()
  const broken = converse(lost, asking({}))
  other.abort()
  expect(await broken).toEqual({ next: echo })
})

test('what is of no use has 5 seconds to arrive', async () => {
  const clock = useFakeClock()
  try {
    const [ours, theirs] = memoryPair()
    const received = Promise.withResolvers<void>()
    const draining = asking({ drains: true })
    const talking = converse(ours, {
      ...draining,
      receive(chunk) {
        received.resolve()
        return draining.receive(chunk)
      },
    })
    await theirs.write([bytes('who?')])
    await received.promise
    await clock.advance(4999)
    await theirs.write([bytes('a little more')])
    await clock.advance(1)
    expect(await talking).toEqual({ next: echo })
  } finally {
    clock[Symbol.dispose]()
  }
})
