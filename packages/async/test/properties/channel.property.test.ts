import { Channel, type Receiver, type Sender } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected, type Step } from './world.ts'

test(
  '[ASYNC-36] a channel loses and doubles no item, whichever end is closed or cancelled when',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const model = new ChannelModel(world, (script[0] as Step).pick % 3)
      for (const step of script) {
        if (step.act < 5) model.send(step)
        else if (step.act < 9) model.receive(step)
        else if (step.act === 9) model.clone(step.pick)
        else if (step.act === 10) model.closeSender(step.pick)
        else model.closeReceiver(step.pick)
        await world.after(step)
        model.expectSame()
      }
      model.closeAll()
      await world.end()
      expect(model.received).toEqual(model.received.toSorted((a, b) => a - b))
      expect([...model.received, ...model.dropped].length).toBe(model.accepted)
    })
  },
)

interface Sending {
  readonly item: number
  readonly end: Sender<number>
  readonly expected: Expected
}

class ChannelModel {
  readonly #world: World
  readonly #channel: Channel<number>
  readonly #size: number
  readonly #senders: Sender<number>[]
  readonly #receivers: Receiver<number>[]
  readonly #items: number[] = []
  readonly #sending: Sending[] = []
  readonly #receiving: { readonly end: Receiver<number>; readonly expected: Expected }[] = []
  readonly received: number[] = []
  readonly dropped: number[] = []
  accepted = 0
  #next = 0
  #peak = 0

  constructor(world: World, size: number) {
    this.#world = world
    this.#size = size
    this.#channel = new Channel(size)
    this.#senders = [this.#channel.sender]
    this.#receivers = [this.#channel.receiver]
  }

  send(step: Step): void {
    const end = this.#senders[step.pick % Math.max(this.#senders.length, 1)]
    if (end === undefined) return
    const item = this.#next++
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#receivers.length === 0) wait.outcome = { code: 'NET_QUEUE_CLOSED' }
      else if (this.#accept(item)) wait.outcome = { value: undefined }
      else join(this.#sending, { item, end, expected: wait }, wait)
    })
    this.#world.watch(expected, end.send(item, options))
  }

  receive(step: Step): void {
    const end = this.#receivers[step.pick % Math.max(this.#receivers.length, 1)]
    if (end === undefined) return
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#items.length > 0 || this.#sending.length > 0) wait.outcome = { value: this.#take() }
      else if (this.#senders.length === 0) wait.outcome = { code: 'NET_QUEUE_CLOSED' }
      else join(this.#receiving, { end, expected: wait }, wait)
    })
    this.#world.watch(expected, end.receive(options))
  }

  clone(pick: number): void {
    const [sender] = this.#senders
    const [receiver] = this.#receivers
    if (pick % 2 === 0 && sender !== undefined) this.#senders.push(sender.clone())
    if (pick % 2 === 1 && receiver !== undefined) this.#receivers.push(receiver.clone())
  }

  closeSender(pick: number): void {
    const [end] = this.#senders.splice(pick % Math.max(this.#senders.length, 1), 1)
    if (end === undefined) return
    end.close()
    failing(this.#sending, 'NET_CLOSED', (sending) => sending.end === end)
    if (this.#senders.length === 0) failing(this.#receiving, 'NET_QUEUE_CLOSED')
  }

  closeReceiver(pick: number): void {
    const [end] = this.#receivers.splice(pick % Math.max(this.#receivers.length, 1), 1)
    if (end === undefined) return
    end.close()
    failing(this.#receiving, 'NET_CLOSED', (receiving) => receiving.end === end)
    if (this.#receivers.length > 0) return
    failing(this.#sending, 'NET_QUEUE_CLOSED')
    this.dropped.push(...this.#items.splice(0))
  }

  closeAll(): void {
    while (this.#senders.length > 0) this.closeSender(0)
    while (this.#receivers.length > 0) this.closeReceiver(0)
  }

  expectSame(): void {
    expect(this.#channel.statistics()).toEqual({
      size: this.#size,
      buffered: this.#items.length,
      peak: this.#peak,
      senders: this.#senders.length,
      receivers: this.#receivers.length,
      sending: this.#sending.length,
      receiving: this.#receiving.length,
    })
  }

  #accept(item: number): boolean {
    const receiving = this.#receiving.shift()
    if (receiving === undefined && this.#items.length >= this.#size) return false
    this.accepted++
    if (receiving === undefined) this.#push(item)
    else {
      this.received.push(item)
      receiving.expected.outcome = { value: item }
    }
    return true
  }

  #take(): number {
    const sending = this.#sending.shift()
    if (sending !== undefined) {
      this.accepted++
      sending.expected.outcome = { value: undefined }
    }
    // A full buffer goes first; the item of who waits takes the place that becomes free.
    const buffered = this.#items.shift()
    if (buffered !== undefined && sending !== undefined) this.#push(sending.item)
    const item = buffered ?? (sending as Sending).item
    this.received.push(item)
    return item
  }

  #push(item: number): void {
    this.#items.push(item)
    this.#peak = Math.max(this.#peak, this.#items.length)
  }
}

function failing<T extends { readonly expected: Expected }>(
  line: T[],
  code: string,
  which: (entry: T) => boolean = () => true,
): void {
  for (const entry of line.filter(which)) {
    line.splice(line.indexOf(entry), 1)
    entry.expected.outcome = { code }
  }
}
