import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { describe, expect, it } from 'vitest'

import { addressOf, type ServerAddress } from '../src/address.ts'
import type { Call } from '../src/call.ts'
import { Session } from '../src/session.ts'

const call = {
  args: [],
  options: {},
  signal: new AbortController().signal,
  io: { env: {}, openTerminal: () => undefined },
} as unknown as Call

describe('Session', () => {
  it('has one connection and one tree for each root of a server, closed at its end', async () => {
    await using server = await startFtpServer({ files: { a: '' } })
    const session = new Session(call)
    const one = await session.place(addressOf(`${server.url}/a`))
    const other = await session.place(addressOf(`${server.url}/in/b/`))
    expect(one.files).toBe(other.files)
    expect([one.path, other.path, other.mustBeFolder]).toEqual(['a', 'in/b', true])
    expect(await session.client(addressOf(server.url) as ServerAddress)).toBe(
      await session.client(addressOf(`${server.url}/a`) as ServerAddress),
    )
    expect(server.received.filter((line) => line.startsWith('USER'))).toHaveLength(1)
    await session[Symbol.asyncDispose]()
    await expect.poll(() => server.connections).toBe(0)
  })

  it('has places of this machine and of the web', async () => {
    await using web = await startHttpServer({ routes: { '/in/a%20b': { body: 'x' } } })
    await using session = new Session(call)
    expect((await session.place(addressOf('/srv/www/'))).path).toBe('www')
    const { files, path } = await session.place(addressOf(`${web.url}/in/a%20b`))
    expect(path).toBe('a b')
    expect(await files.stat(path)).toMatchObject({ type: 'file', size: 1 })
    await expect(session.place(addressOf('-'))).rejects.toThrow('- has no meaning here')
    expect(await session.http()).toBe(await session.http())
    expect(await session.road()).toEqual({})
  })
})
