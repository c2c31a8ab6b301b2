// curl against the server that @net/ftp brings for tests: it must be good enough for a client that is not ours.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const users = { ada: 'lovelace' }

test.for([
  { road: 'AUTH TLS', implicit: false, version: '1.2' },
  { road: 'AUTH TLS', implicit: false, version: '1.3' },
  { road: 'implicit TLS', implicit: true, version: '1.3' },
])(
  'curl uploads, downloads and lists with $road $version',
  async ({ implicit, version }, { skip }) => {
    const curl = requireDaemon({ skip }, 'curl')
    const authority = createCertificates()
    const tls = authority.issue()
    await using server = await startFtpServer({ users, tls, implicit, requireTls: true })
    const folder = testFolder()
    const content = randomBytes(1_000_000)
    writeFileSync(join(folder, 'original'), content)
    writeFileSync(join(folder, 'ca.pem'), authority.ca)
    const ca = ['--cacert', join(folder, 'ca.pem'), `--tlsv${version}`, '--tls-max', version]
    const options = ['-sS', '--ssl-reqd', '-u', 'ada:lovelace', ...ca]

    const up = ['-T', join(folder, 'original'), '--ftp-create-dirs', `${server.url}/in/data.bin`]
    expect(await runProgram(curl, [...options, ...up])).toMatchObject({ status: 0, stderr: '' })
    expect(Buffer.from(server.files.read('/in/data.bin')).equals(content)).toBe(true)
    const down = ['-o', join(folder, 'copy'), `${server.url}/in/data.bin`]
    expect(await runProgram(curl, [...options, ...down])).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(folder, 'copy')).equals(content)).toBe(true)
    const listed = await runProgram(curl, [...options, '--list-only', `${server.url}/in/`])
    expect(listed).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^data.bin\r?\n$/u),
    })
  },
)

test('curl goes on with a download and an upload, renames and deletes', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startFtpServer({ users, files: { '/a': '0123456789' } })
  const options = ['-sS', '-u', 'ada:lovelace']
  const rest = await runProgram(curl, [...options, '-C', '4', `${server.url}/a`])
  expect(rest).toEqual({ status: 0, stderr: '', stdout: '456789' })
  const appended = ['-T', '-', '--append', `${server.url}/a`]
  expect(await runProgram(curl, [...options, ...appended], 'abc')).toMatchObject({ stderr: '' })
  expect(server.files.text('/a')).toBe('0123456789abc')
  const active = await runProgram(curl, [...options, '-P', '-', `${server.url}/a`])
  expect(active).toEqual({ status: 0, stderr: '', stdout: '0123456789abc' })
  expect(server.received.some((line) => /^(?:EPRT|PORT)/u.test(line))).toBe(true)
  const quotes = ['-Q', 'RNFR a', '-Q', 'RNTO b', '-Q', 'MKD c', '-Q', 'RMD c']
  const renamed = await runProgram(curl, [...options, ...quotes, '--list-only', `${server.url}/`])
  expect(renamed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^b\r?\n$/u) })
})

test('curl reports failures: no TLS, a wrong password, no such file, a connection that is cut', async ({
  skip,
}) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startFtpServer({ users, files: { '/a': new Uint8Array(100_000) } })
  const status = async (...args: readonly string[]): Promise<number | null> =>
    (await runProgram(curl, ['-sS', '-o', '/dev/null', ...args])).status
  const user = ['-u', 'ada:lovelace']
  // CURLE_USE_SSL_FAILED, CURLE_LOGIN_DENIED, CURLE_REMOTE_FILE_NOT_FOUND, CURLE_PARTIAL_FILE.
  expect(await status(...user, '--ssl-reqd', `${server.url}/a`)).toBe(64)
  expect(await status('-u', 'ada:wrong', `${server.url}/a`)).toBe(67)
  expect(await status(...user, `${server.url}/nothing`)).toBe(78)
  server.fail({ on: 'RETR', after: 50_000, do: 'drop' })
  expect(await status(...user, `${server.url}/a`)).toBe(18)
})
