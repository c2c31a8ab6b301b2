import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { putCommand } from '../../src/commands/put.ts'
import { streams } from '../recording-streams.ts'
import { temporaryFolder } from '../temporary-folder.ts'

beforeEach(() => {
  vi.stubEnv('NET_PASSWORD', 'lovelace')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test('uploads under the name of the file, or under the one that is given', async () => {
  await using folder = await temporaryFolder()
  await using server = await startFtpServer({ users: { ada: 'lovelace' } })
  const file = join(folder.path, 'report.csv')
  await writeFile(file, 'a,b\n')
  const url = server.url.replace('ftp://', 'ftp://ada@')
  const io = streams()
  expect(await putCommand([file, `${url}/`], io)).toBe(0)
  expect(await putCommand([file, `${url}/copy.csv`], io)).toBe(0)
  expect(Buffer.from(server.files.read('/report.csv')).toString()).toBe('a,b\n')
  expect(Buffer.from(server.files.read('/copy.csv')).toString()).toBe('a,b\n')
  expect(io.messageText()).toContain('uploaded 4 B as ')
})

test('a refused login is one line and exit code 1', async () => {
  await using folder = await temporaryFolder()
  await using server = await startFtpServer({ users: { ada: 'another' } })
  const file = join(folder.path, 'report.csv')
  await writeFile(file, 'a,b\n')
  const io = streams()
  const anonymous = `${server.url}/`
  expect(await putCommand([file, anonymous], io)).toBe(1)
  expect(io.messageText()).toMatch(/^ftp connect .*\n$/)
})

test.each([[[]], [['file']], [['--nonsense']]])(
  'wrong arguments %j are exit code 2',
  async (args) => {
    const io = streams()
    expect(await putCommand(args, io)).toBe(2)
    expect(io.messageText()).toMatch(/^usage: demo put/)
  },
)
