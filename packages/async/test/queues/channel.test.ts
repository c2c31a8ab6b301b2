import { Channel } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

const closed = { code: 'NET_QUEUE_CLOSED' }
const endClosed = { code: 'NET_CLOSED' }

describe('Channel', () => {
  test('[ASYNC-36] carries items from its sending to its receiving end', async () => {
    const { sender, receiver } = new Channel<number>(2)
    await sender.send(1)
    expect(sender.trySend(2)).toBe(true)
    expect(sender.trySend(3)).toBe(false)
    expect(await receiver.receive()).toBe(1)
    expect(receiver.tryReceive()).toBe(2)
    expect(receiver.tryReceive()).toBeUndefined()
  })

  test('[ASYNC-36] of size 0 is a rendezvous: a send waits for its receiver', async () => {
    const { sender, receiver } = new Channel<string>(0)
    expect(sender.trySend('early')).toBe(false)
    let sent = false
    const sending = sender.send('a').then(() => (sent = true))
    await Promise.resolve()
    expect(sent).toBe(false)
    expect(await receiver.receive()).toBe('a')
    await sending
    const receiving = receiver.receive()
    expect(sender.trySend('b')).toBe(true)
    expect(await receiving).toBe('b')
  })

  test('[ASYNC-36] closing the last sender ends the iteration, after the sent items', async () => {
    const { sender, receiver } = new Channel<number>(10)
    const other = sender.clone()
    const received: number[] = []
    const loop = (async () => {
      for await (const item of receiver) received.push(item)
    })()
    await sender.send(1)
    sender.close()
    await other.send(2)
    other.close()
    await loop
    expect(received).toEqual([1, 2])
    await expect(receiver.receive()).rejects.toMatchObject(closed)
    expect(() => receiver.tryReceive()).toThrow(expect.objectContaining(closed))
  })

  test('[ASYNC-36] closing the last receiver makes sending an error, also where it waits', async () => {
    const { sender, receiver } = new Channel<number>(0)
    const clone = receiver.clone()
    receiver.close()
    const waiting = failure(sender.send(1))
    clone.close()
    expect(await waiting).toMatchObject(closed)
    await expect(sender.send(2)).rejects.toMatchObject(closed)
    expect(() => sender.trySend(3)).toThrow(expect.objectContaining(closed))
  })

  test('[ASYNC-36] a clone is closed by itself, and each item goes to one receiver', async () => {
    const { sender, receiver } = new Channel<number>(0)
    const second = receiver.clone()
    const both = [receiver.receive(), second.receive()]
    await sender.send(1)
    await sender.send(2)
    expect(await Promise.all(both)).toEqual([1, 2])
    const ended = failure(second.receive())
    second.close()
    expect(await ended).toMatchObject(endClosed)
    expect(() => second.clone()).toThrow(expect.objectContaining(endClosed))
    const still = receiver.receive()
    await sender.send(3)
    expect(await still).toBe(3)
  })

  test('a closed own end and a closed other end are different errors', async () => {
    const { sender, receiver } = new Channel<number>(0)
    const clone = sender.clone()
    const sending = failure(sender.send(1))
    sender.close()
    expect(await sending).toMatchObject(endClosed)
    await expect(sender.send(2)).rejects.toMatchObject(endClosed)
    expect(() => sender.clone()).toThrow(expect.objectContaining(endClosed))
    expect(() => sender.trySend(1)).toThrow(expect.objectContaining(endClosed))
    expect(receiver.tryReceive()).toBeUndefined()
    clone.close()
    receiver.close()
    await expect(receiver.receive()).rejects.toMatchObject(endClosed)
  })

  test('[ASYNC-36] reports its statistics, with the highest number of items', async () => {
    const channel = new Channel<number>(3)
    const { sender, receiver } = channel
    using _clone = sender.clone()
    for (const item of [1, 2, 3]) await sender.send(item)
    const sending = sender.send(4)
    expect(channel.statistics()).toEqual({
      size: 3,
      buffered: 3,
      peak: 3,
      senders: 2,
      receivers: 1,
      sending: 1,
      receiving: 0,
    })
    for (let count = 0; count < 4; count++) await receiver.receive()
    await sending
    const receiving = receiver.receive()
    expect(channel.statistics()).toMatchObject({ buffered: 0, peak: 3, sending: 0, receiving: 1 })
    await sender.send(5)
    await receiving
  })

  test('leaving the loop, or waiting in vain, leaves the ends open', async () => {
    using clock = useFakeClock()
    const { sender, receiver } = new Channel<number>(2)
    await sender.send(1)
    await sender.send(2)
    for await (const item of receiver) if (item === 1) break
    expect(await receiver.receive()).toBe(2)
    const late = failure(receiver.receive({ timeout: 10 }))
    await clock.advance(10)
    expect(await late).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    await sender.send(3)
    expect(await receiver.receive()).toBe(3)
  })

  test('disposing an end closes it', async () => {
    const { sender, receiver } = new Channel<number>(1)
    {
      using sending = sender
      await sending.send(1)
    }
    {
      using receiving = receiver
      expect(await receiving.receive()).toBe(1)
    }
    expect(() => receiver.tryReceive()).toThrow(expect.objectContaining(endClosed))
  })

  test('an iteration rejects if its own end was closed', async () => {
    const { receiver } = new Channel<number>(0)
    const loop = (async () => {
      for await (const item of receiver) expect(item).toBeUndefined()
    })()
    await Promise.resolve()
    receiver.close()
    await expect(loop).rejects.toMatchObject(endClosed)
  })

  test('refuses a wrong size', () => {
    expect(() => new Channel(-1)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  })
})
