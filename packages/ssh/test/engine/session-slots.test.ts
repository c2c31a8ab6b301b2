import { expect, test } from 'vitest'

import { SessionSlots } from '../../src/engine/session-slots.ts'
import { SshChannelError } from '../../src/errors.ts'

function refused(reason = 2): SshChannelError {
  const reply = { status: reason, text: 'open failed' }
  return new SshChannelError('NET_REPLY_PERMANENT', { message: 'refused', reply }, reason)
}

/** Asks until the server has opened a session or the caller is told why not. */
async function take(slots: SessionSlots, open: () => Promise<string>): Promise<string> {
  for (;;) {
    const question = slots.ask()
    try {
      const opened = await open()
      slots.opened(question)
      return opened
    } catch (error) {
      const refusal = slots.refused(error as Error, question)
      if (refusal !== undefined) throw refusal
    }
  }
}

/** A server that counts what has ended until it has answered something that was sent after. */
class Server {
  asked = 0
  #open = 0
  #ended = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  readonly open = async (): Promise<string> => {
    this.asked += 1
    const isFull = this.#open >= this.#most
    this.#open -= this.#ended
    this.#ended = 0
    if (isFull) throw refused()
    this.#open += 1
    return 'opened'
  }

  end(): void {
    this.#ended += 1
  }
}

test('a session that follows one that has ended is asked for again', async () => {
  const [slots, server] = [new SessionSlots(), new Server(1)]
  for (let turn = 0; turn < 3; turn++) {
    expect(await take(slots, server.open)).toBe('opened')
    server.end()
    slots.release()
  }
  expect(server.asked).toBe(5)
})

test('so are many, of which the last ones wait for those before them', async () => {
  const [slots, server] = [new SessionSlots(), new Server(10)]
  const row = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      await take(slots, server.open)
      server.end()
      slots.release()
    }
  }
  await expect(Promise.all(Array.from({ length: 10 }, row))).resolves.toHaveLength(10)
})

test('one too many is refused, may be repeated, and says how many there are', async () => {
  const [slots, server] = [new SessionSlots(), new Server(2)]
  await take(slots, server.open)
  await take(slots, server.open)
  await expect(take(slots, server.open)).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
    reason: 2,
    message: 'the server runs no more commands at once on this connection (it runs 2): open failed',
  })
  expect(server.asked).toBe(3)
})

test('a server that runs none says so at once, and other refusals pass', async () => {
  const slots = new SessionSlots()
  for (const error of [refused(2), refused(4), refused(1), new Error('gone')]) {
    let asked = 0
    const open = async (): Promise<string> => {
      asked += 1
      throw error
    }
    await expect(take(slots, open)).rejects.toBe(error)
    expect(asked).toBe(1)
  }
})
