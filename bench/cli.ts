/*
 * The built net command beside node, curl, rclone, lftp and rsync: how long it takes to start, to fetch, and to mirror trees over
 * SFTP. Each run is a program of its own, whose CPU time bash tells. `NET_BENCH=start,get,mirror` chooses parts,
 * `NET_BENCH=mirror-5000-up` one of the four mirrors.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempDisposableSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { compare, type Contender } from './pairs.ts'
import { startBenchSshd, type BenchSshd } from './ssh-sshd.ts'

const main = fileURLToPath(new URL('../apps/cli/dist/main.cjs', import.meta.url))
const net = [process.execPath, main]
const parts = new Set((process.env['NET_BENCH'] ?? 'start,get,mirror').split(','))
using folder = mkdtempDisposableSync(join(tmpdir(), 'bench-cli-'))

/** A program; `before` makes its target anew. */
function program(
  name: string,
  command: readonly string[],
  { done = 1, before }: { readonly done?: number; readonly before?: () => void } = {},
): Contender {
  let cpu = 0
  return {
    name,
    cpu: () => cpu,
    async run() {
      before?.()
      cpu = await timed(name, command)
      return done
    },
  }
}

/** Resolves to its CPU time in microseconds. */
async function timed(name: string, command: readonly string[]): Promise<number> {
  const line = ['-c', `TIMEFORMAT='%U %S'; time "$@" > /dev/null`, 'bash', ...command]
  const child = spawn('bash', line, { stdio: ['ignore', 'ignore', 'pipe'] })
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${told}`)
  const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
  return seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
}

if (parts.has('start') || parts.has('get')) {
  mkdirSync(join(folder.path, 'web'))
  writeFileSync(join(folder.path, 'web/small.json'), '{"name":"Ada"}')
  const conf = join(folder.path, 'nginx.conf')
  const port = 20_000 + (process.pid % 20_000)
  const big = join(folder.path, 'web/big')
  writeFileSync(big, '')
  truncateSync(big, 2 ** 30)
  writeFileSync(
    conf,
    `worker_processes 1; user root; pid ${folder.path}/pid; error_log ${folder.path}/error; events {} http { access_log off; sendfile on; server { listen 127.0.0.1:${port}; root ${folder.path}/web; } }\n`,
  )
  const nginx = spawn('nginx', ['-g', 'daemon off;', '-c', conf], { stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}`
  await timed('curl', ['curl', '-s', '--retry', '10', '--retry-connrefused', `${url}/small.json`])
  if (parts.has('start')) {
    const node = program('node -e 0', [process.execPath, '-e', '0'])
    await compare('start', 'runs/s', program('net --version', [...net, '--version']), [node])
    await compare(
      'a small document',
      'runs/s',
      program('net get', [...net, 'get', `${url}/small.json`]),
      [node],
    )
  }
  if (parts.has('get')) {
    const [ours, theirs] = [join(folder.path, 'ours'), join(folder.path, 'theirs')]
    await compare(
      '1 GiB into a file',
      'MB/s',
      program('net get', [...net, 'get', '-s', '-o', ours, `${url}/big`], {
        done: 1074,
        before: () => rmSync(ours, { force: true }),
      }),
      [
        program('curl', ['curl', '-s', '-o', theirs, `${url}/big`], {
          done: 1074,
          before: () => rmSync(theirs, { force: true }),
        }),
      ],
    )
  }
  nginx.kill()
}

if ([...parts].some((name) => name.startsWith('mirror'))) {
  const sshd = await startBenchSshd()
  if (sshd === undefined) console.log('no sshd: mirrors are left out')
  else {
    await mirrors(sshd, '5,000 files of 2 kB', { count: 5000, size: 2000 })
    await mirrors(sshd, '20 files of 50 MB', { count: 20, size: 50_000_000 })
    sshd[Symbol.dispose]()
  }
}

async function mirrors(
  sshd: BenchSshd,
  what: string,
  { count, size }: { readonly count: number; readonly size: number },
): Promise<void> {
  const from = join(folder.path, `from-${count}`)
  for (let at = 0; at < count; at += 1) {
    const inside = join(from, String(at % 50))
    mkdirSync(inside, { recursive: true })
    writeFileSync(join(inside, `${at}.bin`), Buffer.alloc(size, at))
  }
  for (const way of ['up', 'down'] as const) {
    if (!parts.has('mirror') && !parts.has(`mirror-${count}-${way}`)) continue
    const to = join(folder.path, 'to')
    const before = (): void => rmSync(to, { recursive: true, force: true })
    const all = commandsOf(sshd, way, { from, to }).map(([name, command]) =>
      program(name, command, { done: count, before }),
    )
    const [ours, ...others] = all
    if (ours !== undefined) await compare(`${what} over SFTP, ${way}`, 'files/s', ours, others)
  }
}

function commandsOf(
  { port, user, identity, known }: BenchSshd,
  way: 'up' | 'down',
  { from, to }: { readonly from: string; readonly to: string },
): readonly (readonly [string, readonly string[]])[] {
  const sftp = (path: string): string => `sftp://${user}@127.0.0.1:${port}${path}`
  const remote = (path: string): string => `:sftp:${path}`
  const ssh = `ssh -F none -p ${port} -i ${identity} -o IdentitiesOnly=yes -o UserKnownHostsFile=${known} -l ${user}`
  const login = ['--key', identity, '--known-hosts', known, '--ssh-config', 'none']
  const rclone = [
    '--sftp-host',
    '127.0.0.1',
    '--sftp-port',
    String(port),
    '--sftp-user',
    user,
    '--sftp-key-file',
    identity,
    '--config',
    '/dev/null',
  ]
  const lftp = `set sftp:connect-program "${ssh} -a -x"; open sftp://${user}:x@127.0.0.1:${port}; mirror --parallel=4 ${way === 'up' ? '-R' : ''} ${from} ${to}`
  const up = way === 'up'
  return [
    ['net mirror', [...net, 'mirror', '-s', ...login, up ? from : sftp(from), up ? sftp(to) : to]],
    ['rclone', ['rclone', 'sync', ...rclone, up ? from : remote(from), up ? remote(to) : to]],
    [
      'rsync over ssh',
      [
        'rsync',
        '-a',
        '-e',
        ssh,
        `${up ? '' : '127.0.0.1:'}${from}/`,
        `${up ? '127.0.0.1:' : ''}${to}`,
      ],
    ],
    ['lftp', ['lftp', '-c', lftp]],
  ]
}
