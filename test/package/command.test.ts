// The net command as it is built: the package's files, and the one file with all in it. Each is copied to where no
// node_modules is above it, and does what loads its parts: HTTP, SFTP, FTP, SMTP, a queue with its thread, a server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { openQueue } from '@net/queue'
import { startSmtpServer } from '@net/smtp/testing'
import { startSftpServer } from '@net/ssh/testing'
import { root } from '@tools/workspace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { temporaryFolder } from './packed.ts'

const cli = join(root, 'apps/cli')
const folder = temporaryFolder()
const { version } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8')) as {
  readonly version: string
}

beforeAll(() => {
  const dist = join(cli, 'dist')
  if (!existsSync(join(dist, 'main.cjs'))) throw new Error('the command is not built: pnpm build')
  cpSync(dist, join(folder.path, 'package'), { recursive: true })
  cpSync(join(dist, 'single/net.cjs'), join(folder.path, 'single.cjs'))
})

afterAll(() => {
  folder[Symbol.dispose]()
})

test('the program of the package is one that a shell starts', () => {
  const main = join(cli, 'dist/main.cjs')
  expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/u)
})

describe.each([
  ['the package', 'package/main.cjs'],
  ['the single file', 'single.cjs'],
])('%s', (_, file) => {
  const net = (args: readonly string[], input = ''): Promise<Ended> => run(file, args, input)

  test('says its version and its help', async () => {
    const [said, helped] = await Promise.all([net(['--version']), net(['cp', '--help'])])
    expect(said).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    expect(helped).toMatchObject({ status: 0, stderr: '' })
    expect(helped.stdout).toContain('--verify')
  })

  test('fetches, lists over SFTP, copies to FTP and sends a mail', async () => {
    await using web = await startHttpServer()
    await using sftp = await startSftpServer({ files: { '/in/a.txt': 'hello' } })
    await using ftp = await startFtpServer({ users: { ada: 'lovelace' } })
    await using smtp = await startSmtpServer()
    const from = sftp.url.replace('ssh://', 'sftp://ada@')
    const to = ftp.url.replace('//', '//ada@')
    const known = ['--pin', sftp.ssh.hostKey.fingerprint]
    const mail = ['--from', 'a@example.com', '--to', 'b@example.com', '--text', 'hello']
    const [got, listed, copied, sent] = await Promise.all([
      net(['get', `${web.url}/json`]),
      net(['ls', ...known, `${from}/in`]),
      net(['cp', ...known, `${from}/in/a.txt`, `${to}/b.txt`]),
      net(['send', smtp.url, ...mail]),
    ])
    expect(got).toMatchObject({ status: 0, stdout: expect.stringContaining('Hello') as string })
    expect(listed).toMatchObject({ status: 0, stdout: 'a.txt\n' })
    expect(copied).toMatchObject({ status: 0 })
    expect(Buffer.from(ftp.files.read('/b.txt')).toString()).toBe('hello')
    expect(sent).toMatchObject({ status: 0 })
    expect(smtp.mailbox.messages).toHaveLength(1)
  })

  test('looks into a queue in a file, whose work is done by a thread', async () => {
    const url = `file:${join(folder.path, `${file.replace('/', '-')}.db`)}`
    await using queue = openQueue<{ to: string }>('mail', { url })
    await queue.add({ to: 'ada@example.com' }, { id: 'welcome' })
    const { status, stdout } = await net(['queue', 'ls', url, 'mail'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'waiting  0/3  welcome\n' })
  })

  test('serves, and ends when it is told to', async () => {
    const child = start(file, ['serve', 'http'])
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url } = JSON.parse(line) as { readonly url: string }
    expect((await net(['head', `${url}/json`])).status).toBe(0)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })
})

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

async function run(file: string, args: readonly string[], input: string): Promise<Ended> {
  const child = start(file, args)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { status, stdout, stderr }
}

function start(file: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: folder.path, NO_COLOR: '1' }
  const password = { NET_PASSWORD: 'lovelace', NET_SOURCE_PASSWORD: 'lovelace' }
  return spawn(process.execPath, [join(folder.path, file), ...args], {
    cwd: folder.path,
    stdio: 'pipe',
    env: { ...env, ...password, NET_TARGET_PASSWORD: 'lovelace' },
  })
}
