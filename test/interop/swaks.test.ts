// swaks against the server that @net/smtp brings for tests: it must be good enough for a client that is not ours.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test, type TestContext } from 'vitest'

import { temporaryFolder } from './child.ts'
import { lacking, requireDaemon } from './daemon.ts'

const run = promisify(execFile)
const authority = createCertificates()

test('swaks sends with STARTTLS, which it verifies, and logs in by each mechanism', async (context) => {
  const swaks = await requireSwaks(context)
  await using server = await start()
  for (const mechanism of ['PLAIN', 'LOGIN']) {
    await swaks(server, [
      '--auth',
      mechanism,
      '--au',
      'ada',
      '--ap',
      'lovelace',
      '--body',
      `by ${mechanism}`,
    ])
  }
  expect(server.mailbox.messages).toMatchObject([
    {
      user: 'ada',
      secure: true,
      envelope: { from: 'ada@example.com', to: ['bob@example.com', 'eve@example.com'] },
    },
    { user: 'ada', secure: true },
  ])
  expect(server.mailbox.messages.map(({ text }) => text.trim())).toEqual(['by PLAIN', 'by LOGIN'])
  expect(server.received).toContain('STARTTLS')
})

test('swaks delivers by LMTP, where each recipient has an answer of its own', async (context) => {
  const program = requireDaemon(context, 'swaks')
  await using server = await startSmtpServer({
    lmtp: true,
    refuseLate: { 'eve@example.com': '552 5.2.2 Mailbox full' },
  })
  const whom = ['--from', 'ada@example.com', '--to', 'bob@example.com,eve@example.com']
  const where = ['--protocol', 'LMTP', '--server', '127.0.0.1', '--port', String(server.port)]
  const { stdout } = await run(program, [...where, ...whom, '--body', 'by LMTP'])
  expect(stdout).toMatch(/LHLO/u)
  expect(stdout).toMatch(/552 5\.2\.2 Mailbox full/u)
  expect(server.mailbox.messages).toMatchObject([{ envelope: { to: ['bob@example.com'] } }])
})

test('an attachment that swaks makes arrives byte by byte, and so does a line of one dot', async (context) => {
  const swaks = await requireSwaks(context)
  await using server = await start()
  using folder = temporaryFolder('swaks')
  const file = join(folder.path, 'noise.bin')
  const bytes = randomBytes(100_000)
  writeFileSync(file, bytes)
  const login = ['--au', 'ada', '--ap', 'lovelace']
  await swaks(server, [
    ...login,
    '--body',
    '.\n..\nend',
    '--attach-type',
    'application/octet-stream',
    '--attach',
    `@${file}`,
  ])
  const [mail] = server.mailbox.messages
  expect(mail?.text).toContain('\r\n\r\n.\r\n..\r\nend\r\n')
  const [, encoded = ''] =
    /filename="noise\.bin"[\s\S]*?\r\n\r\n([\w+/=\s]+)/u.exec(mail?.text ?? '') ?? []
  expect(Buffer.from(encoded, 'base64').equals(bytes)).toBe(true)
})

test('swaks reports a wrong password, an unknown authority and a refused recipient', async (context) => {
  const swaks = await requireSwaks(context)
  await using server = await start()
  const login = ['--au', 'ada', '--ap']
  // What swaks's manual calls these exit codes: login failed, TLS failed, no recipient accepted.
  await expect(swaks(server, [...login, 'byron'])).rejects.toMatchObject({ code: 28 })
  const others = createCertificates()
  await expect(swaks(server, [...login, 'lovelace'], others.ca)).rejects.toMatchObject({ code: 29 })
  await expect(
    swaks(server, [...login, 'lovelace', '--to', 'nobody@example.com']),
  ).rejects.toMatchObject({ code: 24 })
  expect(server.mailbox.messages).toHaveLength(0)
})

function start(): Promise<SmtpServer> {
  return startSmtpServer({
    tls: authority.issue(),
    users: { ada: 'lovelace' },
    requireAuth: true,
    requireTls: true,
    refuse: { 'nobody@example.com': '550 5.1.1 No such user' },
  })
}

type Swaks = (server: SmtpServer, args: readonly string[], ca?: string) => Promise<void>

/** Runs swaks; rejects with its exit code as `code`. */
async function requireSwaks(context: Pick<TestContext, 'skip'>): Promise<Swaks> {
  const program = requireDaemon(context, 'swaks')
  if (!(await run(program, ['--support'])).stdout.includes('TLS supported')) {
    lacking(context, 'swaks has no TLS without libnet-ssleay-perl')
  }
  return async (server, args, ca = authority.ca) => {
    using folder = temporaryFolder('swaks')
    const file = join(folder.path, 'ca.pem')
    writeFileSync(file, ca)
    const always = [
      '--server',
      '127.0.0.1',
      '--port',
      String(server.port),
      '--silent',
      '2',
      '--tls',
      '--tls-verify',
    ]
    const whom = [
      '--from',
      'ada@example.com',
      ...(args.includes('--to') ? [] : ['--to', 'bob@example.com,eve@example.com']),
    ]
    await run(program, [...always, '--tls-ca-path', file, ...whom, ...args])
  }
}
