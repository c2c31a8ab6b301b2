// What arrives in pieces, at the wrong time or not at all on the control connection.
import { expect, test } from 'vitest'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect, fromText, type FtpClient } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

import { piecewise } from '../roads.ts'

const certificates = createCertificates()
const options = {
  users: { joe: 'open sesame' },
  tls: certificates.issue(),
  files: { '/in/a': 'hello' },
}
const login = { user: 'joe', password: 'open sesame', tls: { ca: certificates.ca } }

async function work(client: FtpClient): Promise<unknown> {
  const sent = await client.upload(fromText('grüße'), 'in/b')
  const names = await Array.fromAsync(client.list('in'), ({ name, size }) => [name, size])
  const text = Buffer.from(await client.readFile('in/b')).toString()
  await client.remove('in/b')
  return { sent, names, text, welcome: client.welcome, features: [...client.capabilities] }
}

test.each([1, 2, 3, 7])(
  '[H-FTP-01] a dialogue in pieces of %i bytes is the same dialogue',
  async (piece) => {
    const greeting = '220-Grüße\r\n220-22 more\r\n220 Ready'
    await using server = await startFtpServer({ ...options, greeting })
    await using whole = await connect(server.url, login)
    await using split = await connect(server.url, { ...login, dialer: piecewise(piece) })
    expect(await work(split)).toEqual(await work(whole))
  },
)

test('[H-FTP-02] a greeting that drips has one limit for the whole', async () => {
  await using server = await startFtpServer({ ...options, greeting: '220-and so on\r\n220-and on' })
  using clock = useFakeClock()
  using captured = captureEvents()
  const rejected = connect(server.url, { ...login, timeout: { greeting: 500 } }).catch(
    (error: unknown) => error,
  )
  // The server may have the connection before its client knows.
  await captured.waitFor(
    (event) => event.type === 'phase' && event.phase === 'greeting' && event.protocol === 'ftp',
  )
  await clock.advance(500)
  expect(await rejected).toMatchObject({ code: 'NET_TIMEOUT_GREETING', phase: 'greeting' })
})

test('[H-FTP-02] a greeting of 140 KB is cut off after 64 KiB', async () => {
  await using server = await startFtpServer({ ...options, greeting: '220-x\r\n'.repeat(20_000) })
  await expect(connect(server.url, login)).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    phase: 'greeting',
  })
})

test('[H-FTP-04] a reply that comes while nothing was asked ends the session', async () => {
  await using server = await startFtpServer(options)
  await using client = await connect(server.url, login)
  server.fail({ on: 'SIZE', do: { reply: '213 5\r\n213 666' } })
  expect(await client.size('in/a')).toBe(5)
  expect(await client.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  await expect(client.size('in/a')).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
  })
})

test('[H-FTP-21] a wrong size leaves the size unknown, and the session open', async () => {
  await using server = await startFtpServer(options)
  await using client = await connect(server.url, login)
  for (const reply of ['213 -5', '213 1e400', '213 12abc']) {
    server.fail({ on: 'SIZE', do: { reply }, times: 3 })
    await expect(client.size('in/a')).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
    expect(Buffer.from(await client.readFile('in/a')).toString()).toBe('hello')
    expect(await client.writeFile('in/c', 'x')).toMatchObject({ verified: false })
  }
  expect(await client.size('in/a')).toBe(5)
})

test('[H-FTP-21] a wrong time, and a folder without quotes, are left out', async () => {
  await using server = await startFtpServer({ ...options, without: ['MLST', 'MLSD'] })
  await using client = await connect(server.url, login)
  server.fail({ on: 'PWD', do: { reply: '257 /home is the folder' } })
  expect(await Array.fromAsync(client.list('in'), ({ name }) => name)).toEqual(['a'])
  await using facts = await startFtpServer(options)
  await using other = await connect(facts.url, login)
  facts.fail({ on: 'MLSD', do: { send: 'type=file;size=2;modify=00000000000000; b\r\n' } })
  expect(await Array.fromAsync(other.list('in'))).toEqual([
    { name: 'b', path: 'in/b', type: 'file', size: 2 },
  ])
})

test('[H-FTP-20] a line of a listing beyond the limit ends the call', async () => {
  await using server = await startFtpServer({
    ...options,
    files: { [`/in/${'x'.repeat(300_000)}`]: '' },
  })
  await using client = await connect(server.url, login)
  await expect(Array.fromAsync(client.list('in'))).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
  })
})

const steps = [
  'GREETING',
  'AUTH',
  'TLS',
  'PBSZ',
  'PROT',
  'USER',
  'PASS',
  'FEAT',
  'TYPE',
  'EPSV',
  'STOR',
  'SIZE',
  'MLSD',
]

test.each(steps.flatMap((on) => (['drop', 'reset'] as const).map((what) => [on, what] as const)))(
  '[H-FTP-25] at %s a %s rejects, and nothing is left open',
  async (on, what) => {
    await using server: FtpServer = await startFtpServer(options)
    server.fail({ on, do: what })
    const run = async (): Promise<void> => {
      await using client = await connect(server.url, login)
      await work(client)
    }
    await expect(run()).rejects.toMatchObject({
      code: expect.stringMatching(/^NET_(CONN_CLOSED|CONN_RESET|TLS_HANDSHAKE)$/),
      protocol: 'ftp',
    })
    using clock = useFakeClock()
    await clock.until(() => server.connections === 0)
  },
)
