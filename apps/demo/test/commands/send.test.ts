import { PassThrough } from 'node:stream'

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

test('Ctrl-C ends it while the text is still to come', async () => {
  await using server = await startSmtpServer()
  const io = streams()
  const waited = Promise.withResolvers<void>()
  const input = new PassThrough({ read: () => waited.resolve() })
  const args = [server.url, '--from', 'ada@example.com', '--to', 'charles@example.com']
  const code = sendCommand(args, io, input)
  await waited.promise
  process.emit('SIGINT')
  expect([await code, io.messageText(), server.mailbox.messages]).toEqual([
    130,
    'interrupted\n',
    [],
  ])
})

test.each([[[]], [['smtp://127.0.0.1:1']], [['--nonsense']]])(
  'wrong arguments %j are exit code 2',
  async (args) => {
    const io = streams()
    expect(await sendCommand(args, io)).toBe(2)
    expect(io.messageText()).toMatch(/^usage: demo send/)
  },
)
