import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect, fromFile, type FtpClient } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { temporaryName } from '../src/temporary-upload.ts'

const files = { '/in/a.csv': 'old' }
const temporary = true

test('[FTP-33] an upload has another name until it is whole', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  expect(await client.writeFile('in/a.csv', 'new', { temporary })).toMatchObject({ verified: true })
  expect(server.files.paths()).toEqual(['/in/a.csv'])
  expect(server.files.text('/in/a.csv')).toBe('new')
  expect(server.received.slice(-4)).toEqual([
    'STOR in/.a.csv.part',
    'SIZE in/.a.csv.part',
    'RNFR in/.a.csv.part',
    'RNTO in/a.csv',
  ])
  await client.writeFile('in/b', 'b', { temporary: (path) => `${path}.tmp` })
  expect(server.received).toContain('STOR in/b.tmp')
})

test('one that fails leaves the old file and nothing else', async () => {
  await using server = await startFtpServer({ files, quota: 5 })
  await using client = await connect(server.url)
  const sending = client.writeFile('in/a.csv', 'much too long', { temporary })
  await expect(sending).rejects.toMatchObject({ code: 'NET_NO_SPACE', retry: 'never' })
  expect(server.files.paths()).toEqual(['/in/a.csv'])
  expect(server.files.text('/in/a.csv')).toBe('old')
  expect(server.received.filter((line) => line.startsWith('STOR'))).toHaveLength(1)
})

test('two uploads to one name at once over two sessions never become one file', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 2 })
  const rest = Promise.withResolvers<void>()
  const source = async function* inTwo(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('ne')
    await rest.promise
    yield Buffer.from('w')
  }
  const first = client.upload(source, 'in/a.csv', { temporary })
  await expect.poll(() => server.received).toContain('STOR in/.a.csv.part')
  await expect(client.writeFile('in/a.csv', 'xyz', { temporary })).rejects.toMatchObject({
    code: 'NET_BUSY',
    message: expect.stringContaining('in/.a.csv.part'),
  })
  rest.resolve()
  await first
  expect(server.files.text('/in/a.csv')).toBe('new')
  await client.writeFile('in/a.csv', 'later', { temporary })
  expect(server.files.text('/in/a.csv')).toBe('later')
})

test('where RNTO does not replace, the old file goes behind it, and that is kept in mind', async () => {
  await using server = await startFtpServer({ files, like: 'iis' })
  await using client = await connect(server.url)
  await client.writeFile('in/a.csv', 'one', { temporary })
  await client.writeFile('in/a.csv', 'two', { temporary })
  await client.writeFile('in/new', 'new', { temporary })
  expect(server.files.paths()).toEqual(['/in/a.csv', '/in/new'])
  expect(server.files.text('/in/a.csv')).toBe('two')
  const names = server.received
    .filter((line) => /^(RN|DELE)/.test(line))
    .map((line) => line.slice(0, 4))
  const replaced = ['RNFR', 'RNTO', 'RNFR', 'RNTO', 'DELE']
  expect(names).toEqual(['RNFR', 'RNTO', ...replaced, ...replaced, 'RNFR', 'RNFR', 'RNTO'])
})

test('where the new file cannot take the name, the old one has it again', async () => {
  await using server = await startFtpServer({ files, like: 'iis' })
  await using client = await connect(server.url)
  await client.writeFile('in/a.csv', 'one', { temporary })
  server.fail({ on: 'RNFR in/.a.csv.part', do: { reply: '550 Access is denied.' } })
  await expect(client.writeFile('in/a.csv', 'two', { temporary })).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    message: expect.stringContaining('in/.a.csv.part'),
  })
  expect(server.files.paths()).toEqual(['/in/.a.csv.part', '/in/a.csv'])
  expect(server.files.text('/in/a.csv')).toBe('one')
  const back = /^RNFR in\/\.a\.csv\.\S+\.old$/
  server.fail({ on: 'RNFR in/.a.csv.part', do: { reply: '550 Access is denied.' } })
  server.fail({ on: back, do: { reply: '550 Access is denied.' } })
  const error = await client
    .writeFile('in/a.csv', 'two', { temporary })
    .catch((thrown: unknown) => thrown)
  const [aside = ''] = server.files.paths().filter((path) => path.endsWith('.old'))
  expect(server.files.text(aside)).toBe('one')
  expect(String(error)).toContain(aside.slice(1))
})

test('where the old one cannot be removed behind the new one, that is said, and its name', async () => {
  await using server = await startFtpServer({ files, like: 'iis' })
  await using client = await connect(server.url)
  server.fail({ on: 'DELE', do: { reply: '550 Access is denied.' } })
  const error = await client
    .writeFile('in/a.csv', 'new', { temporary })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED', retry: 'never', reply: { status: 550 } })
  const [aside = '', ...others] = server.files.paths()
  expect(others).toEqual(['/in/a.csv'])
  expect(String(error)).toContain(`in/a.csv has its new content, and what it was`)
  expect(String(error)).toContain(aside.slice(1))
  expect([server.files.text('/in/a.csv'), server.files.text(aside)]).toEqual(['new', 'old'])
})

