// curl against the server that @net/http brings for tests: it must be good enough for a client that is not ours.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { digestGuard, startHttpServer, type Route } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'

import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'

const run = promisify(execFile)

test('curl gets, posts and reads compressed bodies', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startHttpServer()
  const got = await run(curl, ['-sS', `${server.url}/json`])
  expect(JSON.parse(got.stdout)).toMatchObject({ id: 1, title: 'Hello' })
  const posted = await run(curl, ['-sS', '-d', 'a=1', `${server.url}/echo`])
  expect(JSON.parse(posted.stdout)).toMatchObject({ method: 'POST', body: 'a=1' })
  const zeros = await run(curl, [
    '-sS',
    '--compressed',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    `${server.url}/gzip/1000000`,
  ])
  expect(zeros.stdout).toBe('200')
})

test('curl accepts our certificates by the authority, and refuses them without', async ({
  skip,
}) => {
  const curl = requireDaemon({ skip }, 'curl')
  const authority = createCertificates()
  const { cert, key } = authority.issue()
  await using server = await startHttpServer({ tls: { cert, key } })
  using folder = temporaryFolder('curl')
  const file = join(folder.path, 'ca.pem')
  writeFileSync(file, authority.ca)
  const got = await run(curl, ['-sS', '--cacert', file, `${server.url}/json`])
  expect(JSON.parse(got.stdout)).toMatchObject({ id: 1 })
  await expect(run(curl, ['-sS', `${server.url}/json`])).rejects.toThrow('certificate')
})

test('curl uploads and downloads files over one connection, and follows redirects', async ({
  skip,
}) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startHttpServer()
  using folder = temporaryFolder('curl')
  const [up, down] = [join(folder.path, 'up'), join(folder.path, 'down')]
  const bytes = randomBytes(500_000)
  writeFileSync(up, bytes)
  const puts = ['-T', up, '-o', join(folder.path, 'said'), `${server.url}/echo`]
  const redirected = ['-o', down, `${server.url}/redirect/302?to=/bytes/300000`]
  await run(curl, ['-sS', '-L', ...puts, ...redirected])
  expect(server.received[0]).toMatchObject({ method: 'PUT', size: 500_000 })
  expect(Buffer.compare(server.received[0]?.body ?? bytes.subarray(1), bytes)).toBe(0)
  expect(readFileSync(down)).toHaveLength(300_000)
  expect(server.accepted).toBe(1)
})

test('curl logs in, sends HEAD, and reports errors by its exit code', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startHttpServer()
  await run(curl, ['-sS', '-u', 'ada:lovelace', `${server.url}/json`])
  const basic = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`
  expect(server.received[0]?.headers.authorization).toBe(basic)
  const head = await run(curl, ['-sS', '-I', `${server.url}/bytes/1000`])
  expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*content-length: 1000\r\n/u)
  // 22: CURLE_HTTP_RETURNED_ERROR; 52: CURLE_GOT_NOTHING.
  await expect(run(curl, ['-sS', '-f', `${server.url}/status/503`])).rejects.toMatchObject({
    code: 22,
  })
  server.fail({ do: 'drop' })
  await expect(run(curl, ['-sS', `${server.url}/json`])).rejects.toMatchObject({ code: 52 })
})

test('curl proves by Digest who it is, and again when its nonce has ended', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  const guarded = (algorithm: 'MD5' | 'SHA-256', uses?: number): Route =>
    digestGuard(
      { users: { ada: 'lovelace' }, algorithm, qop: ['auth', 'auth-int'], uses },
      ({ method, target }) => ({ body: `${method} ${target}` }),
    )
  await using server = await startHttpServer({
    routes: { '/md5': guarded('MD5'), '/sha': guarded('SHA-256'), '/once': guarded('MD5', 1) },
  })
  const digest = ['-sS', '-f', '--digest', '-u']
  for (const path of ['/md5', '/sha?a=1', '/once']) {
    const urls = [`${server.url}${path}`, `${server.url}${path}`]
    const { stdout } = await run(curl, [...digest, 'ada:lovelace', ...urls])
    expect(stdout).toBe(`GET ${path}`.repeat(2))
  }
  const wrong = run(curl, [...digest, 'ada:byron', `${server.url}/md5`])
  await expect(wrong).rejects.toMatchObject({ code: 22 })
})

test('curl reports a dropped body as incomplete', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startHttpServer()
  server.fail({ after: 2000, do: 'drop' })
  // 18: CURLE_PARTIAL_FILE.
  await expect(
    run(curl, ['-sS', '-o', '/dev/null', `${server.url}/bytes/5000`]),
  ).rejects.toMatchObject({ code: 18 })
})
