import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { getCommand } from '../../src/commands/get.ts'
import { streams } from '../recording-streams.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test('[HTTP-06] prints the document to stdout, and everything about it to stderr', async () => {
  await using server = await startHttpServer()
  const io = streams()
  expect(await getCommand([`${server.url}/json`], io)).toBe(0)
  expect(JSON.parse(io.printed())).toMatchObject({ title: 'Hello' })
  expect(io.messageText()).toContain('200 OK application/json')
})

test('saves a large body with progress', async () => {
  await using server = await startHttpServer()
  await using folder = await temporaryFolder()
  const io = streams()
  const file = join(folder.path, 'big.bin')
  expect(await getCommand([`${server.url}/bytes/3000000`, '-o', file], io)).toBe(0)
  expect(await readFile(file)).toHaveLength(3_000_000)
  expect(await readdir(folder.path)).toEqual(['big.bin'])
  expect(io.messageText()).toMatch(/█{24} 2\.9 MiB of 2\.9 MiB/)
  expect(io.messageText()).toContain(`saved 2.9 MiB to ${file}`)
})

test('a failure is one line and exit code 1', async () => {
  await using server = await startHttpServer()
  const io = streams()
  expect(await getCommand([`${server.url}/status/404`], io)).toBe(1)
  expect(io.printed()).toBe('')
  expect(io.messageText()).toMatch(/^http GET http:\/\/127\.0\.0\.1:\d+\/status\/404: .*404.*\n$/)
})

test.each([[[]], [['a', 'b']], [['--nonsense', 'x']]])(
  'wrong arguments %j are exit code 2',
  async (args) => {
    const io = streams()
    expect(await getCommand(args, io)).toBe(2)
    expect(io.messageText()).toMatch(/^usage/)
  },
)