test('a connection that is lost between the two names leaves both files whole, and says where they are', async () => {
  await using server = await startFtpServer({ files, like: 'iis' })
  await using client = await connect(server.url, { reconnect: true })
  await client.writeFile('in/a.csv', 'one', { temporary })
  server.fail({ on: 'RNFR in/.a.csv.part', do: 'reset' })
  const error = await client
    .writeFile('in/a.csv', 'two', { temporary })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ConnectionLostError', retry: 'never' })
  const [aside = '', ...others] = server.files.paths().toSorted()
  expect(others).toEqual(['/in/.a.csv.part'])
  expect([server.files.text('/in/.a.csv.part'), server.files.text(aside)]).toEqual(['two', 'one'])
  for (const path of ['in/.a.csv.part', aside.slice(1)]) expect(String(error)).toContain(path)
})

test('where the content lies is said if it cannot get its name', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  server.fail({ on: 'RNFR', do: { reply: '550 Not allowed.' } })
  await expect(client.writeFile('in/a.csv', 'new', { temporary })).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    retry: 'never',
    message: expect.stringContaining('in/.a.csv.part'),
  })
  expect(server.files.text('/in/.a.csv.part')).toBe('new')
  expect(server.files.text('/in/a.csv')).toBe('old')
})

test('the temporary name lies beside the file', () => {
  expect(['a.txt', '/a', 'in/a', '/in/deep/a.b'].map(temporaryName)).toEqual([
    '.a.txt.part',
    '/.a.part',
    'in/.a.part',
    '/in/deep/.a.b.part',
  ])
})

test.each([
  ['shrinks', (path: string) => truncateSync(path, 1_200_000)],
  ['grows', (path: string) => writeFileSync(path, 'more', { flag: 'a' })],
] as [string, (path: string) => void][])(
  '[H-FTP-14] a source that %s while it is sent never gets its name',
  async (_, change) => {
    const folder = mkdtempSync(join(tmpdir(), 'changed-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'source')
    writeFileSync(path, Buffer.alloc(8_000_000))
    await using server = await startFtpServer({ files })
    await using client = await connect(server.url)
    let isChanged = false
    const onProgress = (): void => {
      if (!isChanged) change(path)
      isChanged = true
    }
    const sending = client.upload(fromFile(path), 'in/a.csv', { temporary, onProgress })
    await expect(sending).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
    expect(server.files.paths()).toEqual(['/in/a.csv'])
    expect(server.files.text('/in/a.csv')).toBe('old')
  },
)

test.each([
  [
    'its source cannot be read',
    (client: FtpClient) => client.upload(fromFile('/no/such'), 'in/a.csv', { temporary }),
  ],
  [
    'it wants a hash that there is not',
    (client: FtpClient) => client.writeFile('in/a.csv', 'new', { temporary, verify: 'hash' }),
  ],
  [
    'the server refuses it',
    (client: FtpClient) => client.writeFile('in/a.csv', 'refused', { temporary }),
  ],
] as [string, (client: FtpClient) => Promise<unknown>][])(
  'one that is not begun because %s leaves what another program has under the temporary name',
  async (_, upload) => {
    const other = { ...files, '/in/.a.csv.part': 'of another program' }
    await using server = await startFtpServer({
      files: other,
      without: ['HASH', 'XMD5', 'XSHA256'],
    })
    await using client = await connect(server.url)
    server.fail({ on: 'STOR', do: { reply: '550 It is locked.' } })
    await expect(upload(client)).rejects.toThrow()
    expect(server.files.text('/in/.a.csv.part')).toBe('of another program')
    await client.writeFile('in/b', 'b').catch(() => {})
  },
)

test.each(['550 Permission denied.', '550 Disk quota exceeded.', '450 Try again later.'])(
  'the old file stays where RNTO is refused with %s',
  async (reply) => {
    await using server = await startFtpServer({ files })
    await using client = await connect(server.url)
    server.fail({ on: 'RNTO', do: { reply } })
    await expect(client.writeFile('in/a.csv', 'new', { temporary })).rejects.toThrow(
      /complete under/,
    )
    expect(server.files.text('/in/a.csv')).toBe('old')
    expect(server.files.text('/in/.a.csv.part')).toBe('new')
  },
)

test('a name of z/OS has a temporary one only where the caller makes it', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  const name = "'USER.DATA'"
  await expect(client.writeFile(name, 'x', { temporary: true })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  await client.writeFile(name, 'x', { temporary: () => "'USER.TEMP'" })
  const commands = server.received.filter((line) => /^(?:STOR|RNFR|RNTO)/.test(line))
  expect(commands).toEqual([`STOR 'USER.TEMP'`, `RNFR 'USER.TEMP'`, `RNTO ${name}`])
})

test('one that fails is told so, also where the server does not answer to the removal of its rest', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  server.fail({ on: 'STOR', after: 1, do: { reply: '552 Disk full.' } })
  server.fail({ on: 'DELE', do: 'stall' })
  const sending = client.writeFile('in/a.csv', 'much too long', {
    temporary,
    timeout: { reply: 1000 },
  })
  const failed = sending.catch((error: unknown) => error)
  await expect.poll(() => server.received).toContain('DELE in/.a.csv.part')
  await clock.advance(1000)
  expect(await failed).toMatchObject({ code: 'NET_NO_SPACE' })
  await client.close({ grace: 0 })
})
