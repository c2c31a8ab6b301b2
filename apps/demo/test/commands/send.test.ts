import { startSmtpServer } from '@net/smtp/testing'
import { afterEach, expect, test, vi } from 'vitest'

import { sendCommand } from '../../src/commands/send.ts'
import { streams } from '../recording-streams.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('sends a mail and lists the recipients', async () => {
  vi.stubEnv('NET_PASSWORD', 'lovelace')
  await using server = await startSmtpServer({ users: { ada: 'lovelace' } })
  const url = server.url.replace('smtp://', 'smtp://ada@')
  const io = streams()
  const args = [
    url,
    '--from',
    'ada@example.com',
    '--to',
    'charles@example.com',
    '--subject',
    'Hi',
    '--text',
    'Hello',
  ]
  expect(await sendCommand(args, io)).toBe(0)
  expect(io.messageText()).toBe('accepted for charles@example.com\n')
  const mail = await server.mailbox.waitFor()
  expect(mail.user).toBe('ada')
  expect(Buffer.from(mail.raw).toString()).toContain('Subject: Hi')
})

test.each([[[]], [['smtp://127.0.0.1:1']], [['--nonsense']]])(
  'wrong arguments %j are exit code 2',
  async (args) => {
    const io = streams()
    expect(await sendCommand(args, io)).toBe(2)
    expect(io.messageText()).toMatch(/^usage: demo send/)
  },
)
