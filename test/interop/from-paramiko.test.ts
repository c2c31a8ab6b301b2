// The Python examples of docs/guide/ssh-from-paramiko.md, run by Debian's Python against our embedded server: they print what
// they say that they print.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startEchoServer } from '@net/socket/testing'
import {
  createSshKey,
  startSshServer,
  type ExecAnswer,
  type ExecIo,
  type SshServerOptions,
} from '@net/ssh/testing'
import { root } from '@tools/workspace'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { pythonFences } from './python-fences.ts'
import { requirePython, runFence } from './python-guide.ts'

const guide = readFileSync(join(root, 'docs/guide/ssh-from-paramiko.md'), 'utf8')

async function counted(_: string, { stdin, stdout }: ExecIo): Promise<void> {
  let size = 0
  for await (const chunk of stdin) size += chunk.length
  await stdout.write(`${size}\n`)
}

async function followed(_: string, { stdout, signal }: ExecIo): Promise<void> {
  await stdout.write('one\ntwo\n')
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
}

/** Asks for the password as sudo does, with the prompt that it is given. */
async function sudo(command: string, { stdin, stdout, stderr }: ExecIo): Promise<number> {
  const [, prompt = ''] = /-p '([^']*)'/.exec(command) ?? []
  await stderr.write(prompt)
  let given = ''
  for await (const chunk of stdin) {
    given += Buffer.from(chunk).toString()
    if (given.endsWith('\n')) break
  }
  if (given !== 'lovelace\n') return 1
  await stdout.write('root\n')
  return 0
}

/** What the commands of each recipe do, by its heading. */
const commands: Readonly<Record<string, Readonly<Record<string, ExecAnswer>>>> = {
  'Run a command': { grep: { stdout: '0\n', exit: 1 } },
  'Log in with a key': { whoami: 'ada\n' },
  'Feed a command': { wc: counted },
  'Read a command while it runs': { tail: followed },
  'Talk to a shell': { uptime: 'up 42 days\n' },
  'Through one machine to another': { hostname: 'inner\n' },
  'fabric: run, and what fails': { uname: 'Linux\n', false: { exit: 1 } },
  'fabric: sudo': { sudo },
  'fabric: many hosts': { uptime: 'up 1 day\n' },
  'Reach what the server reaches': {},
}

test.for(pythonFences(guide))(
  'ssh-from-paramiko.md:$line prints what it says: $heading',
  async ({ heading, code, prints }, context) => {
    await requirePython(context, 'paramiko, fabric')
    using home = temporaryFolder('paramiko')
    const key = createSshKey()
    const users: SshServerOptions['users'] = {
      ada: heading === 'Log in with a key' ? { keys: [key.publicKey] } : { password: 'lovelace' },
    }
    await using echo = await startEchoServer()
    await using server = await startSshServer({ users, exec: commands[heading] })
    const { port } = server.address
    const line = server.knownHostsLine.replace(`[127.0.0.1]:${port}`, `[localhost]:${port}`)
    writeFileSync(join(home.path, 'known_hosts'), line)
    writeFileSync(join(home.path, 'id_ed25519'), key.privateKey, { mode: 0o600 })
    const ports = new Map([
      ['2222', `${port}`],
      ['7000', `${echo.address.port}`],
    ])
    const outcome = await runFence(code, home.path, ports)
    expect(outcome).toEqual({ prints, failure: '' })
  },
)

test('every recipe has a server, and prints something', () => {
  const fences = pythonFences(guide)
  expect(new Set(fences.map(({ heading }) => heading))).toEqual(new Set(Object.keys(commands)))
  expect(fences.filter(({ prints }) => prints.length === 0)).toEqual([])
})
