import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'
import { memoryPair } from '@net/socket/testing'

import type { Dialog } from '../../src/dialog.ts'
import { drain } from '../../src/listing/drain.ts'
import { parseListing } from '../../src/listing/entries.ts'
import { transfer } from '../../src/transfer.ts'
import { inOperation, openSession, users } from '../open-session.ts'
import { corpus } from './corpus.ts'

test('[H-FTP-20] what is too much is cut off, and the session goes on', async () => {
  await using server = await startFtpServer({ users, files: { '/big': Buffer.alloc(1_000_000) } })
  await using test = await openSession(server)
  const reading = test.use((dialog, session) =>
    transfer(session, dialog, {
      command: 'RETR big',
      mayEndEarly: true,
      move: (data) => drain(dialog, data, 100_000),
    }),
  )
  await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 100_000 })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

test('[FTP-40] however a listing of every kind is cut on its way, also at each byte, it is the same', async () => {
  const listing = Buffer.from(corpus.map(({ line }) => `${line}\r\n`).join(''))
  const plan = { folder: '', format: 'people', encoding: 'utf8' } as const
  const expected = await parseListing(listing, plan)
  expect(expected.entries).toHaveLength(corpus.length)
  for (const size of [1, 2, 61]) {
    const [ours, peer] = memoryPair()
    const drained = inOperation((op) => drain({ op } as Dialog, ours, listing.length))
    for (let at = 0; at < listing.length; at += size) {
      await peer.write([listing.subarray(at, at + size)])
    }
    await peer.close()
    expect(await parseListing(await drained, plan)).toEqual(expected)
  }
})
