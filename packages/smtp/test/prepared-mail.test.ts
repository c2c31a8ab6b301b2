import { Readable } from 'node:stream'

import { fromText } from '@net/core'
import { attach, connect, createMailer, send } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { prepareMail, recipientsShown } from '../src/prepared-mail.ts'
import { openingFor } from './opening.ts'
import { sendLimits } from '../src/send-limits.ts'

const limits = { limits: sendLimits(undefined, undefined) }
const envelope = { envelope: { from: 'a@b.example', to: 'c@d.example' } }

test('distinguishes a message from a source', async () => {
  const message = prepareMail({ from: 'a@b.example', to: 'x@y.example', text: 'x' }, {}, limits)
  expect(message).toMatchObject({
    envelope: { to: ['x@y.example'] },
    messageId: expect.stringContaining('@b.example'),
  })
  const raw = prepareMail(fromText('x'), envelope, limits)
  expect(raw).toMatchObject({ envelope: { to: ['c@d.example'] } })
  expect(raw).not.toHaveProperty('messageId')
  const content = await openingFor((opening) => raw.open(opening))
  expect(content.size).toBe('x\r\n'.length)
  await content.close?.()
})

test('refuses what is neither, and a source without an envelope', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => prepareMail('Subject: x' as never, envelope, limits)).toThrow(bad)
  expect(() => prepareMail({} as never, envelope, limits)).toThrow(bad)
  expect(() => prepareMail(null as never, {}, limits)).toThrow(bad)
  expect(() => prepareMail(fromText('x'), {}, limits)).toThrow(bad)
})

test('names the recipients in a few words', () => {
  expect(recipientsShown(['a@b.example'])).toBe('a@b.example')
  expect(recipientsShown(['a@b.example', 'c', 'd'])).toBe('a@b.example and 2 more')
})

test('a stream belongs to the call that was given it, also where that refuses its options', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await using mailer = createMailer(server.url)
  const wrong: readonly object[] = [
    { envelope: { from: 'ada@example.com', to: 'nobody' } },
    { envelope: { from: 'ada@example.com', to: [] } },
    { bogus: 1 },
    {},
  ]
  const calls = [
    (source: Readable, options: object) => client.send(source, options as never),
    (source: Readable, options: object) => mailer.send(source, options as never),
    (source: Readable, options: object) => send(server.url, source, options as never),
    async (source: Readable) => void attach(source, { bogus: 1 } as never),
  ]
  for (const call of calls) {
    for (const options of wrong) {
      const source = new Readable({ read() {} })
      await expect(call(source, options)).rejects.toMatchObject({ name: 'ArgumentError' })
      expect(source.listenerCount('error')).toBeGreaterThan(0)
      source.destroy(new Error('of no interest any more'))
    }
  }
})
