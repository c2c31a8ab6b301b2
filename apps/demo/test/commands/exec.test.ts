import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { startSshServer } from '@net/ssh/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { execCommand } from '../../src/commands/exec.ts'
import { streams } from '../recording-streams.ts'
import { temporaryFolder } from '../temporary-folder.ts'

beforeEach(() => {
  vi.stubEnv('NET_PASSWORD', 'lovelace')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test('prints what the command prints and ends as it ends', async () => {
  await using folder = await temporaryFolder()
  await using server = await startSshServer({
    exec: { 'grep -n': { stdout: 'found\n', stderr: 'one file skipped\n', exit: 3 } },
  })
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, server.knownHostsLine)
  const io = streams()
  const target = server.url.replace('ssh://', 'ada@')
  expect(await execCommand(['--known-hosts', file, target, 'grep -n'], io)).toBe(3)
  expect([io.printed(), io.messageText()]).toEqual(['found\n', 'one file skipped\n'])
})

test('what is not text is printed as it is', async () => {
  await using folder = await temporaryFolder()
  const bytes = Buffer.from([0xff, 0xfe, 0, 0x80, 0x41, 0x0a])
  await using server = await startSshServer({
    exec: { cat: (_, { stdout }) => stdout.write(bytes) },
  })
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, server.knownHostsLine)
  const io = streams()
  const target = server.url.replace('ssh://', 'ada@')
  expect(await execCommand(['--known-hosts', file, target, 'cat'], io)).toBe(0)
  expect(Buffer.from(io.printedBytes()).equals(bytes)).toBe(true)
})

test('a host that is not known is refused, and accepted when that is asked for', async () => {
  await using folder = await temporaryFolder()
  await using server = await startSshServer({ exec: { ls: 'a b\n' } })
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, '')
  const target = server.url.replace('ssh://', 'ada@')
  const refused = streams()
  expect(await execCommand(['--known-hosts', file, target, 'ls'], refused)).toBe(1)
  expect(refused.messageText()).toContain(server.hostKey.fingerprint)
  const accepted = streams()
  const args = ['--accept-new', '--known-hosts', file, target, 'ls', '-l', 'a b']
  expect(await execCommand(args, accepted)).toBe(0)
  expect(accepted.printed()).toBe('a b\n')
  expect(await readFile(file, 'utf8')).toBe(server.knownHostsLine)
  expect(server.received).toContainEqual(
    expect.objectContaining({ what: 'exec', text: "ls -l 'a b'" }),
  )
})

test.each([[[]], [['host']], [['--nonsense', 'host', 'ls']]])(
  'wrong arguments %j are exit code 2',
  async (args) => {
    const io = streams()
    expect(await execCommand(args, io)).toBe(2)
    expect(io.messageText()).toMatch(/^usage: demo exec/)
  },
)
