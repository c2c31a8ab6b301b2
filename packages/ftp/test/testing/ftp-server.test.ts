import { expect, test } from 'vitest'

import { onEvent } from '@net/core'
import { MemoryFiles, useFakeClock } from '@net/core/testing'
import { connect, type FtpConnectOptions } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { connect as dial } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

test('serves files, records what it received, and ends everything', async () => {
  const server = await startFtpServer({ files: { '/a': 'hello' } })
  expect(server.url).toMatch(/^ftp:\/\/127\.0\.0\.1:\d+$/)
  const client = await connect(server.url)
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  expect(server.received.slice(-3)).toEqual(['SIZE a', 'EPSV', 'RETR a'])
  expect(server.connections).toBe(1)
  await server.close()
  expect(server.connections).toBe(0)
  await client.close()
})

test.each([false, true])('ends clients that speak TLS as well; implicit: %s', async (implicit) => {
  const certificates = createCertificates()
  const server = await startFtpServer({ tls: certificates.issue(), implicit })
  const options: FtpConnectOptions = {
    tls: { ca: certificates.ca },
    security: implicit ? 'implicit' : 'required',
  }
  const client = await connect(server.url, options)
  // Another one says nothing, and may be waited for within a handshake.
  await using silent = await dial(server.url.replace(/^ftps?/, 'tcp'))
  await server.close()
  expect(server.connections).toBe(0)
  expect(await client.closed).toBeDefined()
  expect(silent.info.encrypted).toBe(false)
})

test('an upload of nothing over TLS, which ends right behind its handshake, is taken', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({
    tls: certificates.issue(),
    requireSessionReuse: true,
  })
  await using client = await connect(server.url, {
    tls: { ca: certificates.ca },
    security: 'required',
  })
  for (let times = 0; times < 3; times++) {
    expect(await client.writeFile('empty', '')).toMatchObject({ size: 0, verified: true })
  }
})

test('a client that is reset as soon as TLS has begun is gone', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({ tls: certificates.issue() })
  const controller = new AbortController()
  using _ = onEvent('operation', ({ operation, state }) => {
    if (operation === 'secure' && state === 'end') controller.abort()
  })
  const { signal } = controller
  const options: FtpConnectOptions = { tls: { ca: certificates.ca }, security: 'required', signal }
  await expect(connect(server.url, options)).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => server.connections).toBe(0)
})

test.each([
  ['before', ''],
  ['within', '160301020001'],
  ['with something else than', 'GARBAGE\r\n'],
])('a client that ends %s its TLS handshake is gone', async (_, sent) => {
  await using server = await startFtpServer({ tls: createCertificates().issue() })
  await using client = await dial(server.url.replace('ftp:', 'tcp:'))
  expect(await client.readLine()).toMatch(/^220 /)
  await client.write('AUTH TLS\r\n')
  expect(await client.readLine()).toMatch(/^234 /)
  await client.write(Buffer.from(sent, /^[0-9a-f]*$/.test(sent) ? 'hex' : 'latin1'))
  await client.end()
  await expect.poll(() => server.connections).toBe(0)
})

test("takes the caller's own files", async () => {
  const files = new MemoryFiles({ '/a': '1' })
  await using server = await startFtpServer({ files })
  files.write('/b', '22')
  await using client = await connect(server.url)
  expect(await client.size('b')).toBe(2)
  expect(server.files).toBe(files)
})

test('many clients at once', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  const clients = await Promise.all(Array.from({ length: 10 }, () => connect(server.url)))
  const texts = await Promise.all(clients.map((client) => client.readFile('a')))
  expect(texts.map((text) => Buffer.from(text).toString())).toEqual(Array(10).fill('hello'))
  await Promise.all(clients.map((client) => client.close()))
})

test.each([
  [null, 'an object of options'],
  [{ user: { joe: 'x' } }, 'users'],
  [{ files: ['a'] }, 'files must be'],
  [{ users: { joe: 5 } }, 'users'],
  [{ tls: { cert: 'x' } }, 'tls.key is missing'],
  [{ without: 'EPSV' }, 'without must be'],
  [{ dialer: {} }, 'dialer must be'],
])('options of the server that do not exist or fit are refused: %j', async (given, text) => {
  await expect(startFtpServer(given as never)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    protocol: 'ftp',
    operation: 'startFtpServer',
    message: expect.stringContaining(text),
  })
})

test.each(['RETR a', 'STOR b', 'LIST'])(
  'a client that says %s and never connects holds nobody',
  async (command) => {
    using _ = useFakeClock()
    for (const leave of ['stay', 'end'] as const) {
      const server = await startFtpServer({ files: { '/a': 'a' } })
      const client = await dial(server.url.replace('ftp:', 'tcp:'))
      const say = async (line: string): Promise<string | null> => {
        await client.write(`${line}\r\n`)
        return client.readLine()
      }
      await client.readLine()
      for (const line of ['USER ftp', 'PASS x', 'EPSV']) await say(line)
      expect(await say(command)).toBe('150 Here it comes.')
      if (leave === 'end') await client.end()
      await server.close()
      await client.close()
    }
  },
)

test('a transfer that was only announced can be aborted', async () => {
  await using server = await startFtpServer({ files: { '/a': 'a' } })
  await using client = await dial(server.url.replace('ftp:', 'tcp:'))
  const lines = ['USER ftp', 'PASS x', 'EPSV', 'RETR a', 'ABOR', 'NOOP']
  using _ = useFakeClock()
  const heard: (string | null)[] = [await client.readLine()]
  for (const line of lines) {
    await client.write(`${line}\r\n`)
    heard.push(await client.readLine())
  }
  heard.push(await client.readLine())
  expect(heard.slice(-4)).toEqual([
    '150 Here it comes.',
    '425 No data connection came.',
    '226 Nothing is going on.',
    '200 Nothing done.',
  ])
})
