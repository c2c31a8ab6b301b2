import { AuthError, ConnectionLostError, isNetError, NetError, ReplyError } from '@net/core'
import { SmtpReplyError } from '@net/smtp'
import { expect, test } from 'vitest'

import { replyError, unexpectedReply } from '../src/errors.ts'
import type { SmtpReply } from '../src/reply.ts'

function reply(status: number, enhanced?: string): SmtpReply {
  return { status, text: 'said so', ...(enhanced === undefined ? {} : { enhanced }) }
}

test('[SMTP-49] [SMTP-50] carries the reply, the command and the recipient', () => {
  const error = replyError(reply(550, '5.1.1'), { command: 'RCPT', address: 'bob@example.com' })
  expect(error).toBeInstanceOf(SmtpReplyError)
  expect(error).toBeInstanceOf(ReplyError)
  expect(error).toBeInstanceOf(NetError)
  expect(isNetError(error)).toBe(true)
  expect(error.name).toBe('SmtpReplyError')
  expect(error).toMatchObject({
    code: 'NET_NOT_FOUND',
    command: 'RCPT',
    address: 'bob@example.com',
    reply: { status: 550, enhanced: '5.1.1', text: 'said so' },
  })
  expect(error.message).toBe('the server answered RCPT to bob@example.com with 550 5.1.1 said so')
})

test('[CORE-06] distinguishes temporary from permanent', () => {
  expect(replyError(reply(450), { command: 'RCPT' })).toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
  })
  for (const command of ['MAIL', 'RCPT', 'DATA', 'message']) {
    expect(replyError(reply(451), { command })).toMatchObject({
      code: 'NET_REPLY_TEMPORARY',
      retry: 'safe',
    })
  }
  expect(replyError(reply(554), { command: 'MAIL' })).toMatchObject({
    code: 'NET_REPLY_PERMANENT',
    retry: 'never',
  })
})

test('names the common refusals', () => {
  const cases = [
    [500, undefined, 'NET_UNSUPPORTED'],
    [530, '5.7.0', 'NET_ACCESS_DENIED'],
    [550, undefined, 'NET_REPLY_PERMANENT'],
    [550, '5.7.1', 'NET_ACCESS_DENIED'],
    [550, '5.1.10', 'NET_NOT_FOUND'],
    [550, '5.1.3', 'NET_BAD_NAME'],
    [554, '5.2.2', 'NET_NO_SPACE'],
    [552, undefined, 'NET_NO_SPACE'],
    [553, undefined, 'NET_BAD_NAME'],
    [220, undefined, 'NET_PROTO_UNEXPECTED'],
  ] as const
  for (const [status, enhanced, code] of cases) {
    expect(replyError(reply(status, enhanced), { command: 'MAIL' }).code).toBe(code)
  }
})

test('a refused login and a server that leaves have classes of their own', () => {
  expect(replyError(reply(535, '5.7.8'), { command: 'AUTH' })).toBeInstanceOf(AuthError)
  expect(replyError(reply(535), { command: 'AUTH' }).code).toBe('NET_AUTH_REJECTED')
  expect(replyError(reply(504), { command: 'AUTH' }).code).toBe('NET_AUTH_NO_METHOD')
  expect(replyError(reply(534, '5.7.9'), { command: 'AUTH' }).code).toBe('NET_AUTH_NO_METHOD')
  expect(replyError(reply(454), { command: 'AUTH' }).code).toBe('NET_REPLY_TEMPORARY')
  const left = replyError(reply(421), { command: 'MAIL' })
  expect(left).toBeInstanceOf(ConnectionLostError)
  expect(left).toMatchObject({ code: 'NET_CONN_SHUTDOWN', retry: 'safe', reply: { status: 421 } })
})

test('a reply without a command breaks the protocol, unless it is a goodbye', () => {
  expect(unexpectedReply(reply(250), 'without being asked').code).toBe('NET_PROTO_UNEXPECTED')
  expect(unexpectedReply(reply(421), 'without being asked').code).toBe('NET_CONN_SHUTDOWN')
  expect(unexpectedReply(reply(451), 'without being asked').code).toBe('NET_CONN_SHUTDOWN')
})
