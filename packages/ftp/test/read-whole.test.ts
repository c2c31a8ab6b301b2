import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { readWhole } from '../src/read-whole.ts'
import { openSession, users } from './open-session.ts'

test('reads a file into memory, up to the limit', async () => {
  await using server = await startFtpServer({ users, files: { '/a': 'hello' } })
  await using test = await openSession(server)
  const read = (limit: number): Promise<Uint8Array> =>
    test.use((dialog, session) => readWhole(session, dialog, 'a', limit))
  expect(Buffer.from(await read(5)).toString()).toBe('hello')
  await expect(read(4)).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 4 })
  expect(Buffer.from(await read(6)).toString()).toBe('hello')
})
