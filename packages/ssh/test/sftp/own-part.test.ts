import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { openedSftp, type OpenedSftp } from './opened.ts'

const denied = { status: 3, text: 'Permission denied' } as const

/** A server on which a part of `/a` is that only its owner may read. */
async function withPart(mode = 0o400): Promise<OpenedSftp> {
  const opened = await openedSftp({ files: { '/a.part': 'one ', '/b': 'one two' } })
  await opened.sftp.setMode('/a.part', mode)
  opened.requests()
  return opened
}

test('a read-only part is gone on with, or begun anew, and keeps its mode', async () => {
  for (const resume of [true, false]) {
    await using opened = await withPart()
    const { sftp, server } = opened
    // To compare it, it is opened to be read before.
    server.fail({ on: 'OPEN /a.part', after: resume ? 1 : 0, do: denied })
    const { transferred } = await sftp.upload(Buffer.from('one two'), '/a', { resume })
    expect(transferred).toBe(resume ? 3 : 7)
    expect(server.files.text('/a')).toBe('one two')
    expect(server.files.mode('/a')).toBe(0o400)
    expect(opened.requests().filter((line) => line.startsWith('SETSTAT'))).toHaveLength(2)
  }
})

test('the part of a copy on the server likewise', async () => {
  await using opened = await withPart()
  const { sftp, server } = opened
  server.fail({ on: 'OPEN /a.part', do: denied })
  await sftp.copy('/b', '/a')
  expect(server.files.text('/a')).toBe('one two')
})

test('a part that is not read-only, or whose mode cannot be set, is refused as the server does it', async () => {
  for (const [mode, setting] of [
    [0o600, 0],
    [0o400, 1],
  ] as const) {
    await using opened = await withPart(mode)
    const { sftp, server } = opened
    server.fail({ on: 'OPEN /a.part', do: denied })
    if (setting > 0) server.fail({ on: 'SETSTAT', do: denied })
    const error = await failureOf(sftp.upload(Buffer.from('one two'), '/a', { retry: false }))
    expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED' })
    expect(error.message).toContain('open /a.part for writing')
    expect(opened.requests().filter((line) => line.startsWith('SETSTAT'))).toHaveLength(setting)
    expect(server.files.mode('/a.part')).toBe(mode)
  }
})

test('a part that is refused all the same has its mode again', async () => {
  await using opened = await withPart()
  const { sftp, server } = opened
  server.fail({ on: 'OPEN /a.part', times: 2, do: denied })
  const error = await failureOf(sftp.upload(Buffer.from('one two'), '/a', { retry: false }))
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED' })
  expect(server.files.mode('/a.part')).toBe(0o400)
})
