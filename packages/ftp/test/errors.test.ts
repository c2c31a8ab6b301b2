import { expect, test } from 'vitest'

import { AuthError, ConnectionLostError, ReplyError } from '@net/core'
import { FtpReplyError } from '@net/ftp'

import { GREETING, isNotKnown, isVague, midwayError, replyError } from '../src/errors.ts'
import type { FtpReply } from '../src/reply.ts'

test.each([
  [421, 'NOOP', 'Timeout', 'NET_CONN_SHUTDOWN', 'safe'],
  [530, 'PASS', 'Login incorrect', 'NET_AUTH_REJECTED', 'never'],
  [430, 'USER', 'No', 'NET_AUTH_REJECTED', 'never'],
  [530, 'STOR', 'Not logged in', 'NET_REPLY_PERMANENT', 'never'],
  [425, 'RETR', 'Cannot open', 'NET_REPLY_TEMPORARY', 'safe'],
  [426, 'RETR', 'Closed', 'NET_REPLY_TEMPORARY', 'idempotent'],
  [451, 'STOR', 'Local error', 'NET_REPLY_TEMPORARY', 'idempotent'],
  [450, 'DELE', 'Busy', 'NET_REPLY_TEMPORARY', 'idempotent'],
  [452, 'STOR', 'Full', 'NET_NO_SPACE', 'never'],
  [552, 'STOR', 'Quota', 'NET_NO_SPACE', 'never'],
  [500, 'MLST', 'What?', 'NET_UNSUPPORTED', 'never'],
  [502, 'MLST', 'No', 'NET_UNSUPPORTED', 'never'],
  [504, 'TYPE', 'No', 'NET_UNSUPPORTED', 'never'],
  [500, GREETING, 'What?', 'NET_REPLY_PERMANENT', 'never'],
  [500, 'PASS', 'OOPS: cannot change directory:/home/joe', 'NET_REPLY_PERMANENT', 'never'],
  [521, 'MKD', 'Directory already exists', 'NET_EXISTS', 'never'],
  [553, 'STOR', 'Bad name', 'NET_BAD_NAME', 'never'],
  [553, 'STOR', 'Permission denied', 'NET_ACCESS_DENIED', 'never'],
  [550, 'RETR', 'No such file or directory', 'NET_NOT_FOUND', 'never'],
  [550, 'RETR', 'x does not exist', 'NET_NOT_FOUND', 'never'],
  [550, 'MKD', 'File exists', 'NET_EXISTS', 'never'],
  [550, 'RMD', 'Directory not empty', 'NET_NOT_EMPTY', 'never'],
  [550, 'STOR', 'Permission denied', 'NET_ACCESS_DENIED', 'never'],
  [550, 'STOR', 'Not permitted', 'NET_ACCESS_DENIED', 'never'],
  [550, 'STOR', 'Disk full', 'NET_NO_SPACE', 'never'],
  [550, 'CWD', 'Not a directory', 'NET_BAD_NAME', 'never'],
  [550, 'RETR', 'Failed to open file.', 'NET_NOT_FOUND', 'never'],
  [550, 'MKD', 'Create directory operation failed.', 'NET_REPLY_PERMANENT', 'never'],
  [200, 'RETR', 'Fine', 'NET_PROTO_UNEXPECTED', 'never'],
  // What daemons put behind other statuses than 550.
  [553, 'STOR', "Can't open that file: No such file or directory", 'NET_NOT_FOUND', 'never'],
  [501, 'MLSD', 'No such directory.', 'NET_NOT_FOUND', 'never'],
  [501, 'MLSD', 'x: Not a directory', 'NET_BAD_NAME', 'never'],
  [501, 'OPTS', 'Bad option', 'NET_REPLY_PERMANENT', 'never'],
  [450, 'LIST', 'x: No such file or directory', 'NET_NOT_FOUND', 'never'],
  [450, 'DELE', 'Permission denied', 'NET_ACCESS_DENIED', 'never'],
  [451, 'STOR', 'No space left on device', 'NET_NO_SPACE', 'never'],
  [451, 'RNTO', 'Rename/move failure: Permission denied', 'NET_ACCESS_DENIED', 'never'],
  [553, 'MKD', 'File exists', 'NET_EXISTS', 'never'],
  [553, 'STOR', 'Is a directory', 'NET_BAD_NAME', 'never'],
  // What is about the server and not about the password.
  [
    530,
    'PASS',
    'Sorry, the maximum number of clients (1) for this user are already connected.',
    'NET_REPLY_TEMPORARY',
    'safe',
  ],
  [530, 'USER', 'Too many users, please try later', 'NET_REPLY_TEMPORARY', 'safe'],
  [530, 'PASS', 'Too many connections for this account', 'NET_REPLY_TEMPORARY', 'safe'],
  [530, 'USER', 'The server is shutting down', 'NET_REPLY_TEMPORARY', 'safe'],
  [530, 'PASS', 'Too many failed logins', 'NET_AUTH_REJECTED', 'never'],
] as const)('%i to %s: %s is %s', (...[status, command, text, code, retry]) => {
  const error = replyError({ status, text: `${status} ${text}` }, command)
  expect(error).toMatchObject({ code, retry, reply: { status, text: `${status} ${text}` } })
  expect(error.message).toContain(command)
})

test('[FTP-49] a refusal is an FtpReplyError with the reply; a login or a goodbye is of its own class', () => {
  const refused = replyError({ status: 550, text: '550 No such file' }, 'RETR')
  expect(refused).toBeInstanceOf(FtpReplyError)
  expect(refused).toBeInstanceOf(ReplyError)
  expect(refused.name).toBe('FtpReplyError')
  expect(replyError({ status: 530, text: '530 No' }, 'PASS')).toBeInstanceOf(AuthError)
  expect(replyError({ status: 421, text: '421 Bye' }, 'NOOP')).toBeInstanceOf(ConnectionLostError)
})

test('a goodbye to a command means that it was not accepted; later the outcome is unknown', () => {
  const goodbye = { status: 421, text: '421 Shutting down' }
  expect(replyError(goodbye, 'STOR').retry).toBe('safe')
  expect(midwayError(goodbye, 'STOR')).toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'idempotent',
  })
  expect(midwayError({ status: 425, text: '425 No data connection' }, 'STOR').retry).toBe('safe')
})

test('which refusals do not say why, and which mean that the command is not known', () => {
  const reply = (status: number, text: string): FtpReply => ({ status, text: `${status} ${text}` })
  expect(isVague(reply(550, 'Failed to open file.'), 'RETR')).toBe(true)
  expect(isVague(reply(550, 'Delete operation failed.'), 'DELE')).toBe(true)
  expect(isVague(reply(550, 'No such file'), 'RETR')).toBe(false)
  expect(isVague(reply(450, 'Failed to open file.'), 'RETR')).toBe(false)
  const known = (status: number, text: string): boolean =>
    isNotKnown(replyError(reply(status, text), 'MLSD'))
  expect([500, 501, 502, 504].map((status) => known(status, 'What?'))).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(known(501, 'No such directory.')).toBe(false)
  expect(known(550, 'Failed')).toBe(false)
  expect(isNotKnown(new Error('500'))).toBe(false)
})
