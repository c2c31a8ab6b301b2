// Our SFTP server for tests, used by clients of others: OpenSSH's sftp, rclone and paramiko.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { createSshKey, startSftpServer, type SftpServer } from '@net/ssh/testing'

import { requireDaemon } from './daemon.ts'
import { requirePython } from './python-guide.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const bytes = Buffer.alloc(2_000_000, Buffer.from('0123456789abcdef-'))

test("OpenSSH's sftp puts, gets, lists, renames, links and removes", async (context) => {
  const program = requireDaemon(context, 'sftp')
  const folder = testFolder()
  const key = createSshKey()
  writeFileSync(join(folder, 'key'), key.privateKey, { mode: 0o600 })
  writeFileSync(join(folder, 'local'), bytes)
  const users = { ada: { keys: [key.publicKey] } }
  await using server = await startSftpServer({ files: { '/in/old': 'old' }, ssh: { users } })
  writeFileSync(join(folder, 'known'), server.ssh.knownHostsLine)
  const batch = [
    `put -p ${folder}/local in/new`,
    'chmod 600 in/new',
    `get -p in/new ${folder}/back`,
    'rename in/old in/older',
    'ln -s older in/link',
    'ln in/older in/hard',
    'mkdir made',
    'rmdir made',
    'rm in/hard',
    'ls -ln in',
    'df',
  ]
  writeFileSync(join(folder, 'batch'), `${batch.join('\n')}\n`)
  const ended = await runProgram(program, [
    '-F',
    'none',
    '-b',
    join(folder, 'batch'),
    '-i',
    join(folder, 'key'),
    '-o',
    `UserKnownHostsFile=${join(folder, 'known')}`,
    '-P',
    String(server.ssh.address.port),
    'ada@127.0.0.1',
  ])
  expect([ended.status, ended.stderr]).toEqual([0, ''])
  expect(ended.stdout).toMatch(/^-rw------- .* 2000000 .* in\/new$/m)
  expect(readFileSync(join(folder, 'back')).equals(bytes)).toBe(true)
  expect(server.files.paths()).toEqual(['/in/link', '/in/new', '/in/older'])
})

test('rclone copies a tree up and checks it', async (context) => {
  const program = requireDaemon(context, 'rclone')
  const folder = testFolder()
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, 'deep'), { recursive: true })
  for (let at = 0; at < 20; at++) writeFileSync(join(tree, 'deep', `f${at}`), `${at}`)
  writeFileSync(join(tree, 'big'), bytes)
  await using server = await startSftpServer()
  const { port } = server.ssh.address
  const obscured = (await runProgram(program, ['obscure', 'lovelace'])).stdout.trim()
  const remote = `:sftp,host=127.0.0.1,port=${port},user=ada,pass=${obscured},shell_type=none:/up`
  const flags = ['--config', join(folder, 'none.conf'), '--retries', '1']
  const copied = await runProgram(program, ['copy', tree, remote, ...flags])
  expect([copied.status, copied.stderr]).toEqual([0, expect.not.stringContaining('ERROR')])
  const checked = await runProgram(program, ['check', '--download', tree, remote, ...flags])
  expect([checked.status, checked.stderr]).toEqual([0, expect.stringContaining('0 differences')])
  expect(server.files.paths()).toHaveLength(21)
})

test('paramiko reads, writes and sees the attributes that it set', async (context) => {
  await requirePython(context, 'paramiko')
  await using server = await startSftpServer({ files: { '/in/a': 'hello' } })
  const ended = await runProgram('/usr/bin/python3', [
    '-W',
    'ignore',
    '-c',
    PARAMIKO,
    String(server.ssh.address.port),
  ])
  expect([ended.status, ended.stderr]).toEqual([0, ''])
  expect(ended.stdout).toBe("b'hello'\n['a', 'b']\n0o600 1500000000 300000\nlink -> a\n")
  expectFile(server, '/in/b', 300_000)
})

const PARAMIKO = `
import sys, stat, paramiko
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect('127.0.0.1', int(sys.argv[1]), 'ada', 'lovelace', look_for_keys=False, allow_agent=False)
sftp = client.open_sftp()
sftp.chdir('/in')
print(sftp.open('a').read())
with sftp.open('b', 'w') as f:
    f.set_pipelined(True)
    f.write(b'x' * 300000)
sftp.chmod('b', 0o600)
sftp.utime('b', (1600000000, 1500000000))
print(sorted(sftp.listdir('.')))
found = sftp.stat('b')
print(oct(stat.S_IMODE(found.st_mode)), found.st_mtime, found.st_size)
sftp.symlink('a', 'link')
print('link ->', sftp.readlink('link'))
client.close()
`

function expectFile(server: SftpServer, path: string, size: number): void {
  expect(server.files.read(path)).toHaveLength(size)
}
