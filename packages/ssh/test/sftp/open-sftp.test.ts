import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'
import { openedSftp } from './opened.ts'

test('a server without files says so, and the connection stays', async () => {
  await using server = await startSshServer({ exec: { uptime: 'up\n' } })
  await using host = await logInTo(server)
  const error = await failureOf(host.sftp())
  expect(error).toMatchObject({ code: 'NET_UNSUPPORTED', operation: 'sftp' })
  expect((await host.exec('uptime')).stdout).toBe('up\n')
})

test('a command takes the place of the subsystem', async () => {
  await using server = await startSshServer({
    exec: { 'sudo sftp-server': { stderr: 'not today\n', exit: 1 } },
  })
  await using host = await logInTo(server)
  const error = await failureOf(host.sftp({ command: 'sudo sftp-server' }))
  expect(error.message).toContain('exit status 1: not today')
})

test('any number of sessions stand side by side on one connection', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const more = await Promise.all([1, 2, 3].map(() => opened.host.sftp()))
  expect(await Promise.all(more.map((each) => each.size('/a')))).toEqual([1, 1, 1])
})
