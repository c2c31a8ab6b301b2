import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp, patterned } from './opened.ts'

test('an error names the call, its path and the server', async () => {
  await using opened = await openedSftp()
  const error = await failureOf(opened.sftp.stat('/none'))
  expect(error).toMatchObject({
    protocol: 'sftp',
    operation: 'stat',
    target: '/none',
    phase: 'command',
    endpoint: opened.server.url.slice('ssh://'.length),
  })
})

test('a close waits for calls under way, as long as the grace lasts', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const { sftp, server } = opened
  const reading = sftp.readFile('/a')
  await sftp.close()
  expect((await reading).length).toBe(2_000_000)
  expect(server.leftOpen).toBe(0)
})

test('a close without patience cuts what is under way', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server } = opened
  server.fail({ on: 'READ', do: 'stall' })
  const reading = codesOf([sftp.readFile('/a', { retry: false })])
  await expect.poll(() => server.requests).toContain('READ /a')
  await sftp.close({ grace: 0 })
  expect(await reading).toEqual(['NET_CLOSED'])
  expect(await codesOf([sftp.close({ grace: -1 })])).toEqual(['NET_BAD_OPTION'])
})
