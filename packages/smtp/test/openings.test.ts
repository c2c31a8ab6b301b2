import { setImmediate as turn } from 'node:timers/promises'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { createMailer, type Mailer, type Message } from '@net/smtp'
import { expect, test } from 'vitest'

import { startPeer, until, type Peer, type ScriptedPeer } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }
const login = { user: 'ada', password: 'a-password' }

/** A server that takes so many connections, and refuses the others at a place, before it goes on with those that it takes. */
interface Limited {
  readonly place: 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'DATA'
  readonly reply: string
  /** How many connections it takes. */
  readonly room: number
  /** Those that it takes wait until it has refused so many. */
  readonly first: number
}

interface LimitedServer {
  readonly peer: ScriptedPeer
  /** How many connections have come, and were refused. */
  readonly seen: { came: number; refused: number }
  /** The subjects of what was taken. */
  readonly subjects: string[]
}

async function startLimited({ place, reply, room, first }: Limited): Promise<LimitedServer> {
  const seen = { came: 0, refused: 0 }
  const subjects: string[] = []
  const refusedEnough = Promise.withResolvers<void>()
  if (first === 0) refusedEnough.resolve()
  /** Says whether the connection is refused here. */
  const refuses = async (
    at: string,
    number: number,
    { say, connection }: Peer,
  ): Promise<boolean> => {
    if (at !== place) return false
    if (number <= room) {
      await refusedEnough.promise
      return false
    }
    await say(`${reply}\r\n`)
    seen.refused += 1
    if (seen.refused >= first) refusedEnough.resolve()
    await connection.close()
    return true
  }
  const peer = await startPeer(async (each) => {
    const number = ++seen.came
    if (await refuses('greeting', number, each)) return
    await each.say('220 peer\r\n')
    for (;;) {
      const line = await each.hear()
      const verb = line.split(' ')[0] ?? ''
      if (await refuses(verb, number, each)) return
      if (verb === 'DATA') {
        await each.say('354 go on\r\n')
        for (let text = ''; text !== '.'; text = await each.hear()) {
          if (text.startsWith('Subject: ')) subjects.push(text.slice(9))
        }
      }
      const replies: Record<string, string> = { EHLO: '250-peer\r\n250 AUTH PLAIN', AUTH: '235 in' }
      await each.say(`${replies[verb] ?? '250 fine'}\r\n`)
      if (verb === 'QUIT') return
    }
  })
  return { peer, seen, subjects }
}

function many(mailer: Mailer, count: number): Promise<readonly unknown[]> {
  const numbers = Array.from({ length: count }, (_, n) => n)
  return Promise.all(numbers.map((n) => mailer.send({ ...message, subject: String(n) })))
}

test.each([
  ['greeting', '421 4.7.0 too many connections'],
  ['EHLO', '421 4.3.2 too many'],
  ['AUTH', '432 4.3.2 concurrent connections limit exceeded'],
  ['AUTH', '454 4.7.0 too many logins'],
  ['MAIL', '451 4.3.2 too many'],
  ['DATA', '432 4.3.2 concurrent connections limit exceeded'],
] as const)(
  '[SMTP-31] 50 mails at once to a server that takes two connections, and refuses the others at %s with %s, are each accepted once',
  async (place, reply) => {
    const { peer, seen, subjects } = await startLimited({ place, reply, room: 2, first: 3 })
    await using _peer = peer
    await using mailer = createMailer(peer.url, { ...login, pool: { connections: 5 } })
    const results = await many(mailer, 50)
    expect(results).toHaveLength(50)
    expect(subjects.toSorted()).toEqual(Array.from({ length: 50 }, (_, n) => String(n)).toSorted())
    expect(seen.refused).toBeGreaterThanOrEqual(3)
  },
)

test('[SMTP-31] where no connection is taken at all, each message hears so at once', async () => {
  using clock = useFakeClock()
  const reply = '421 4.3.2 full'
  const { peer } = await startLimited({ place: 'greeting', reply, room: 0, first: 0 })
  await using _peer = peer
  await using mailer = createMailer(peer.url, { ...login, pool: { connections: 5 } })
  const settled = await Promise.allSettled(Array.from({ length: 5 }, () => mailer.send(message)))
  for (const each of settled) {
    expect(each).toMatchObject({ reason: { code: 'NET_CONN_SHUTDOWN', retry: 'safe' } })
  }
  expect(clock.now()).toBe(0)
})

test('[SMTP-31] after a refusal one more connection is tried at a time', async () => {
  using clock = useFakeClock()
  using events = captureEvents()
  const refusals = (): number =>
    events
      .of('operation')
      .filter(({ operation, outcome }) => operation === 'connect' && outcome === 'failed').length
  const reply = '421 4.3.2 full'
  const { peer, seen } = await startLimited({ place: 'greeting', reply, room: 1, first: 4 })
  await using _peer = peer
  await using mailer = createMailer(peer.url, { ...login, pool: { connections: 5 } })
  await many(mailer, 20)
  await until(() => refusals() === 4)
  // One is tried after a second, and each further one after twice as long, or up to a quarter longer.
  for (const [wait, came] of [
    [1250, 6],
    [1250, 7],
    [2500, 8],
  ] as const) {
    await clock.advance(wait)
    await until(() => refusals() === came - 1)
    for (let n = 0; n < 20; n++) await turn()
    expect(seen.came).toBe(came)
  }
})
