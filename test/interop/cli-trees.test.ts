// The net command against OpenSSH's sshd and vsftpd: files and trees, from one to the other.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { expect, test, vi, type TestContext } from 'vitest'

import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { net, netEnvironment, startNet } from './net-command.ts'
import { startSshd } from './sshd.ts'
import { startVsftpd } from './vsftpd.ts'

interface Places extends AsyncDisposable {
  /** A folder on both servers, as URLs; and on the disk. */
  readonly sftp: string
  readonly ftp: string
  readonly sftpFolder: string
  readonly ftpFolder: string
  readonly login: readonly string[]
  readonly env: Record<string, string>
}

async function places(context: TestContext): Promise<Places> {
  const [sshdProgram, vsftpdProgram] = [
    requireDaemon(context, 'sshd'),
    requireDaemon(context, 'vsftpd'),
  ]
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('cli')).path
  const sshd = stack.use(await startSshd(sshdProgram, ['Subsystem sftp internal-sftp']))
  const vsftpd = stack.use(await startVsftpd(vsftpdProgram))
  const key = join(folder, 'key')
  writeFileSync(key, sshd.key.privateKey, { mode: 0o600 })
  mkdirSync(join(folder, 'files'))
  const rest = stack.move()
  return {
    sftp: `${sshd.url.replace('ssh://', `sftp://${sshd.user}@`)}${folder}/files`,
    ftp: vsftpd.url.replace('ftp://', `ftp://${vsftpd.user}@`),
    sftpFolder: join(folder, 'files'),
    ftpFolder: vsftpd.root,
    login: ['--accept-new', '--known-hosts', join(folder, 'known_hosts'), '--key', key],
    env: {
      ...netEnvironment(folder),
      NET_TARGET_PASSWORD: vsftpd.password,
      NET_SOURCE_PASSWORD: vsftpd.password,
      NET_PASSWORD: vsftpd.password,
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

test('every command of files works with sshd and vsftpd', async (context) => {
  await using at = await places(context)
  const { sftp, ftp, login, env } = at
  const run = async (...args: string[]): Promise<string> => {
    const [name = '', ...rest] = args
    const { status, stdout, stderr } = await net([name, ...login, ...rest], { env })
    expect([args, status, stderr]).toEqual([args, 0, stderr])
    return stdout
  }
  mkdirSync(join(at.sftpFolder, 'tree/sub'), { recursive: true })
  for (const name of ['a b.txt', 'sub/ü#1.txt'])
    writeFileSync(join(at.sftpFolder, 'tree', name), name)
  await run('mirror', `${sftp}/tree`, `${ftp}/tree`)
  expect(await run('ls', '-r', `${ftp}/tree`)).toBe('a b.txt\nsub\nsub/ü#1.txt\n')
  const same = await net(['diff', ...login, '--compare', 'size', `${sftp}/tree`, `${ftp}/tree`], {
    env,
  })
  expect(same).toMatchObject({ status: 0, stdout: '' })
  const urls = (await run('ls', '--url', `${ftp}/tree/sub`)).trim()
  expect(await run('cat', urls)).toBe('sub/ü#1.txt')
  expect(await run('get', `${sftp}/tree/a%20b.txt`)).toBe('a b.txt')
  expect(await run('head', `${ftp}/tree/a%20b.txt`)).toMatch(/ 7 .* a b\.txt\n$/)
  await run('cp', `${ftp}/tree/a%20b.txt`, `${sftp}/copy.txt`)
  await run('mkdir', '-p', `${sftp}/x/y`)
  await run('mv', `${sftp}/copy.txt`, `${sftp}/x/y/`)
  expect(readFileSync(join(at.sftpFolder, 'x/y/copy.txt'), 'utf8')).toBe('a b.txt')
  await run('rm', '-r', `${sftp}/x`)
  expect(existsSync(join(at.sftpFolder, 'x'))).toBe(false)
})

test('a copy from sshd to vsftpd that is interrupted goes on where it was, and is verified', async (context) => {
  await using at = await places(context)
  const { sftp, ftp, login, env } = at
  const size = Number(process.env['NET_CLI_BYTES'] ?? 96 * 1024 * 1024)
  const source = join(at.sftpFolder, 'big')
  writeFileSync(source, 'x')
  truncateSync(source, size)
  const args = ['cp', '--json', ...login, `${sftp}/big`, `${ftp}/big`]
  // What is left when it is seen takes more than two seconds.
  const child = startNet([...args, '--bandwidth', '30M'], env)
  const ended = once(child, 'exit') as Promise<[number | null]>
  // The part grows while the copy runs.
  await vi.waitUntil(() => begun(at.ftpFolder) > size / 4, { timeout: 60_000, interval: 20 })
  child.kill('SIGINT')
  const [printed] = await Promise.all([text(child.stderr!), ended])
  expect({ printed, status: child.exitCode }).toEqual({
    printed: expect.not.stringContaining('    at '),
    status: 130,
  })
  expect(existsSync(join(at.ftpFolder, 'big'))).toBe(false)
  const left = begun(at.ftpFolder)
  expect(left).toBeGreaterThan(size / 4)

  const { status, stdout } = await net(args, { env })
  expect(status).toBe(0)
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { transferred: number }
  expect(report.transferred).toBeLessThanOrEqual(size - left)
  expect(await hashOf(join(at.ftpFolder, 'big'))).toBe(await hashOf(source))
  expect(readdirSync(at.ftpFolder)).toEqual(['big'])
})

function begun(folder: string): number {
  const part = readdirSync(folder).find((name) => name.endsWith('.part'))
  return part === undefined ? 0 : statSync(join(folder, part)).size
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
