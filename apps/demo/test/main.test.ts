import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = new URL('../src/main.ts', import.meta.url).pathname

test('the whole tour passes, tells what went over the wire and draws one call', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@net/source', main])
  expect(stdout).toMatch(/← Hello from server!/)
  expect(stdout).toMatch(
    /→ POST http:\/\/127\.0\.0\.1:\d+\/echo {"title":"Hello","body":"from net"}/,
  )
  expect(stdout).toMatch(/← 500000 bytes over 50 connections/)
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    expect(stdout).toMatch(new RegExp(`^${number}  .*  (?:tcp|http, socks5).* ms  passed$`, 'm'))
  }
  expect(stdout).toMatch(/^ {2}http GET http.* │█+│ +[\d.]+ ms$/m)
  expect(stdout).toMatch(/^ {4}tcp dial .* │ *█+ *│/m)
  expect(stdout).toMatch(/9 of 9 scenarios passed\n$/)
})

test('a command that does not exist is answered with those that do', async () => {
  const failed: unknown = await promisify(execFile)(process.execPath, [
    '--conditions=@net/source',
    main,
    'frobnicate',
  ]).catch((error: unknown) => error)
  expect(failed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('demo get <url>') as string,
  })
})
