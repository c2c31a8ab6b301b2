// The net command against nginx, Postfix, sshd and Redis: documents, mail, commands, tunnels, connections and jobs; and its completion
// in fish.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { openQueue } from '@net/queue'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { startRedis } from './databases.ts'
import { net, startNet } from './net-command.ts'
import { startNginx } from './nginx.ts'
import { requirePostfix, startPostfix } from './postfix.ts'
import { startSshd } from './sshd.ts'

const authority = createCertificates()

test('get, head, post, nc, tls, ping and resolve with nginx', async (context) => {
  const program = requireDaemon(context, 'nginx')
  using folder = temporaryFolder('cli')
  const ca = join(folder.path, 'ca.pem')
  writeFileSync(ca, authority.ca)
  await using nginx = await startNginx(program, {
    certificate: authority.issue(),
    files: { 'a.txt': 'hello' },
    upstream: 'http://127.0.0.1:1',
  })
  const [plain, secure, over2, head, posted, raw, chain, ping, resolved] = await Promise.all([
    net(['get', `${nginx.url}/a.txt`]),
    net(['get', '--cacert', ca, `${nginx.tlsUrl}/a.txt`]),
    net(['get', '-i', '--http2', '--cacert', ca, `${nginx.http2Url}/a.txt`]),
    net(['head', `${nginx.url}/a.txt`]),
    net(['post', '-d', 'a=1', `${nginx.url}/a.txt`]),
    net(['nc', nginx.url.replace('http:', 'tcp:')], { input: 'GET /a.txt HTTP/1.0\r\n\r\n' }),
    net(['tls', '--cacert', ca, nginx.tlsUrl]),
    net(['ping', '-c', '2', '--interval', '1ms', nginx.url]),
    net(['resolve', 'localhost']),
  ])
  for (const each of [plain, secure]) expect(each).toMatchObject({ status: 0, stdout: 'hello' })
  expect(over2.stdout).toMatch(/^HTTP\/2 200\n[^]*\n\nhello$/)
  expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\n[^]*content-length: 5/i)
  expect(posted).toMatchObject({ status: 3, stdout: '', stderr: expect.stringContaining('405') })
  expect(raw.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello$/)
  expect(chain.stdout).toMatch(/^trusted: TLSv1/m)
  expect(ping.stdout).toMatch(/^1: 127\.0\.0\.1 in .* ms\n2: /)
  expect(resolved.stdout).toMatch(/127\.0\.0\.1|::1/)
})

test('send with Postfix, over TLS and with a login', async (context) => {
  requirePostfix(context)
  using folder = temporaryFolder('cli')
  const ca = join(folder.path, 'ca.pem')
  const password = join(folder.path, 'password')
  writeFileSync(ca, authority.ca)
  writeFileSync(password, 'app-pass\n', { mode: 0o600 })
  await using postfix = await startPostfix({
    certificate: authority.issue(),
    authority: authority.ca,
    users: { 'user@example.com': 'app-pass' },
    mailboxes: ['recipient'],
  })
  const { status, stderr } = await net(
    [
      'send',
      postfix.url,
      '-u',
      'user@example.com',
      '--password-file',
      password,
      '--cacert',
      ca,
    ].concat(['--from', 'user@example.com', '--to', 'recipient@example.com', '--subject', 'Grüße']),
    { input: 'Hello\n' },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'accepted for recipient@example.com\n' })
  expect(String(await postfix.delivered('recipient'))).toContain('Hello')
})

test('exec, tunnel and --via with sshd, listen with nc', async (context) => {
  const program = requireDaemon(context, 'sshd')
  using folder = temporaryFolder('cli')
  await using sshd = await startSshd(program)
  const key = join(folder.path, 'key')
  writeFileSync(key, sshd.key.privateKey, { mode: 0o600 })
  mkdirSync(join(folder.path, '.ssh'))
  const known = ['--key', key, '--accept-new', '--known-hosts', join(folder.path, 'known')]
  const login = [...known, '-u', sshd.user]
  const ran = await net(['exec', ...login, '--stdin', sshd.url, 'wc -c; exit 3'], {
    input: 'hello',
  })
  expect({ status: ran.status, out: ran.stdout.trim() }).toEqual({ status: 3, out: '5' })

  const listener = startNet(['listen', '--json', 'tcp://127.0.0.1:0'], {})
  const printed = createInterface(listener.stdout!)
  const [line] = (await once(printed, 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const tunnel = startNet(
    ['tunnel', ...login, '-L', `0=${url.replace('tcp://', '')}`, sshd.url],
    {},
  )
  const [way] = (await once(createInterface(tunnel.stdout!), 'line')) as [string]
  const heard = once(printed, 'line')
  const ended = once(tunnel, 'exit')
  listener.stdin!.end('bye\n')
  const sent = await net(['nc', way.split(' ')[0]!], { input: 'hello\n' })
  expect([sent.stdout, ((await heard) as [string])[0]]).toEqual(['bye\n', 'hello'])
  tunnel.kill('SIGTERM')
  await ended
  expect(tunnel.exitCode).toBe(143)
  const via = sshd.url.replace('//', `//${sshd.user}@`)
  const ping = await net(['ping', '-c', '1', ...known, '--via', via, sshd.url])
  expect(ping.status).toBe(0)
})

test('queue with Redis: what failed is shown, put back, and done', async (context) => {
  const { port } = await startRedis(context)
  const url = `redis://127.0.0.1:${port}`
  await using jobs = openQueue<{ to: string }>('mail', { url })
  let isBroken = true
  await using _worker = jobs.process(async () => {
    if (isBroken) throw new Error('no such user')
  })
  await jobs.add({ to: 'ada@example.com' }, { id: 'welcome', attempts: 1 })
  await jobs.ended('welcome')
  const listed = await net(['queue', 'ls', url, 'mail'])
  expect(listed).toMatchObject({ status: 0, stdout: 'failed   1/1  welcome  no such user\n' })
  isBroken = false
  expect(await net(['queue', 'retry', url, 'mail', 'welcome'])).toMatchObject({
    status: 0,
    stdout: '1 job put back\n',
  })
  expect((await jobs.ended('welcome')).state).toBe('done')
  expect((await net(['queue', 'show', url, 'mail', 'welcome'])).stdout).toContain('ada@example.com')
})

test('completion in fish', async (context) => {
  const fish = requireDaemon(context, 'fish')
  using folder = temporaryFolder('cli')
  const file = join(folder.path, 'net.fish')
  writeFileSync(file, (await net(['completion', 'fish'])).stdout)
  const complete = (line: string): string =>
    execFileSync(fish, ['-c', `source ${file}; complete -C '${line}'`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder.path },
    })
  expect(complete('net mi')).toMatch(/^mirror\tmakes one folder like another$/mu)
  expect(complete('net mirror --del')).toMatch(/^--delete\t/mu)
})
