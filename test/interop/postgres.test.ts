// PostgreSQL through a tunnel of sshd: its own client, which knows nothing of SSH.
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import * as ssh from '@net/ssh'
import { expect, test, type TestContext } from 'vitest'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { findDaemon, lacking, requireDaemon, requireRoot } from './daemon.ts'
import { runProgram } from './run-program.ts'
import { startSshd } from './sshd.ts'

test('[SSH-47] a PostgreSQL database is used through a local forward, for several sessions at once', async (context) => {
  const psql = requireDaemon(context, 'psql')
  const sshd = await startSshd(requireDaemon(context, 'sshd'))
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  const port = await startPostgres(context)
  await using host = await ssh.connect(sshd.url, {
    user: sshd.user,
    auth: ssh.key(sshd.key.privateKey),
    hostKeys: ssh.pinned(sshd.hostKey.fingerprint),
  })
  await using tunnel = await host.forwardLocal('127.0.0.1:0', `127.0.0.1:${port}`)
  const { port: here } = new URL(tunnel.url)
  const run = async (query: string, input = ''): Promise<string> => {
    const args = ['-XAtq', '-h', '127.0.0.1', '-p', here, '-U', 'nobody', '-d', 'postgres']
    const ended = await runProgram(psql, [...args, '-c', query], input)
    expect([ended.status, ended.stderr]).toEqual([0, ''])
    return ended.stdout
  }
  const rows = Array.from({ length: 50_000 }, (_, row) => `${row},a row of some length\n`).join('')
  await run('create table rows (id int primary key, words text)')
  await run('copy rows from stdin csv', rows)
  const read = 'copy (select * from rows order by id) to stdout csv'
  expect(await Promise.all([run(read), run(read), run('select 6 * 7')])).toEqual([
    rows,
    rows,
    '42\n',
  ])
}, 60_000)

/** As the user `nobody`: it refuses to run as root. */
async function startPostgres(context: TestContext): Promise<number> {
  requireRoot(context, 'PostgreSQL as another user')
  const setpriv = requireDaemon(context, 'setpriv')
  const programs = programsOf(context)
  const folder = temporaryFolder('postgres')
  context.onTestFinished(() => folder[Symbol.dispose]())
  const data = join(folder.path, 'data')
  mkdirSync(data)
  chownSync(data, NOBODY, NOBODY)
  const asNobody = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups']
  const initdb = [join(programs, 'initdb'), '-D', data, '-A', 'trust', '-U', 'nobody', '--no-sync']
  execFileSync(setpriv, [...asNobody, ...initdb], { stdio: 'pipe', cwd: data })
  const port = await freePort()
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`]
  const postgres = [join(programs, 'postgres'), '-D', data, '-p', String(port), '-F', ...settings]
  const child = await startChild(setpriv, [...asNobody, ...postgres], [{ host: '127.0.0.1', port }])
  context.onTestFinished(() => child.stop())
  return port
}

/** Debian has them on no PATH. */
function programsOf(context: TestContext): string {
  const found = findDaemon('initdb')
  if (found !== undefined) return join(found, '..')
  try {
    const [version = ''] = readdirSync(DEBIAN)
    return join(DEBIAN, version, 'bin')
  } catch {
    return lacking(context, 'initdb is not installed; the list of what to install is in .ci/run')
  }
}

const DEBIAN = '/usr/lib/postgresql'
const NOBODY = 65_534
