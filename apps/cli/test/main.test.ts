import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { startFtpServer } from '@net/ftp/testing'
import { startSftpServer } from '@net/ssh/testing'
import { expect, it } from 'vitest'

import { temporaryFolder } from './net.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string
}

const run = (line: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('sh', ['-c', line], {
    encoding: 'utf8',
    env: { ...process.env, NET: `${process.execPath} --conditions=@net/source ${main}` },
  })

it('is a program: version, exit code, and no word of a reader that leaves', () => {
  expect(run('$NET --version')).toMatchObject({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  })
  expect(run('$NET ls /nowhere/at/all <&-')).toMatchObject({ status: 3, stdout: '' })
  expect(run('$NET completion bash | head -1')).toMatchObject({
    stdout: expect.stringMatching(/^#.*\n$/),
    stderr: '',
  })
})

it('says so, and fails, when it waits for what cannot come any more', () => {
  const lost = `data:text/javascript,${encodeURIComponent(LOSE_SOCKETS)}`
  expect(run(`NODE_OPTIONS="--import ${lost}" $NET get http://127.0.0.1:9/`)).toMatchObject({
    status: 70,
    stdout: '',
    stderr: expect.stringContaining('what cannot come any more'),
  })
})

/** Connections that are neither made nor refused, and time limits that keep no process. */
const LOSE_SOCKETS = `
import { Socket } from 'node:net'
const { setTimeout } = globalThis
globalThis.setTimeout = (...all) => setTimeout(...all).unref()
Socket.prototype.connect = function () { return this }
`

it('loads for a copy from sftp to ftp nothing of the other protocols, and no half for servers', async () => {
  using folder = temporaryFolder()
  const netrc = join(folder.path, 'netrc')
  writeFileSync(netrc, 'machine 127.0.0.1 login ada password love', { mode: 0o600 })
  await using ftp = await startFtpServer()
  await using sftp = await startSftpServer({
    files: { '/a.txt': 'content' },
    ssh: { users: { ada: { password: 'love' } } },
  })
  const from = sftp.url.replace('ssh://', 'sftp://ada@')
  const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']
  const args = ['cp', ...login, `${from}/a.txt`, `${ftp.url}/b.txt`]
  const loaded = await loadedBy(args, { NETRC: netrc, NET_CONFIG: '/nowhere' })
  expect(ftp.files.text('/b.txt')).toBe('content')
  expect(loaded).toContainEqual(expect.stringContaining('/packages/ssh/src/sftp/'))
  expect(loaded).toContain('node:crypto')
  const unwanted =
    /\/packages\/(?:http|queue|smtp)\/|\/testing\/|\/ssh2\/lib\/(?:index|server)\.js|^node:https?$/u
  expect(loaded.filter((each) => unwanted.test(each))).toEqual([])
})

/** The modules that a run loads, those of Node as `node:name`. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', hook, '--conditions=@net/source', main, ...args],
    { env: { ...process.env, ...env } },
  )
  return stderr.split('\n')
}

/** Tells on stderr, at the end. */
const TELL_LOADED = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    loaded.add(resolved.url)
    return resolved
  },
})
process.on('exit', () => {
  for (const each of process.moduleLoadList) loaded.add(each.replace('NativeModule ', 'node:'))
  process.stderr.write([...loaded].join('\\n'))
})
`

it('says nothing of a reader that has left before the version or a help was written', () => {
  using folder = temporaryFolder()
  const fifo = join(folder.path, 'fifo')
  // A pipe that has a writer alone: both ends are open for a moment, so that opening it waits for nobody.
  const left = `mkfifo ${fifo} && exec 3<>${fifo} 4>${fifo} 3>&- && rm ${fifo}`
  for (const args of ['--version', '--help', 'help ls']) {
    expect(run(`${left} && $NET ${args} >&4`)).toEqual(
      expect.objectContaining({ status: 0, stderr: '' }),
    )
  }
})
