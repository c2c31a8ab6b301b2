import { expect, test } from 'vitest'

import { failureOf } from '../../embedded.ts'
import { codesOf, openedSftp } from '../../sftp/opened.ts'

test('faults strike one request, and the session goes on where it can', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server } = opened
  server.fail({ on: 'STAT', do: { status: 4, text: 'so there' } })
  server.fail({ on: 'MKDIR', do: 'forgets' })
  server.fail({ on: 'REMOVE', do: { delay: 1 } })
  expect(await failureOf(sftp.stat('/a'))).toMatchObject({ reply: { text: 'so there' } })
  await sftp.mkdir('/made')
  expect(server.files.exists('/made')).toBe(false)
  await sftp.remove('/a')
  expect(await codesOf([sftp.stat('/a')])).toEqual(['NET_NOT_FOUND'])
})

test('what is left open by a client that goes is closed and counted', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server } = opened
  await sftp.open('/a')
  server.fail({ on: 'STAT', do: 'drop' })
  await failureOf(sftp.stat('/a', { retry: false }))
  await sftp.closed
  await expect.poll(() => server.leftOpen).toBe(1)
})
