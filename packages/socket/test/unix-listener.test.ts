import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connect, listen } from '@net/socket'
import { afterAll, expect, test } from 'vitest'

import { failure } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-unix-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('[SOCK-55] the file of a socket has the permissions that were asked for', async () => {
  const path = join(folder, 'private')
  const umask = process.umask()
  await using server = await listen(`unix:${path}`, () => {}, { mode: 0o600 })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(process.umask()).toBe(umask)
  await server.close()
  expect(existsSync(path)).toBe(false)
})

test('[SOCK-55] a file that a killed process has left is replaced', async () => {
  const path = join(folder, 'stale')
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', script])
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(existsSync(path)).toBe(true)
  await using server = await listen(`unix:${path}`, (connection) => connection.write('new'))
  await using connection = await connect(server.url)
  expect(await connection.readText()).toBe('new')
})

test('[SOCK-55] a socket that is in use, and a file of another kind, stay', async () => {
  const path = join(folder, 'used')
  await using server = await listen(`unix:${path}`, (connection) => connection.write('old'))
  expect((await failure(listen(`unix:${path}`, () => {}))).code).toBe('NET_BIND_IN_USE')
  await using connection = await connect(server.url)
  expect(await connection.readText()).toBe('old')
  const plain = join(folder, 'plain')
  writeFileSync(plain, 'text')
  expect((await failure(listen(`unix:${plain}`, () => {}))).code).toBe('NET_BIND_IN_USE')
  expect(statSync(plain).size).toBe(4)
})

test('a mode has nine bits', async () => {
  const call = listen(`unix:${join(folder, 'x')}`, () => {}, { mode: 0o1000 })
  expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})
