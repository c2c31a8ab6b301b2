import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connect, listen } from '@net/socket'
import { afterAll, expect, test } from 'vitest'

import { failure } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-unix-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The file of a socket whose process was killed. */
async function leftBehind(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', script])
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(existsSync(path)).toBe(true)
}

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
  await leftBehind(path)
  await using server = await listen(`unix:${path}`, (connection) => connection.write('new'))
  await using connection = await connect(server.url)
  expect(await connection.readText()).toBe('new')
})

test('of two that take over what a killed process has left, one listens and the other is told', async () => {
  const path = join(folder, 'raced')
  await leftBehind(path)
  const settled = await Promise.allSettled([
    listen(`unix:${path}`, (connection) => connection.write('one')),
    listen(`unix:${path}`, (connection) => connection.write('two')),
  ])
  const servers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const reasons = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(servers).toHaveLength(1)
  expect(reasons).toMatchObject([{ code: 'NET_BIND_IN_USE' }])
  await using connection = await connect(`unix:${path}`)
  expect(await connection.readText()).toMatch(/one|two/)
  expect(readdirSync(folder).filter((name) => name.startsWith('raced'))).toEqual(['raced'])
  for (const server of servers) await server.close()
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
