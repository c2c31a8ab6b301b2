import { expect, test } from 'vitest'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { startFtpServer } from '@net/ftp/testing'

import { listFolder, type Listing } from '../../src/listing/list.ts'
import { openSession, users, type TestSession } from '../open-session.ts'

const files = { '/in/a.txt': 'hello', '/in/b/c': '' }

const names = async (test: TestSession, folder: string): Promise<string[]> => {
  const { entries } = await test.use((dialog, session) => listFolder(session, dialog, folder))
  return entries.map(({ name }) => name)
}

test.each([
  [[], ['EPSV', 'MLSD in']],
  [
    ['MLST', 'MLSD'],
    ['PWD', 'CWD in', 'EPSV', 'LIST', 'CWD /'],
  ],
  [
    ['MLST', 'MLSD', 'PWD'],
    ['CWD in', 'EPSV', 'LIST', 'CWD ..'],
  ],
  [
    ['MLST', 'MLSD', 'CWD'],
    ['CWD in', 'EPSV', 'LIST in'],
  ],
])('lists a folder without %o by %o', async (without, commands) => {
  await using server = await startFtpServer({ users, files, without })
  await using test = await openSession(server)
  const { entries, isWhole } = await test.use((dialog, session) =>
    listFolder(session, dialog, 'in'),
  )
  expect(entries).toMatchObject([
    { name: 'a.txt', path: 'in/a.txt', type: 'file', size: 5 },
    { name: 'b', path: 'in/b', type: 'folder' },
  ])
  expect(isWhole).toBe(true)
  expect(server.received.slice(-commands.length)).toEqual(commands)
})

const LINE = '-rw-r--r-- 1 joe joe 5 Jan 1 12:00 a.txt\r\n'
const forPeople = { users, files, without: ['MLST', 'MLSD'] }

test('an empty folder has no entries, and the current one needs no name', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  expect(await names(test, '.')).toEqual([])
  expect(server.received.at(-1)).toBe('MLSD')
})

