// Our SSH client against Dropbear, as routers and small machines have it: getting in, and one channel after the other. Its
// home folder and its passwords are in a mount namespace of its own, because it reads those of the account alone.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { fromFile } from '@net/core'
import { connect as dial } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import * as ssh from '@net/ssh'

import { freePort, startChild } from './child.ts'
import { requireDaemon, requireRoot } from './daemon.ts'
import { testFolder } from './test-folder.ts'

const PASSWORD = 'open sesame'

interface Dropbear {
  readonly url: string
  readonly folder: string
  /** Whose key logs in is written here. */
  readonly authorized: string
  readonly hostKeys: ssh.HostKeyPolicy
}

test('a password, keys of every type, and both as two steps', async (context) => {
  const { url, folder, authorized, hostKeys } = await started(context)
  await using first = await ssh.connect(url, { user: 'root', password: PASSWORD, hostKeys })
  expect(first.info.serverSoftware).toMatch(/^dropbear_/)
  await expect(
    ssh.connect(url, { user: 'root', password: 'wrong', hostKeys }),
  ).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(await ssh.methods(url, { user: 'root', hostKeys })).toEqual(['publickey', 'password'])
  const types = [['ed25519'], ['rsa', '-b', '2048'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '521']]
  for (const [index, [type = '', ...bits]] of types.entries()) {
    const file = join(folder, `id-${index}`)
    execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-f', file])
    writeFileSync(authorized, readFileSync(`${file}.pub`), { mode: 0o600 })
    await using host = await ssh.connect(url, {
      user: 'root',
      auth: ssh.key(fromFile(file)),
      hostKeys,
    })
    expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  }
  const both = await started(context, ['-t'])
  const key = join(folder, 'id-0')
  writeFileSync(both.authorized, readFileSync(`${key}.pub`), { mode: 0o600 })
  const login = { user: 'root', auth: ssh.key(fromFile(key)), hostKeys: both.hostKeys }
  await using host = await ssh.connect(both.url, { ...login, password: PASSWORD })
  expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  await expect(ssh.connect(both.url, login)).rejects.toMatchObject({ code: 'NET_AUTH_PARTIAL' })
})

test('200 commands, four asked for at once, and one after a command that was given up', async (context) => {
  const { url, hostKeys } = await started(context)
  await using host = await ssh.connect(url, { user: 'root', password: PASSWORD, hostKeys })
  const row = async (from: number): Promise<number> => {
    let right = 0
    for (let number = from; number < 200; number += 4) {
      right += Number((await host.exec(`echo ${number}`)).stdout === `${number}\n`)
    }
    return right
  }
  expect(await Promise.all([0, 1, 2, 3].map(row))).toEqual([50, 50, 50, 50])
  const controller = new AbortController()
  const asleep = host.spawn('echo begun; exec sleep 1000', { signal: controller.signal })
  expect(await (await asleep).stdout.readLine()).toBe('begun')
  controller.abort()
  expect((await host.exec('echo next')).stdout).toBe('next\n')
})

test('[SSH-38] a signal ends a command, and how is told', async (context) => {
  const { url, hostKeys } = await started(context)
  await using host = await ssh.connect(url, { user: 'root', password: PASSWORD, hostKeys })
  await using asleep = await host.spawn('echo begun; exec sleep 1000')
  expect(await asleep.stdout.readLine()).toBe('begun')
  await asleep.kill('INT')
  expect(await asleep.exit).toEqual({ exitCode: undefined, exitSignal: 'INT' })
})

test('a shell on a terminal, variables in the line, and tunnels both ways', async (context) => {
  const { url, hostKeys } = await started(context)
  await using host = await ssh.connect(url, { user: 'root', password: PASSWORD, hostKeys })
  expect((await host.exec('echo $GREETING', { env: { GREETING: 'hello' } })).stdout).toBe('hello\n')
  {
    await using shell = await host.shell({ columns: 77 })
    await shell.stdin.write('exec sh\nstty size; echo the" "end\n')
    const shown = String(Buffer.from((await shell.stdout.readUntil('the end')) ?? ''))
    expect(shown).toContain('24 77')
  }
  await using echo = await startEchoServer()
  const target = `127.0.0.1:${echo.address.port}`
  await using local = await host.forwardLocal('127.0.0.1:0', target)
  // Dropbear chooses no port by itself.
  await using remote = await host.forwardRemote(`127.0.0.1:${await freePort()}`, target)
  for (const tunnel of [local, remote]) {
    await using connection = await dial(tunnel.url)
    await connection.write('hello')
    expect(Buffer.from(await connection.readExactly(5)).toString()).toBe('hello')
  }
})

async function started(context: TestContext, settings: readonly string[] = []): Promise<Dropbear> {
  const program = requireDaemon(context, 'dropbear')
  const unshare = requireDaemon(context, 'unshare')
  requireRoot(context, 'Dropbear with a home folder of its own')
  const folder = testFolder()
  const home = join(folder, 'home')
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim()
  writeFileSync(join(folder, 'shadow'), `root:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 })
  const maker = join(dirname(dirname(program)), 'bin', 'dropbearkey')
  execFileSync(maker, ['-t', 'ed25519', '-f', join(folder, 'host_key')], { stdio: 'ignore' })
  const port = await freePort()
  const mounts = 'mount --bind "$0/home" /root && mount --bind "$0/shadow" /etc/shadow'
  const args = ['-F', '-E', '-r', join(folder, 'host_key'), '-P', join(folder, 'pid'), ...settings]
  const script = `${mounts} && exec ${program} ${args.join(' ')} -p 127.0.0.1:${port}`
  const child = await startChild(
    unshare,
    ['--mount', 'sh', '-c', script, folder],
    [{ host: '127.0.0.1', port }],
  )
  context.onTestFinished(() => child.stop())
  return {
    url: `ssh://127.0.0.1:${port}`,
    folder,
    authorized: join(home, '.ssh', 'authorized_keys'),
    hostKeys: ssh.acceptNew({ file: join(folder, 'known_hosts') }),
  }
}
