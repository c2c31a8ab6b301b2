import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

test('where the session is opened again, calls that may be repeated go through', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } }, { reconnect: true })
  const { sftp, server, host } = opened
  const file = await sftp.open('/a')
  server.fail({ on: 'STAT', times: 1, do: 'drop' })
  expect(await Promise.all([sftp.size('/a'), sftp.size('/a')])).toEqual([1, 1])
  server.fail({ on: 'SYMLINK', do: 'drop' })
  expect(await codesOf([sftp.symlink('x', '/b')])).toEqual(['NET_CONN_CLOSED'])
  expect(await sftp.exists('/a')).toBe(true)
  // What was open on the old session is gone with it.
  expect((await codesOf([file.read(1)]))[0]).toMatch(/^NET_C/)
  await host.close()
  expect(await codesOf([sftp.exists('/a')])).not.toEqual(['done'])
})

test('calls at the same time open one session together', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } }, { reconnect: true })
  const { sftp, server } = opened
  server.fail({ on: 'SYMLINK', do: 'drop' })
  await failureOf(sftp.symlink('x', '/b'))
  await Promise.all(Array.from({ length: 10 }, () => sftp.size('/a')))
  const subsystems = server.ssh.received.filter(({ what }) => what === 'subsystem')
  expect(subsystems).toHaveLength(2)
})

test('a session that has ended and may be opened again is closed all the same', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } }, { reconnect: true })
  const { sftp, server, host } = opened
  await using other = await host.sftp({ reconnect: true })
  server.fail({ on: 'SYMLINK', times: 2, do: 'drop' })
  await failureOf(sftp.symlink('x', '/b'))
  await failureOf(other.symlink('x', '/b'))
  await sftp.close()
  expect(await sftp.closed).toBeUndefined()
  // The other one learns of the end of the connection.
  server.failSsh({ on: 'exec', do: 'drop' })
  await failureOf(host.exec('x'))
  expect(await other.closed).toMatchObject({ code: expect.stringMatching(/^NET_CONN_/) })
})

test('a call that opens the session again and is given up takes no other with it', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } }, { reconnect: true })
  const { sftp, server } = opened
  server.fail({ on: 'SYMLINK', do: 'drop' })
  await failureOf(sftp.symlink('x', '/b'))
  server.failSsh({ on: 'subsystem', do: 'stall' })
  const controller = new AbortController()
  const first = codesOf([sftp.size('/a', { signal: controller.signal })])
  const second = sftp.size('/a')
  await server.ssh.waitFor(
    () => server.ssh.received.filter(({ what }) => what === 'subsystem').length === 2,
  )
  controller.abort()
  expect(await first).toEqual(['NET_ABORTED'])
  expect(await second).toBe(1)
})

test('a session that is opened again while the client is closed ends as well', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } }, { reconnect: true })
  const { sftp, server } = opened
  using clock = useFakeClock()
  server.fail({ on: 'SYMLINK', do: 'drop' })
  await failureOf(sftp.symlink('x', '/b'))
  server.failSsh({ on: 'subsystem', do: { delay: 100 } })
  const size = codesOf([sftp.size('/a')])
  await server.ssh.waitFor(
    () => server.ssh.received.filter(({ what }) => what === 'subsystem').length === 2,
  )
  await sftp.close({ grace: 0 })
  await clock.advance(100)
  expect(await size).toEqual(['NET_CLOSED'])
})
