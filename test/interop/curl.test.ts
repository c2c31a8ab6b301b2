// curl against the server that @net/http brings for tests: it must be good enough for a client that is not ours.
import { execFile } from 'node:child_process'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { startHttpServer } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'

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
  const folder = mkdtempSync(join(tmpdir(), 'net-curl-'))
  writeFileSync(join(folder, 'ca.pem'), authority.ca)
  const got = await run(curl, ['-sS', '--cacert', join(folder, 'ca.pem'), `${server.url}/json`])
  rmSync(folder, { recursive: true })
  expect(JSON.parse(got.stdout)).toMatchObject({ id: 1 })
  await expect(run(curl, ['-sS', `${server.url}/json`])).rejects.toThrow('certificate')
})

test('curl sees a dropped body as cut short', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using server = await startHttpServer()
  server.fail({ after: 2000, do: 'drop' })
  // 18: CURLE_PARTIAL_FILE.
  await expect(
    run(curl, ['-sS', '-o', '/dev/null', `${server.url}/bytes/5000`]),
  ).rejects.toMatchObject({ code: 18 })
})
