import { connect, plain, type AuthMechanism } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { startPeer } from '../scripted-peer.ts'

const password = 'a-password-of-ours'

test('[SMTP-14] a mechanism of your own answers what the server asks', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of ['250-peer\r\n250 AUTH X-OWN', '334 b25l', '334 dHdv', '235 fine']) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
  const own: AuthMechanism = {
    name: 'X-OWN',
    uses: 'password',
    begin: ({ user }) => ({
      answer: async (challenge) =>
        challenge === undefined ? undefined : `${user}:${Buffer.from(challenge).toString()}`,
    }),
  }
  await using client = await connect(peer.url, { user: 'ada', password, auth: own })
  expect(client.encrypted).toBe(false)
  expect(peer.lines.slice(1)).toEqual([
    'AUTH X-OWN',
    Buffer.from('ada:one').toString('base64'),
    Buffer.from('ada:two').toString('base64'),
  ])
  await client.close({ grace: 0 })
})

test('[SMTP-14] the first answer goes along with AUTH, or waits for the server where that is wanted', async () => {
  for (const [initialResponse, lines] of [
    [true, ['AUTH PLAIN [secret]']],
    [undefined, ['AUTH PLAIN [secret]']],
    [false, ['AUTH PLAIN', '[secret]']],
  ] as const) {
    await using server = await startSmtpServer({ users: { ada: password } })
    const auth: AuthMechanism = { ...plain(), initialResponse }
    await using client = await connect(server.url, { user: 'ada', password, auth })
    expect(server.received.slice(1)).toEqual(lines)
    await client.close()
  }
})

test('what is no mechanism is refused, and says what it may be', async () => {
  for (const auth of ['PLAIN', {}, { name: 'plain', uses: 'password', begin: () => ({}) }, []]) {
    await expect(
      connect('smtp://x.example', { user: 'ada', password, auth: auth as never }),
    ).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  }
})

test('a mechanism that has no further answer gives the login up', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of ['250-peer\r\n250 AUTH PLAIN', '334 ', '501 5.7.0 given up']) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
  await expect(connect(peer.url, { user: 'ada', password })).rejects.toMatchObject({
    phase: 'auth',
  })
  expect(peer.lines.at(-1)).toBe('*')
})
