// lftp against the server that @net/ftp brings for tests: it must be good enough for a client that is not ours.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'
import { runProgram, type Ended } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const users = { ada: 'lovelace' }

test('lftp puts, lists, gets and removes over TLS', async ({ skip }) => {
  const lftp = requireDaemon({ skip }, 'lftp')
  const authority = createCertificates()
  const options = { users, tls: authority.issue(), requireTls: true, requireSessionReuse: true }
  await using server = await startFtpServer(options)
  const folder = testFolder()
  const content = randomBytes(1_000_000)
  writeFileSync(join(folder, 'original'), content)
  writeFileSync(join(folder, 'ca.pem'), authority.ca)

  const ended = await run(lftp, server, [
    'set ftp:ssl-force yes',
    'set ftp:ssl-protect-data yes',
    `set ssl:ca-file ${folder}/ca.pem`,
    'set ssl:verify-certificate yes',
    'mkdir in',
    `put ${folder}/original -o in/data.bin`,
    'cls -s --block-size=1 in',
    `get in/data.bin -o ${folder}/copy`,
    'mv in/data.bin in/other.bin',
    'cls in',
    'rm in/other.bin',
    'rmdir in',
    'cls',
  ])
  expect(ended).toMatchObject({ status: 0, stderr: '' })
  expect(ended.stdout).toMatch(/^ *1000000 in\/data\.bin\nin\/other\.bin\n$/u)
  expect(readFileSync(join(folder, 'copy')).equals(content)).toBe(true)
  expect(
    server.received.filter((line) => /^(AUTH|USER|PBSZ|PROT)/u.test(line)).slice(0, 4),
  ).toEqual(['AUTH TLS', 'USER ada', 'PBSZ 0', 'PROT P'])
  expect(server.resumed).toBeGreaterThan(0)
})

test('lftp does not believe an authority that it does not know', async ({ skip }) => {
  const lftp = requireDaemon({ skip }, 'lftp')
  await using server = await startFtpServer({ users, tls: createCertificates().issue() })
  const ended = await run(lftp, server, ['set ftp:ssl-force yes', 'cls'])
  expect(ended.status).toBe(1)
  expect(ended.stderr).toMatch(/certificate/iu)
  expect(server.received.some((line) => line.startsWith('PASS'))).toBe(false)
})

test('lftp mirrors a tree up and down', async ({ skip }) => {
  const lftp = requireDaemon({ skip }, 'lftp')
  await using server = await startFtpServer({ users })
  const folder = testFolder()
  mkdirSync(join(folder, 'up/sub/märz'), { recursive: true })
  const files = new Map(
    ['a.txt', 'sub/b c.txt', 'sub/märz/ü.txt'].map((name) => [name, randomBytes(10_000)]),
  )
  for (const [name, content] of files) writeFileSync(join(folder, 'up', name), content)

  const ended = await run(lftp, server, [
    `mirror -R --parallel=2 ${folder}/up tree`,
    `mirror --parallel=2 tree ${folder}/down`,
    'rm -r tree',
    'cls',
  ])
  expect(ended).toMatchObject({ status: 0, stderr: '', stdout: '' })
  for (const [name, content] of files)
    expect(readFileSync(join(folder, 'down', name)).equals(content)).toBe(true)
})

test('lftp goes on with a download and an upload, also where the server makes the data connections', async ({
  skip,
}) => {
  const lftp = requireDaemon({ skip }, 'lftp')
  const folder = testFolder()
  const content = randomBytes(300_000)
  for (const passive of ['on', 'off']) {
    await using server = await startFtpServer({
      users,
      files: { '/down': content, '/up': content.subarray(0, 100_000) },
    })
    writeFileSync(join(folder, 'up'), content)
    writeFileSync(join(folder, 'down'), content.subarray(0, 200_000))
    const ended = await run(lftp, server, [
      `set ftp:passive-mode ${passive}`,
      `get -c down -o ${folder}/down`,
      `put -c ${folder}/up -o up`,
    ])
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(folder, 'down')).equals(content)).toBe(true)
    expect(Buffer.from(server.files.read('/up')).equals(content)).toBe(true)
    expect(server.received).toEqual(expect.arrayContaining(['REST 200000']))
    const way = passive === 'on' ? /^(?:EPSV|PASV)/u : /^(?:EPRT|PORT)/u
    expect(server.received.filter((line) => way.test(line)).length).toBeGreaterThan(1)
  }
})

test('lftp reports a wrong password and a missing file', async ({ skip }) => {
  const lftp = requireDaemon({ skip }, 'lftp')
  await using server = await startFtpServer({ users, files: { '/a': '1' } })
  expect((await run(lftp, server, ['cls'], 'wrong')).stderr).toContain('530')
  const missing = await run(lftp, server, ['get nothing -o /dev/null'])
  expect(missing.status).toBe(1)
  expect(missing.stderr).toContain('550')
})

/** Runs the commands until one fails. */
function run(
  lftp: string,
  server: FtpServer,
  commands: readonly string[],
  password: string = users.ada,
): Promise<Ended> {
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    'set net:timeout 20',
    // The names on disk are in UTF-8, whatever the locale of the tests.
    'set file:charset UTF-8',
    `open -u ada,${password} ${server.url}`,
    ...commands,
  ]
  return runProgram(lftp, ['--norc', '-c', script.join('\n')])
}
