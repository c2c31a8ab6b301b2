import { useFakeClock, type FakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { Ahead } from '../src/ahead.ts'
import type { FtpReply } from '../src/reply.ts'

test('the question goes along, and its answer is told and owed no more', async () => {
  using clock = useFakeClock()
  const server = serverAt(clock, { trip: 50, late: 0 })
  const ahead = new Ahead(server.data)
  const reply = await ahead.ask(server.dialog, 'SIZE a')
  expect(reply.status).toBe(213)
  expect(ahead.owed).toBe(true)
  await server.answerSecond()
  ahead.settled()
  expect(ahead.owed).toBe(false)
  expect(server.asked).toEqual(['SIZE a + EPSV'])
  expect(server.told).toEqual([229])
})

test('nothing goes along where the question is not known', async () => {
  using clock = useFakeClock()
  const server = serverAt(clock, { trip: 50, late: 0 })
  const ahead = new Ahead({ ...server.data, question: undefined })
  await ahead.ask(server.dialog, 'SIZE a')
  expect(ahead.owed).toBe(false)
  expect(server.asked).toEqual(['SIZE a'])
})

test('a server whose second answer is late is asked ahead no more once that has cost 100 ms', async () => {
  using clock = useFakeClock()
  const server = serverAt(clock, { trip: 1, late: 40 })
  const ahead = new Ahead(server.data)
  for (let n = 0; n < 5; n++) {
    await ahead.ask(server.dialog, `SIZE ${n}`)
    await server.answerSecond()
  }
  const along = ['SIZE 0 + EPSV', 'SIZE 1 + EPSV', 'SIZE 2 + EPSV']
  expect(server.asked).toEqual([...along, 'SIZE 3', 'SIZE 4'])
})

test('one that is far away is asked ahead for good, though it is as late', async () => {
  using clock = useFakeClock()
  const server = serverAt(clock, { trip: 50, late: 40 })
  const ahead = new Ahead(server.data)
  for (let n = 0; n < 20; n++) {
    await ahead.ask(server.dialog, `SIZE ${n}`)
    await server.answerSecond()
  }
  expect(server.asked.at(-1)).toBe('SIZE 19 + EPSV')
})

/** A server that answers after `trip` milliseconds, and what went along `late` milliseconds after that. */
function serverAt(clock: FakeClock, { trip, late }: { trip: number; late: number }) {
  const asked: string[] = []
  const told: number[] = []
  let second: ((reply: FtpReply) => void) | undefined
  const data = {
    question: 'EPSV' as const,
    toldAhead: ({ status }: FtpReply) => void told.push(status),
  }
  const dialog = {
    async ask(command: string) {
      asked.push(command)
      await clock.advance(trip)
      return replyOf(213)
    },
    async askAlong(command: string, next: string, answered: (reply: FtpReply) => void) {
      asked.push(`${command} + ${next}`)
      await clock.advance(trip)
      second = answered
      return replyOf(213)
    },
  }
  /** The answer to what went along, if anything did. */
  const answerSecond = async (): Promise<void> => {
    await clock.advance(late)
    second?.(replyOf(229))
    second = undefined
  }
  return { data, dialog, asked, told, answerSecond }
}

function replyOf(status: number): FtpReply {
  return { status, text: `${status} yes` }
}
