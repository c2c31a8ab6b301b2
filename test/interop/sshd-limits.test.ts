// What OpenSSH's sshd limits or forces, roads through several of them, and one that falls silent.
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { fromFile } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { tcpDialer } from '@net/socket'
import { delayed } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'
import { expect, test, vi, type TestContext } from 'vitest'

import { requireDaemon } from './daemon.ts'
import { descendantsOf } from './process-tree.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

test('[SSH-45] a sshd that drops logins at random while there are too many has all of a fleet in the end', async (context) => {
  const sshd = await started(context, ['MaxStartups 2:100:3'])
  const run = ssh.fleet(
    Array.from({ length: 20 }, () => sshd.url),
    async (host, { index }) => (await host.exec(`echo ${index}`)).stdout,
    { connect: loginOf(sshd) },
  )
  const results = await run.all()
  expect(results.map(({ value, error }) => [value, error])).toEqual(
    results.map(({ index }) => [`${index}\n`, undefined]),
  )
  expect(results).toHaveLength(20)
})

test('[SSH-45] forty hosts behind one that drops logins share one login there, and all are there in the end', async (context) => {
  const few = ['MaxStartups 2:100:3']
  const [bastion, target] = [await started(context, few), await started(context, few)]
  const hosts = Array.from({ length: 40 }, () => target.url)
  const jump = { url: bastion.url, ...loginOf(bastion) }
  const job = async (host: ssh.SshClient): Promise<string> =>
    (await host.exec('echo ${SSH_CONNECTION%% *} $PPID')).stdout
  const run = ssh.fleet(hosts, job, {
    connect: { ...loginOf(target), jump },
    concurrency: 40,
  })
  const results = await run.all()
  expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined))
  // Each by a login of its own.
  expect(new Set(results.map(({ value }) => value)).size).toBe(40)
})

test('a sshd that takes few tries ends the login, and says so', async (context) => {
  const sshd = await started(context, ['MaxAuthTries 2'])
  const auth = [1, 2, 3].map(() => ssh.key(createSshKey().privateKey))
  const own = ssh.key(sshd.key.privateKey)
  await expect(
    ssh.connect(sshd.url, { ...loginOf(sshd), auth: [...auth, own] }),
  ).rejects.toMatchObject({ code: 'NET_AUTH_TOO_MANY' })
  await using host = await ssh.connect(sshd.url, { ...loginOf(sshd), auth: [own, ...auth] })
  expect((await host.exec('echo in')).stdout).toBe('in\n')
})

test('a forced command runs in place of the one that is asked for, and knows it', async (context) => {
  const forced = 'ForceCommand echo "forced, not $SSH_ORIGINAL_COMMAND"'
  await using host = await logIn(await started(context, [forced]))
  expect((await host.exec(['ls', 'a b'])).stdout).toBe("forced, not ls 'a b'\n")
  const child = await host.spawn('ls')
  expect(await child.stdout.readText()).toBe('forced, not ls\n')
  await using files = await logIn(await started(context, ['ForceCommand internal-sftp']))
  const { stdout, exitCode } = await files.exec('ls')
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('sftp')])
})

test('[SSH-05] a road through two sshd to a third, each with a key of its own', async (context) => {
  const [first, second, target] = [
    await started(context),
    await started(context),
    await started(context),
  ]
  const jump = [first, second].map((sshd) => ({ url: sshd.url, ...loginOf(sshd) }))
  await using host = await ssh.connect(target.url, { ...loginOf(target), jump })
  expect(host.info.hops.map(({ kind }) => kind)).toEqual(['ssh', 'ssh'])
  const bytes = Buffer.alloc(1_000_000, 'net')
  const { stdout } = await host.exec('cat', { input: bytes, output: 'bytes' })
  expect(bytes.equals(stdout)).toBe(true)
  // The error of a hop names the hop.
  const wrong = [jump[0], { ...jump[1], auth: ssh.key(target.key.privateKey) }] as ssh.SshJump[]
  await expect(ssh.connect(target.url, { ...loginOf(target), jump: wrong })).rejects.toMatchObject({
    message: expect.stringContaining(new URL(second.url).host),
  })
  // One in the middle that dies ends the connection that goes through it.
  const running = host.exec('sleep 1000')
  second.kill()
  await expect(running).rejects.toMatchObject({ name: 'ConnectionLostError' })
})

test('[SSH-08] a sshd that falls silent in the middle of a command is an error after the keep-alive questions', async (context) => {
  const sshd = await started(context)
  // Of a sshd that is slow, and not silent, nothing is to be heard here.
  using clock = useFakeClock()
  const keepAlive = { interval: 100, count: 3 }
  await using host = await ssh.connect(sshd.url, { ...loginOf(sshd), keepAlive })
  const child = await host.spawn('echo $PPID; exec sleep 1000')
  const server = Number(await child.stdout.readLine())
  // It neither answers nor ends the connection, as one whose network is gone.
  process.kill(server, 'SIGSTOP')
  try {
    const [lost] = await Promise.allSettled([child.exit, clock.advance(1000)])
    expect(lost).toMatchObject({ reason: { code: 'NET_TIMEOUT_KEEPALIVE' } })
    expect(await host.closed).toMatchObject({ code: 'NET_TIMEOUT_KEEPALIVE' })
  } finally {
    process.kill(server, 'SIGKILL')
  }
})

test('a large upload from far away leaves sessions to commands and to other uploads, however few sshd runs', async (context) => {
  const sshd = await started(context, ['MaxSessions 3', `Subsystem sftp ${SFTP_SERVER}`])
  const far = { ...loginOf(sshd), dialer: delayed(tcpDialer(), 30) }
  await using host = await ssh.connect(sshd.url, far)
  const server = Number((await host.exec('echo $PPID')).stdout)
  await using sftp = await host.sftp()
  const folder = testFolder()
  const [endless, remote] = [join(folder, 'endless'), join(folder, 'remote')]
  writeFileSync(endless, '')
  truncateSync(endless, 2 ** 40)
  await sftp.exists(remote)
  const controller = new AbortController()
  const { signal } = controller
  const stopped = sftp.upload(fromFile(endless), remote, { signal }).catch((error) => error)
  await vi.waitUntil(() => descendantsOf(server).length >= 3, { timeout: 30_000 })
  expect((await host.exec('echo one')).stdout).toBe('one\n')
  await using other = await host.sftp()
  await other.writeFile(`${remote}.other`, 'other')
  expect((await host.exec('echo two')).stdout).toBe('two\n')
  controller.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  await sftp.writeFile(remote, 'new')
  expect(readFileSync(remote, 'utf8')).toBe('new')
  expect(readdirSync(folder)).toEqual(['endless', 'remote', 'remote.other'])
})

async function started(context: TestContext, settings: readonly string[] = []): Promise<Sshd> {
  const sshd = await startSshd(requireDaemon(context, 'sshd'), settings)
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  return sshd
}

function logIn(sshd: Sshd): Promise<ssh.SshClient> {
  return ssh.connect(sshd.url, loginOf(sshd))
}

function loginOf({ user, key, hostKey }: Sshd): ssh.SshConnectOptions {
  return { user, auth: ssh.key(key.privateKey), hostKeys: ssh.pinned(hostKey.fingerprint) }
}

const SFTP_SERVER = '/usr/lib/openssh/sftp-server'
