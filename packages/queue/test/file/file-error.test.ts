import { expect, test } from 'vitest'

import { fileError } from '../../src/file/file-error.ts'

test('an error says what happened to the file, and keeps what SQLite said', () => {
  const full = fileError('/srv/q.db', { message: 'database or disk is full', code: 13 })
  expect(full).toMatchObject({ code: 'NET_LOCAL_IO', endpoint: '/srv/q.db', protocol: 'queue' })
  expect(full.message).toContain('the disk is full')
  expect(full.cause).toMatchObject({ message: 'database or disk is full' })
  expect(fileError('a', { message: 'x', code: 26 }).message).toContain('no database')
  expect(fileError('a', { message: 'odd', code: undefined }).message).toContain('odd')
})

test('a lock that was not given up may be waited for again; a newer file not', () => {
  expect(fileError('a', { message: 'locked', code: 517 })).toMatchObject({ retry: 'safe' })
  const newer = fileError('a', { message: 'NEWER: the file is of version 2', code: undefined })
  expect(newer).toMatchObject({ code: 'NET_UNSUPPORTED', retry: 'never' })
})
