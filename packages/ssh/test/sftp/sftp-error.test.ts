import { expect, test } from 'vitest'

import { isRetryable } from '@net/core'
import { SftpError } from '@net/ssh'

import {
  isUnsupported,
  isVague,
  refusalOf,
  saidBy,
  statusError,
} from '../../src/sftp/sftp-error.ts'

test('[SSH-66] every status has a code, also those of later versions', () => {
  const codes = Array.from({ length: 25 }, (_, code) => errorOf(code).code)
  expect(codes.slice(1)).toEqual([
    'NET_REPLY_PERMANENT',
    'NET_NOT_FOUND',
    'NET_ACCESS_DENIED',
    'NET_REPLY_PERMANENT',
    'NET_BAD_NAME',
    'NET_REPLY_TEMPORARY',
    'NET_REPLY_TEMPORARY',
    'NET_UNSUPPORTED',
    'NET_REPLY_PERMANENT',
    'NET_NOT_FOUND',
    'NET_EXISTS',
    'NET_ACCESS_DENIED',
    'NET_REPLY_PERMANENT',
    'NET_NO_SPACE',
    'NET_NO_SPACE',
    'NET_REPLY_PERMANENT',
    'NET_REPLY_TEMPORARY',
    'NET_NOT_EMPTY',
    'NET_REPLY_PERMANENT',
    'NET_BAD_NAME',
    'NET_BAD_NAME',
    'NET_ACCESS_DENIED',
    'NET_REPLY_PERMANENT',
    'NET_REPLY_PERMANENT',
  ])
  expect(errorOf(4711).code).toBe('NET_REPLY_PERMANENT')
})

test('words say what 3 and 4 do not', () => {
  for (const [text, code] of [
    ['Sharing violation', 'NET_REPLY_TEMPORARY'],
    ['The file is being used by another process', 'NET_REPLY_TEMPORARY'],
    ['File already exists', 'NET_EXISTS'],
    ['Directory not empty', 'NET_NOT_EMPTY'],
    ['Disk quota exceeded', 'NET_NO_SPACE'],
    ['No space left on device', 'NET_NO_SPACE'],
  ] as const) {
    expect([errorOf(3, text).code, errorOf(4, text).code]).toEqual([code, code])
    expect(errorOf(2, text).code).toBe('NET_NOT_FOUND')
  }
})

test('the error has the request, the number and the words', () => {
  const error = errorOf(4, 'Something broke')
  expect(error).toBeInstanceOf(SftpError)
  expect(error).toMatchObject({ status: 4, reply: { status: 4, text: 'Something broke' } })
  expect(error.message).toBe(
    'the server refused to open in/a.csv: it failed (status 4, "Something broke")',
  )
})

test('of a handle, "no such file" is something else', () => {
  const asked = { what: 'write in/a.csv', onHandle: true }
  const error = statusError({ type: 'status', code: 2, text: 'No such file' }, asked)
  expect(error.code).toBe('NET_REPLY_PERMANENT')
})

test('what is in use may be tried again, and is safe to where nothing has begun', () => {
  const locked = { type: 'status', code: 17, text: '' } as const
  const opening = statusError(locked, { what: 'open a', opens: true })
  const writing = statusError(locked, { what: 'write a', onHandle: true })
  expect([opening.retry, writing.retry]).toEqual(['safe', 'idempotent'])
  expect(isRetryable(opening, { idempotent: false })).toBe(true)
})

test('a refusal may get the name that a look has found out', () => {
  const vague = errorOf(4)
  expect([isVague(vague), isVague(errorOf(3)), isUnsupported(errorOf(8))]).toEqual([
    true,
    false,
    true,
  ])
  const told = refusalOf(
    saidBy(vague),
    { what: 'make a' },
    { name: 'NET_EXISTS', why: 'it is there' },
  )
  expect(told).toMatchObject({ code: 'NET_EXISTS', status: 4 })
})

function errorOf(code: number, text = ''): SftpError {
  return statusError({ type: 'status', code, text }, { what: 'open in/a.csv' })
}
