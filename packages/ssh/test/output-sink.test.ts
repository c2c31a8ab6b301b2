import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { toFile } from '@net/core'
import { startSshServer } from '@net/ssh/testing'

import { OutputSink } from '../src/output-sink.ts'
import { failureOf, logInTo } from './embedded.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
})

afterEach(() => rm(folder, { recursive: true }))

const exec = {
  dump: async (_: string, { stdout, stderr }: Parameters<OutputWriter>[1]) => {
    for (let number = 0; number < 20; number++) await stdout.write(Buffer.alloc(2 ** 20, number))
    await stderr.write('done\n')
  },
}
type OutputWriter = (
  command: string,
  io: {
    readonly stdout: { write(data: string | Uint8Array): Promise<void> }
    readonly stderr: { write(data: string | Uint8Array): Promise<void> }
  },
) => Promise<void>

test('[SSH-41] outputs go to files and functions while the command runs', async () => {
  await using server = await startSshServer({ exec })
  await using host = await logInTo(server)
  const [path, errors] = [join(folder, 'dump'), [] as string[]]
  const result = await host.exec('dump', {
    stdout: toFile(path),
    stderr: (chunk) => void errors.push(Buffer.from(chunk).toString()),
  })
  expect(result).toEqual({ stdout: '', stderr: '', exitCode: 0, exitSignal: undefined })
  const written = await readFile(path)
  expect(written.length).toBe(20 * 2 ** 20)
  expect(written.every((byte, at) => byte === Math.floor(at / 2 ** 20))).toBe(true)
  expect(errors.join('')).toBe('done\n')
  const both: Uint8Array[] = []
  await host.exec('dump', { stdout: (chunk) => void both.push(chunk), stderr: 'stdout' })
  expect(Buffer.concat(both).subarray(-5).toString()).toBe('done\n')
})

test('a sink that fails ends the command with its own error, and a command that is lost leaves no file', async () => {
  await using server = await startSshServer({ exec })
  await using host = await logInTo(server)
  const own = new Error('full')
  const full = new Writable({
    write(_, __, done) {
      done(own)
    },
  })
  expect(await failureOf(host.exec('dump', { stdout: full }))).toBe(own)
  server.fail({ on: 'exit', do: 'reset' })
  const stdout = toFile(join(folder, 'dump'))
  expect(await failureOf(host.exec('dump', { stdout }))).toMatchObject({
    name: 'ConnectionLostError',
  })
  expect(await readdir(folder)).toEqual([])
  expect(OutputSink.name).toBe('OutputSink')
})

test.each([
  ['that the server says nothing of', { check: false }, 'NET_PROTO_INCOMPLETE'],
  ['that fails, where that is checked', { check: true }, 'NET_EXIT_STATUS'],
])('a file does not get the output of a command %s', async (_, options, code) => {
  const half = { half: { stdout: 'half', exit: 1 } }
  await using server = await startSshServer({ exec: half })
  await using host = await logInTo(server)
  if (!options.check) server.fail({ on: 'exit half', do: { reply: 'failure' } })
  const file = join(folder, 'dump')
  await writeFile(file, 'the old one')
  const running = host.exec('half', {
    ...options,
    stdout: toFile(file),
  })
  expect(await failureOf(running)).toMatchObject({ code })
  expect(await readFile(file, 'utf8')).toBe('the old one')
  expect(await readdir(folder)).toEqual(['dump'])
  const pieces: string[] = []
  const stdout = (chunk: Uint8Array): void => void pieces.push(Buffer.from(chunk).toString())
  expect(await failureOf(host.exec('half', { check: true, stdout }))).toMatchObject({
    code: 'NET_EXIT_STATUS',
  })
  expect(pieces.join('')).toBe('half')
})
