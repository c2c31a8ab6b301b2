// Every command of net at a terminal of 40 columns: what waits ends at Ctrl-C and leaves the terminal as it was, what prints has no
// colours where NO_COLOR is set, and passwords are asked for.
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'

import { map } from '@net/async'
import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { openQueue } from '@net/queue'
import { startSftpServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { net } from './net-command.ts'
import { requirePython } from './python-guide.ts'
import { atTerminal, type Shown, type Step } from './terminal-session.ts'

/** A server that takes connections and says nothing. */
async function silence(): Promise<AsyncDisposable & { readonly port: number }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => void open.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

test('each command that waits for a peer ends at Ctrl-C with 130, and the terminal is as it was', async (context) => {
  await requirePython(context, 'pty')
  await using peer = await silence()
  using folder = temporaryFolder('terminal')
  const file = join(folder.path, 'a.txt')
  writeFileSync(file, 'hello')
  const at = `127.0.0.1:${peer.port}`
  const mail = ['--from', 'a@example.com', '--to', 'b@example.com', '--text', 'x']
  const waiting: Record<string, readonly string[]> = {
    get: [`http://${at}/`],
    head: [`http://${at}/`],
    post: ['-d', 'a=1', `http://${at}/`],
    ls: [`ftp://${at}/`],
    cat: [`ftp://${at}/a`],
    cp: [file, `ftp://${at}/a`],
    mv: [`ftp://${at}/a`, `ftp://${at}/b`],
    rm: [`ftp://${at}/a`],
    mkdir: [`ftp://${at}/a`],
    mirror: [folder.path, `ftp://${at}/a`],
    diff: [folder.path, `ftp://${at}/a`],
    send: [`smtp://${at}`, ...mail],
    exec: [`ssh://ada@${at}`, 'ls'],
    shell: [`ssh://ada@${at}`],
    tunnel: ['-L', '0=127.0.0.1:1', `ssh://ada@${at}`],
    nc: [`tcp://${at}`],
    listen: ['tcp://127.0.0.1:0'],
    serve: ['echo'],
    queue: ['ls', `redis://${at}`, 'mail'],
    tls: [at],
    ping: ['--interval', '1h', at],
  }
  const others = ['resolve', 'completion']
  // What the completion knows is what there is.
  const { stdout } = await net(['completion', 'bash'])
  const all = /compgen -W '([a-z ]+)'/u.exec(stdout)?.[1]?.split(' ') ?? []
  expect([...Object.keys(waiting), ...others].toSorted()).toEqual(all.toSorted())
  const ended = await map(
    Object.entries(waiting),
    async ([name, args]) => {
      // The log says when it has begun.
      const shown = await atTerminal([name, '--log', 'trace', ...args], [[BEGUN, '\u0003']])
      return { name, status: shown.status, isRestored: shown.isRestored, leaks: coloursIn(shown) }
    },
    { concurrency: 3 },
  )
  expect(ended).toEqual(
    Object.keys(waiting).map((name) => ({ name, status: 130, isRestored: true, leaks: [] })),
  )
})

test('what a command prints has no colours where NO_COLOR is set, and its progress fits into 40 columns', async (context) => {
  await requirePython(context, 'pty')
  await using web = await startHttpServer()
  await using ftp = await startFtpServer({
    users: { ada: 'lovelace' },
    files: { '/in/a.txt': 'x' },
  })
  using folder = temporaryFolder('terminal')
  mkdirSync(join(folder.path, 'tree'))
  writeFileSync(
    join(folder.path, 'tree/a-file-with-a-rather-long-name.bin'),
    Buffer.alloc(3_000_000),
  )
  const place = ftp.url.replace('//', '//ada@')
  const url = `file:${join(folder.path, 'queue.db')}`
  await using queue = openQueue<object>('mail', { url })
  await queue.add({}, { id: 'welcome' })
  const tree = join(folder.path, 'tree')
  const runs: readonly (readonly [readonly string[], RegExp])[] = [
    [['get', `${web.url}/json`], /"title": "Hello"/u],
    [['head', `${web.url}/json`], /HTTP\/1\.1 200/u],
    [['post', '-d', 'a=1', `${web.url}/echo`], /"POST"/u],
    [['ls', '-l', `${place}/in`], /a\.txt/u],
    [['cat', `${place}/in/a.txt`], /^x$/u],
    [['mirror', tree, `${place}/www`], /2\.9 MiB/u],
    [['cp', '-r', tree, `${place}/copy`], /2\.9 MiB/u],
    [['diff', tree, `${place}/in`], /a\.txt/u],
    [['mkdir', `${place}/new`], /^/u],
    [['mv', `${place}/in/a.txt`, `${place}/in/b.txt`], /^/u],
    [['queue', 'ls', url, 'mail'], /welcome/u],
    [['resolve', 'localhost'], /127\.0\.0\.1|::1/u],
    [['ping', '-c', '1', web.url], /1: 127\.0\.0\.1 in/u],
    [['completion', 'fish'], /complete -c net/u],
    [['--help'], /exit codes/iu],
  ]
  const ended = await map(
    runs,
    async ([args, wanted]) => {
      const shown = await atTerminal(args, [], {
        NET_PASSWORD: 'lovelace',
        NET_TARGET_PASSWORD: 'lovelace',
      })
      return {
        args,
        isShown: wanted.test(shown.text),
        leaks: coloursIn(shown),
        wide: tooWide(shown),
      }
    },
    { concurrency: 3 },
  )
  expect(ended).toEqual(runs.map(([args]) => ({ args, isShown: true, leaks: [], wide: [] })))
})

test('each protocol asks for the password at the terminal, and Ctrl-C there is the end', async (context) => {
  await requirePython(context, 'pty')
  await using ftp = await startFtpServer({
    users: { ada: 'lovelace' },
    files: { '/in/a.txt': 'x' },
  })
  await using ssh = await startSftpServer({ files: { '/in/a.txt': 'x' } })
  const known = ['--pin', ssh.ssh.hostKey.fingerprint]
  const sftp = ssh.url.replace('ssh://', 'sftp://ada@')
  const calls = [
    ['ls', `${ftp.url.replace('//', '//ada@')}/in`],
    ['cat', ...known, `${sftp}/in/a.txt`],
    ['exec', ...known, ssh.url.replace('//', '//ada@'), 'exit'],
  ]
  const typed = (keys: string): readonly Step[] => [['password of ada@127.0.0.1: ', keys]]
  const [right, stopped] = await Promise.all([
    map(calls, (args) => atTerminal(args, typed('lovelace\r')), { concurrency: 2 }),
    map(calls, (args) => atTerminal(args, typed('love\u0003')), { concurrency: 2 }),
  ])
  for (const each of [...right, ...stopped]) {
    expect(each.isRestored).toBe(true)
    expect(each.text).not.toContain('love')
  }
  expect(right.slice(0, 2).map(({ status }) => status)).toEqual([0, 0])
  expect(stopped.map(({ status }) => status)).toEqual([130, 130, 130])
})

/** What a log begins with. */
const BEGUN = ' debug'

/** Escapes other than the one that clears a line. */
function coloursIn({ text }: Shown): readonly string[] {
  return text.replaceAll('\r\u001b[K', '').match(/\u001b[^]{0,10}/gu) ?? []
}

/** Lines that are written over, and do not fit. */
function tooWide({ text }: Shown): readonly string[] {
  const drawn = text.split('\r\u001b[K').slice(1)
  return drawn.filter((line) => !line.includes('\n') && line.length >= 40)
}
