import { expect, test } from 'vitest'

import { createEngine, parseListLines } from '../../src/engine/basic-ftp.ts'
import type { FtpReply } from '../../src/reply.ts'

test('pairs a command with its replies, refusals included', async () => {
  const sent: string[] = []
  const engine = await createEngine((line) => sent.push(line))
  const seen: FtpReply[] = []
  const done = engine.exchange('RETR x', (reply) => {
    seen.push(reply)
    return reply.status >= 200
  })
  engine.feed('150-Here\n150 it comes')
  engine.feed('426 Broken')
  await done
  expect(sent).toEqual(['RETR x\r\n'])
  expect(seen).toEqual([
    { status: 150, text: '150-Here\n150 it comes' },
    { status: 426, text: '426 Broken' },
  ])
})

test('a loss rejects what is open, and nothing is written any more, not even a goodbye', async () => {
  const sent: string[] = []
  const engine = await createEngine((line) => sent.push(line))
  const done = engine.exchange('NOOP', () => true)
  engine.fail(new Error('gone'))
  await expect(done).rejects.toThrow('gone')
  expect(sent).toEqual(['NOOP\r\n'])
})

test('a command that would be two is refused, and the session goes on', async () => {
  const sent: string[] = []
  const engine = await createEngine((line) => sent.push(line))
  await expect(engine.exchange('NOOP\r\nDELE x', () => true)).rejects.toThrow(/control characters/)
  const done = engine.exchange('NOOP', () => true)
  engine.feed('200 fine')
  await done
  expect(sent).toEqual(['NOOP\r\n'])
})

test('reads listings of Unix', async () => {
  const lines = [
    'total 3',
    '-rw-r-----   1 joe  staff   1057 Dec 11 14:35 a b.txt',
    'drwxr-xr-x   2 joe  staff   4096 Jan  1  2026 in',
    'lrwxrwxrwx   1 joe  staff      4 Jan  1  2026 link -> in/x',
    'srwxrwxrwx   1 joe  staff      0 Jan  1  2026 socket',
  ]
  expect(await parseListLines(lines)).toEqual([
    { name: 'a b.txt', type: 'file', size: 1057, mode: 0o640, user: 'joe', group: 'staff' },
    { name: 'in', type: 'folder', size: 4096, mode: 0o755, user: 'joe', group: 'staff' },
    {
      name: 'link',
      type: 'link',
      size: 4,
      mode: 0o777,
      target: 'in/x',
      user: 'joe',
      group: 'staff',
    },
    { name: 'socket', type: 'other', size: 0, mode: 0o777, user: 'joe', group: 'staff' },
  ])
})

test('reads listings of Windows', async () => {
  const lines = [
    '12-05-96  05:03PM       <DIR>          my folder',
    '11-14-97  04:21PM                  953 a.txt',
  ]
  expect(await parseListLines(lines)).toEqual([
    { name: 'my folder', type: 'folder', size: 0 },
    { name: 'a.txt', type: 'file', size: 953 },
  ])
})
