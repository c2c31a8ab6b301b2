// The net command at a terminal of 40 columns: progress, prompts, Ctrl-C, colours, a shell.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startHttpServer } from '@net/http/testing'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { requirePython } from './python-guide.ts'
import { startSshd } from './sshd.ts'
import { atTerminal } from './terminal-session.ts'

test('progress is one line of at most 40 columns that is written over, and a whole one at the end', async (context) => {
  await requirePython(context, 'pty')
  using folder = temporaryFolder('terminal')
  const piece = Buffer.alloc(2_000_000, 'x')
  // A slow server: the line is drawn a few times a second.
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 5; at += 1) {
      yield piece
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  }
  await using web = await startHttpServer({
    routes: {
      '/a-rather-long-name-of-a-file.bin': () => ({
        body: body(),
        headers: { 'content-length': 10_000_000 },
      }),
    },
  })
  const file = join(folder.path, 'a-rather-long-name-of-a-file.bin')
  const { text, status } = await atTerminal([
    'get',
    `${web.url}/a-rather-long-name-of-a-file.bin`,
    '-o',
    file,
  ])
  expect(status).toBe(0)
  expect(readFileSync(file)).toHaveLength(10_000_000)
  const drawn = text.split('\r\u001b[K').filter((line) => line !== '')
  expect(drawn.length).toBeGreaterThan(2)
  for (const line of drawn.slice(0, -1)) expect(line.length).toBeLessThan(40)
  expect(drawn.at(-1)).toMatch(/: 9\.5 MiB of 9\.5 MiB, .*\/s\r\nsaved 9\.5 MiB to .*\r\n$/)
})

test('a password is asked for at the terminal, not shown, and Ctrl-C leaves the terminal as it was', async (context) => {
  await requirePython(context, 'pty')
  await using server = await startSmtpServer({ users: { ada: 'lovelace' } })
  const args = [
    'send',
    server.url.replace('//', '//ada@'),
    '--from',
    'a@b.example',
    '--to',
    'c@d.example',
    '--text',
    'x',
  ]
  const [sent, stopped] = await Promise.all([
    atTerminal(args, [['password of ada@127.0.0.1: ', 'lovelace\r']]),
    atTerminal(args, [['password of ada@127.0.0.1: ', 'love\u0003']]),
  ])
  expect(sent).toMatchObject({ status: 0, isRestored: true })
  expect(sent.text).toContain('accepted for c@d.example')
  expect(stopped).toMatchObject({ status: 130, isRestored: true })
  expect(sent.text + stopped.text).not.toContain('love')
  expect(server.mailbox.messages).toHaveLength(1)
})

test('bodies and names are harmless, colours are there unless NO_COLOR is set', async (context) => {
  await requirePython(context, 'pty')
  await using web = await startHttpServer({
    routes: { '/json': { json: { a: '\u001b[2J' } }, '/text': { body: 'x\u001b]0;t\u0007y\n' } },
  })
  const [coloured, plain, shown] = await Promise.all([
    atTerminal(['get', `${web.url}/json`], [], { NO_COLOR: '' }),
    atTerminal(['get', `${web.url}/json`]),
    atTerminal(['get', `${web.url}/text`]),
  ])
  expect(coloured.text).toContain('\u001b[36m"a"\u001b[39m')
  expect(coloured.text).not.toContain('\u001b[2J')
  expect(plain.text).toBe('{\r\n  "a": "\\u001b[2J"\r\n}\r\n')
  expect(shown.text).toBe('x\\x1b]0;t\\x07y\r\n')
})

test('Ctrl-C ends what waits, and a question is asked where somebody can answer', async (context) => {
  await requirePython(context, 'pty')
  using folder = temporaryFolder('terminal')
  for (const name of ['a', 'b']) writeFileSync(join(folder.path, name), '')
  const [served, asked] = await Promise.all([
    atTerminal(['serve', 'echo'], [['"url"', '\u0003']]),
    atTerminal(['rm', '--glob', join(folder.path, '*')], [['[y/N] ', 'y\r']]),
  ])
  expect(served).toMatchObject({ status: 130, isRestored: true })
  expect(asked).toMatchObject({ status: 0, isRestored: true })
})

test('a shell on sshd has this terminal: its keys, its size, and its end', async (context) => {
  await requirePython(context, 'pty')
  const program = requireDaemon(context, 'sshd')
  using folder = temporaryFolder('terminal')
  await using sshd = await startSshd(program)
  const key = join(folder.path, 'key')
  writeFileSync(key, sshd.key.privateKey, { mode: 0o600 })
  mkdirSync(join(folder.path, '.ssh'))
  const login = [
    '--key',
    key,
    '--accept-new',
    '--known-hosts',
    join(folder.path, 'known'),
    '-u',
    sshd.user,
  ]
  const { text, status, isRestored } = await atTerminal(
    ['shell', ...login, sshd.url],
    [
      ['', 'stty size\n'],
      ['24 40', 'exit 7\n'],
    ],
  )
  expect(text).toContain('24 40')
  expect({ status, isRestored }).toEqual({ status: 7, isRestored: true })
})