test.each([[[]], [forPeople.without]])(
  'a folder that is not there is reported by a server without %o',
  async (without) => {
    await using server = await startFtpServer({ ...forPeople, without })
    await using test = await openSession(server)
    // vsftpd lists what is not there as an empty folder.
    if (without.length > 0) server.fail({ on: 'LIST', do: { send: '' } })
    await expect(names(test, 'nowhere')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
    server.files.mkdir('/empty')
    expect(await names(test, 'empty')).toEqual([])
  },
)

test('a file is no folder, even if the server does not say why it refused', async () => {
  await using server = await startFtpServer(forPeople)
  await using test = await openSession(server)
  await expect(names(test, 'in/a.txt')).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  server.fail({ on: 'CWD', do: { reply: '550 Failed to change directory.' }, times: 2 })
  await expect(names(test, 'in/a.txt')).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  await expect(names(test, 'in/none')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test.each([[[]], [forPeople.without]])(
  'why a folder cannot be listed is looked for where a server without %o does not say',
  async (without) => {
    await using server = await startFtpServer({ ...forPeople, without })
    await using test = await openSession(server)
    const verb = without.length === 0 ? 'MLSD in/' : 'CWD in/'
    for (const [path, code] of [
      ['in/b', 'NET_ACCESS_DENIED'],
      ['in/a.txt', 'NET_BAD_NAME'],
      ['in/none', 'NET_NOT_FOUND'],
    ] as const) {
      server.fail({ on: verb, do: { reply: '550 Failed to change directory.' } })
      await expect(names(test, path)).rejects.toMatchObject({
        code,
        reply: { text: '550 Failed to change directory.' },
      })
    }
  },
)

test('a file differs from a missing folder, also where the server says that it is missing', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  for (const [path, code] of [
    ['in/a.txt', 'NET_BAD_NAME'],
    ['in/none', 'NET_NOT_FOUND'],
  ] as const) {
    // As pyftpdlib answers for both.
    server.fail({ on: 'MLSD in/', do: { reply: '501 No such directory.' } })
    await expect(names(test, path)).rejects.toMatchObject({ code })
  }
})

test('a folder whose name looks like options, patterns or two names', async () => {
  const odd = ['-la', 'a b', '[x]', '*']
  await using server = await startFtpServer({
    ...forPeople,
    files: Object.fromEntries(odd.map((name) => [`/${name}/in`, ''])),
  })
  await using test = await openSession(server)
  for (const name of odd) expect(await names(test, name)).toEqual(['in'])
})

test('a listing that is stopped leaves the session where it was', async () => {
  await using server = await startFtpServer(forPeople)
  await using test = await openSession(server)
  using clock = useFakeClock()
  for (const verb of ['CWD in', 'LIST', 'CWD /']) {
    const abort = new AbortController()
    server.fail({ on: verb, do: { delay: 100 } })
    const before = server.received.length
    const stopped = test.use((dialog, session) => listFolder(session, dialog, 'in'), {
      signal: abort.signal,
    })
    await clock.until(() => server.received.slice(before).includes(verb))
    abort.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const next = names(test, '.')
    await clock.advance(100)
    expect(await next).toEqual(['in'])
  }
})

test.each(['450 No files found', '550 No files found.', '550 No members found'])(
  'an empty folder that LIST answers with %j is empty',
  async (reply) => {
    await using server = await startFtpServer(forPeople)
    await using test = await openSession(server)
    server.fail({ on: 'LIST', do: { reply } })
    expect(await names(test, 'in')).toEqual([])
  },
)

test.each(['500 not understood', '501 not understood', '502 MLSD?'])(
  'where MLSD is answered with %j there is LIST, for good',
  async (reply) => {
    await using server = await startFtpServer({ users, files })
    await using test = await openSession(server)
    server.fail({ on: 'MLSD', do: { reply } })
    expect(await names(test, 'in')).toEqual(['a.txt', 'b'])
    expect(await names(test, 'in')).toEqual(['a.txt', 'b'])
    expect(server.received.filter((line) => line.startsWith('MLSD'))).toHaveLength(1)
  },
)

test('one folder that MLSD does not take changes nothing for the others', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  await names(test, 'in')
  server.fail({ on: 'MLSD', do: { reply: '501 Invalid path' } })
  expect(await names(test, 'in')).toEqual(['a.txt', 'b'])
  expect(await names(test, 'in')).toEqual(['a.txt', 'b'])
  expect(server.received.filter((line) => line.startsWith('MLSD'))).toHaveLength(3)
})

test('501 that says what is wrong with the folder is about the folder', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLSD', do: { reply: '501 No such directory.' } })
  await expect(names(test, 'none')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(server.received.filter((line) => /^(?:MLSD|LIST)/.test(line))).toEqual(['MLSD none'])
})

test('a listing that the server cut short says so, with what came', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  const reply = '226 Output truncated to 1 matches'
  server.fail({ on: 'MLSD', do: { send: 'type=file; a.txt\r\n', reply } })
  const listing = await test.use((dialog, session) => listFolder(session, dialog, 'in'))
  expect(listing).toMatchObject({
    entries: [{ name: 'a.txt' }],
    isWhole: false,
    incomplete: { code: 'NET_PROTO_INCOMPLETE', reply: { text: reply } },
  })
})

test.each([
  ['MLSD', { users, files }, 'type=file; '],
  ['LIST', forPeople, '-rw-r--r-- 1 a b 3 Jan 01 2020 '],
])(
  'a listing by %s that ends within a line is incomplete, and that line is no entry',
  async (verb, options, facts) => {
    await using server = await startFtpServer(options)
    await using test = await openSession(server)
    const send = `${facts}one\r\n${facts}t`
    server.fail({ on: verb, do: { send, reply: '226 Transfer complete' } })
    const listing = await test.use((dialog, session) => listFolder(session, dialog, 'in'))
    expect(listing).toMatchObject({
      entries: [{ name: 'one' }],
      isWhole: false,
      incomplete: { code: 'NET_PROTO_INCOMPLETE' },
    })
  },
)

test('lines that are left out of a listing are counted', async () => {
  using captured = captureEvents()
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  const lines = ['type=file; ../x', 'nonsense', 'type=file;size=x; c', 'type=file; caf\u00E9']
  server.fail({ on: 'MLSD', do: { send: Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1') } })
  const { isWhole } = await test.use((dialog, session) => listFolder(session, dialog, 'in'))
  expect(isWhole).toBe(false)
  expect(
    captured
      .of('operation')
      .filter(({ state }) => state === 'warning')
      .map(({ message }) => message),
  ).toEqual([
    'left out 1 entries of the listing, whose names cannot be used',
    'left out 1 lines of the listing, which could not be read',
    '1 entries of the listing lack facts that made no sense',
    '1 names of the listing are not in the encoding of this client; see nameBytes',
  ])
})

test("the limit of a listing is the caller's", async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  const list = (maxBytes: number): Promise<unknown> =>
    test.use((dialog, session) => listFolder(session, dialog, 'in', { maxBytes }))
  await expect(list(10)).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 10 })
  expect(await list(1000)).toMatchObject({ isWhole: true })
})

test('a listing that is given up inside a folder ends, whatever the server then says', async () => {
  const cutReply = '150 0.006 seconds (measured here)'
  await using server = await startFtpServer({ users, files, cutReply, without: ['MLST', 'MLSD'] })
  await using test = await openSession(server)
  const list = (maxBytes: number): Promise<Listing> =>
    test.use((dialog, session) => listFolder(session, dialog, 'in', { maxBytes }))
  using clock = useFakeClock()
  server.fail({ on: 'LIST', do: { send: LINE.repeat(100), reply: cutReply } })
  const outcome = list(10).catch((error: unknown) => error)
  await clock.until(() => server.received.includes('LIST'))
  // The data connection is gone; the last reply is still owed.
  await clock.until(() => server.connections === 1)
  await clock.advance(500)
  expect(await outcome).toMatchObject({ code: 'NET_PROTO_LIMIT' })
  expect(server.received).toContain('ABOR')
  expect(await list(1000)).toMatchObject({ isWhole: true })
})

test('a folder that is there and not listed is no missing one', async () => {
  await using server = await startFtpServer({ users, files, without: ['MLST', 'MLSD'] })
  await using test = await openSession(server)
  for (const folder of ['.', 'in']) {
    server.fail({ on: 'LIST', do: { reply: '550 Listing failed.' } })
    await expect(
      test.use((dialog, session) => listFolder(session, dialog, folder)),
    ).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED', reply: { text: '550 Listing failed.' } })
  }
})
