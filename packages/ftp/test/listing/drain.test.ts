import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { drain } from '../../src/listing/drain.ts'
import { transfer } from '../../src/transfer.ts'
import { openSession, users } from '../open-session.ts'

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
