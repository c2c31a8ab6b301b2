import { expect, test } from 'vitest'

import { codesOf, openedSftp, patterned } from './opened.ts'

test('[SSH-55] requests are as large as the server says it takes, and 32 KiB where it says nothing', async () => {
  const bytes = patterned(1_000_000)
  for (const [extensions, most] of [
    [true, 12],
    [false, 40],
  ] as const) {
    await using opened = await openedSftp({ extensions, files: { '/a': bytes } })
    const { sftp, server } = opened
    expect(Buffer.from(await sftp.readFile('/a')).equals(bytes)).toBe(true)
    const reads = opened.requests().filter((line) => line.startsWith('READ '))
    expect(reads.length).toBeLessThan(most)
    expect(reads.length).toBeGreaterThan(most / 4)
    await sftp.writeFile('/b', bytes)
    expect(Buffer.from(server.files.read('/b')).equals(bytes)).toBe(true)
    expect(opened.requests().filter((line) => line.startsWith('WRITE')).length).toBeLessThan(45)
  }
})

test('limits that are refused, or say nothing, are those that all servers have', async () => {
  for (const action of [{ status: 8 }, 'cut'] as const) {
    await using opened = await openedSftp({ files: { '/a': patterned(100_000) } })
    opened.server.fail({ on: 'limits', do: action })
    expect((await opened.sftp.readFile('/a')).length).toBe(100_000)
  }
})

test('[H-SSH-19] an answer of another kind ends the session', async () => {
  for (const [on, call] of [
    ['STAT', 'stat'],
    ['OPENDIR', 'list'],
    ['REALPATH', 'realpath'],
    ['MKDIR', 'mkdir'],
    ['READDIR', 'list'],
  ] as const) {
    await using opened = await openedSftp({ files: { '/a': 'x' } })
    const { sftp, server } = opened
    server.fail({ on, do: on === 'OPENDIR' ? 'twice' : 'kind' })
    const called =
      call === 'list' ? Array.fromAsync(sftp.list('/')) : (sftp[call]('/a') as Promise<unknown>)
    expect([on, ...(await codesOf([called]))]).toEqual([on, 'NET_PROTO_UNEXPECTED'])
    expect(await codesOf([sftp.exists('/a')])).toEqual(['NET_CONN_CLOSED'])
  }
})
