import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { announcedSize, askSize, requireSize, sizeIn } from '../src/size.ts'
import { openSession, users } from './open-session.ts'

test('asks for the size', async () => {
  await using server = await startFtpServer({ users, files: { '/a': '12345' } })
  await using test = await openSession(server)
  expect(await test.use((dialog, session) => askSize(session, dialog, 'a'))).toBe(5)
  expect(await test.use((dialog, session) => askSize(session, dialog, 'b'))).toBeUndefined()
})

test('asks a server that does not name SIZE, and never again one that does not know it', async () => {
  await using server = await startFtpServer({ users, without: ['SIZE'] })
  await using test = await openSession(server)
  for (const path of ['a', 'b']) {
    expect(await test.use((dialog, session) => askSize(session, dialog, path))).toBeUndefined()
  }
  expect(server.received.filter((line) => line.startsWith('SIZE'))).toEqual(['SIZE a'])
  await using old = await startFtpServer({ users, without: ['FEAT'], files: { '/a': '12' } })
  await using other = await openSession(old)
  expect(await other.use((dialog, session) => askSize(session, dialog, 'a'))).toBe(2)
})

test('the size that is wanted for itself', async () => {
  await using server = await startFtpServer({ users, files: { '/a': '12345' } })
  await using test = await openSession(server)
  expect(await test.use((dialog, session) => requireSize(session, dialog, 'a'))).toBe(5)
  await expect(
    test.use((dialog, session) => requireSize(session, dialog, 'b')),
  ).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    phase: 'command',
  })
  server.fail({ on: 'SIZE', do: { reply: '213 unknown' } })
  await expect(
    test.use((dialog, session) => requireSize(session, dialog, 'a')),
  ).rejects.toMatchObject({
    code: 'NET_PROTO_MALFORMED',
  })
  expect(await test.use((dialog, session) => requireSize(session, dialog, 'a'))).toBe(5)
  await using without = await startFtpServer({ users, without: ['SIZE'] })
  await using other = await openSession(without)
  await expect(
    other.use((dialog, session) => requireSize(session, dialog, 'a')),
  ).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
})

test('a folder has no size, and is not missing', async () => {
  await using server = await startFtpServer({ users, files: { '/in/a': '12345' } })
  await using test = await openSession(server)
  for (const [path, code] of [
    ['in', 'NET_BAD_NAME'],
    ['none', 'NET_NOT_FOUND'],
  ] as const) {
    server.fail({ on: 'SIZE', do: { reply: '550 Could not get file size.' } })
    await expect(
      test.use((dialog, session) => requireSize(session, dialog, path)),
    ).rejects.toMatchObject({ code, reply: { text: '550 Could not get file size.' } })
  }
})

test.each([
  ['213 5', 5],
  ['213 File size is 5', 5],
  ['213 5 bytes', 5],
  ['213 /in/a.txt 5', 5],
  ['213-Size\n213 5', 5],
])(
  '[H-FTP-21] a figure that stands alone at the start or the end is the size: %j',
  (text, size) => {
    expect(sizeIn({ status: 213, text })).toBe(size)
  },
)

test.each([
  '213 -5',
  '213 1e400',
  '213 12abc',
  '213 5 of 10',
  '213 about 5 or so',
  '213 0x10',
  '213 9007199254740993',
  '213 ',
  '213',
])('[H-FTP-21] %j says no size', (text) => {
  expect(sizeIn({ status: 213, text })).toBeUndefined()
})

test.each([
  ['in/a', '150 Opening BINARY mode data connection for a (12345 bytes).', 12_345],
  ['in/a', '150 Here it comes.', undefined],
  ['in/a (5 bytes).txt', '150 Opening data connection for a (5 bytes).txt (10 bytes).', 10],
  [
    'in/a (5 bytes).txt',
    '150 Opening data connection for /home/in/a (5 bytes).txt (10 bytes).',
    10,
  ],
  ['in/a (5 bytes).txt', '150 Sending a (5 bytes).txt.', undefined],
  ['in/a (5 bytes).txt', '150 Sending "a (5 bytes).txt".', undefined],
  ['e', '150 Opening data connection for e (10 bytes).', 10],
])('the size of %j that %j announces', (path, text, size) => {
  expect(announcedSize({ status: 150, text }, path)).toBe(size)
})
