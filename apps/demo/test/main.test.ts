import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = new URL('../src/main.ts', import.meta.url).pathname

test('the whole tour passes as plain text: story, code, wire, table and bars', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@net/source',
    main,
    '--wire',
  ])
  expect(stdout).toContain('    │ return http.get(`${url}/json`).json<Post>()\n')
  expect(stdout).toMatch(/← Hello from server!/)
  expect(stdout).toMatch(
    /→ POST http:\/\/127\.0\.0\.1:\d+\/echo {"title":"Hello","body":"from net"}/,
  )
  expect(stdout).toMatch(/^ {6}> http {2}GET \/json HTTP\/1\.1$/m)
  expect(stdout).toMatch(/← 500000 bytes over 50 connections/)
  for (let number = 1; number <= 14; number++) {
    expect(stdout).toMatch(
      new RegExp(`^ *${number}  .*(?:tcp|http, socks5|memory).* ms  passed$`, 'm'),
    )
  }
  expect(stdout).toMatch(/^one column is [\d.]+ ms, for all of them$/m)
  for (const protocol of ['tcp', 'http', 'ftp', 'smtp', 'ssh', 'queue']) {
    expect(stdout).toMatch(new RegExp(`^${protocol}\n  .* [a-z·]+ .* ms$`, 'm'))
  }
  expect(stdout).toMatch(/14 of 14 scenarios passed\n$/)
  expect(stdout).not.toMatch(/\r|\u001b/u)
  const table = stdout.slice(stdout.indexOf('scenario  '))
  expect(Math.max(...table.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
})

test.each(['frobnicate', '--frobnicate'])('%s is answered with what there is', async (word) => {
  const failed: unknown = await promisify(execFile)(process.execPath, [
    '--conditions=@net/source',
    main,
    word,
  ]).catch((error: unknown) => error)
  expect(failed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('demo lab') as string,
  })
})

test('a reader that leaves ends the tour without a word', async () => {
  const demo = start([])
  await once(demo.stdout, 'data')
  demo.stdout.destroy()
  const messages = await text(demo.stderr)
  expect([demo.exitCode ?? (await once(demo, 'exit'))[0], messages]).toEqual([
    0,
    expect.not.stringMatching(/error|EPIPE/iu),
  ])
})

test.skipIf(!existsSync('/dev/full'))(
  'an output that takes nothing, such as that of a full disk, is told in one line',
  async () => {
    const line = [process.execPath, '--conditions=@net/source', main]
    const demo = spawn('sh', ['-c', 'exec "$0" "$@" > /dev/full', ...line], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [told, [code]] = await Promise.all([text(demo.stderr), once(demo, 'exit')])
    expect(told).toContain('ENOSPC')
    expect(told).not.toMatch(/^ +at /m)
    expect(code).toBe(1)
  },
)

/** The demo as a program whose standard input is at its end. */
function start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--conditions=@net/source', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
