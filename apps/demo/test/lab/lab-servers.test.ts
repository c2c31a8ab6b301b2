import { expect, test, vi } from 'vitest'

import { startServers } from '../../src/lab/embedded-servers.ts'
import { labScenarios } from '../../src/lab/lab-scenarios.ts'
import { labServers } from '../../src/lab/lab-servers.ts'

test('the servers show what a mail, an upload, a request and a command left behind, without passwords', async () => {
  await using servers = await startServers()
  const scenarios = labScenarios(servers)
  for (const name of ['mail-send', 'ftp-upload', 'http-get', 'ssh-exec']) {
    await scenarios.find((each) => each.name === name)?.run(() => {})
  }
  const shown = new Map(labServers(servers).map((server) => [server.name, server]))
  expect(shown.get('mail')?.mails?.()).toMatchObject([
    {
      to: ['charles@example.com'],
      subject: 'The engine',
      attachments: [{ name: 'year.txt', size: 4 }],
    },
  ])
  const files = shown.get('ftp')?.files
  expect(files?.list()).toContainEqual({ path: '/report.txt', size: 105_000 })
  expect(Buffer.from(files!.read('/report.txt')).toString()).toMatch(/^a line of the report\n/u)
  expect(shown.get('http')?.seen?.().rows).toMatchObject([
    ['GET', '/json', expect.any(String), '0 bytes'],
  ])
  expect(shown.get('ssh')?.seen?.().rows).toContainEqual(['ada', 'exec', 'ls -l /srv/reports'])
  expect(shown.get('ssh')?.files?.list()).toContainEqual({ path: '/in/notes.txt', size: 40 })
  const seen = [...shown.values()].map((server) => JSON.stringify(server.seen?.() ?? ''))
  expect(seen.join()).not.toContain(servers.login.password)
})

test.each([
  // A GET is repeated twice by itself.
  { name: 'http', fault: 'answer 503', times: 3, wanted: 'http-get', code: /NET_REPLY_TEMPORARY/u },
  {
    name: 'mail',
    fault: 'no such user (550 to RCPT)',
    wanted: 'mail-send',
    code: /NET_NOT_FOUND/u,
  },
  {
    name: 'ftp',
    fault: 'refuse the login (530)',
    wanted: 'ftp-upload',
    code: /NET_AUTH_REJECTED/u,
  },
  { name: 'ssh', fault: 'drop at a command', wanted: 'ssh-exec', code: /NET_CONN_/u },
  {
    name: 'road',
    fault: 'refuse the connection',
    wanted: 'ftp-upload',
    code: /NET_CONNECT_REFUSED/u,
  },
  { name: 'road', fault: 'reset it after 300 bytes', wanted: 'ssh-exec', code: /NET_CONN_RESET/u },
])(
  'the fault of $name, $fault, makes $wanted fail',
  async ({ name, fault, times = 1, wanted, code }) => {
    await using servers = await startServers()
    const server = labServers(servers).find((each) => each.name === name)
    const scenario = labScenarios(servers).find((each) => each.name === wanted)
    for (let at = 0; at < times; at++) server?.faults?.[fault]?.()
    const failure: unknown = await scenario?.run(() => {}).catch((error: unknown) => error)
    expect(String(Reflect.get(failure as object, 'code'))).toMatch(code)
  },
)

test('every fault can be armed, and one that never happened is told at the end', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  const servers = await startServers()
  let armed = 0
  for (const { name, faults = {} } of labServers(servers)) {
    // A road has no end of its own.
    if (name === 'road') continue
    for (const arm of Object.values(faults)) {
      arm()
      armed++
    }
  }
  await servers[Symbol.asyncDispose]()
  expect(armed).toBe(19)
  expect(warned).toHaveBeenCalledTimes(armed)
  warned.mockRestore()
})
