import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fromFile } from '@net/core'
import { connect, listen, overTransport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { afterAll, expect, test } from 'vitest'

import { failure, latin1 } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-send-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('[SOCK-23] a file is sent whole, between what was written before and after it', async () => {
  const content = randomBytes(3_000_000)
  const path = file('large', content)
  const received = Promise.withResolvers<Uint8Array>()
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    received.resolve(await connection.readAll())
  })
  await using connection = await connect(server.url)
  void connection.write('before ')
  const sent = connection.sendFile(fromFile(path))
  void connection.write(' after')
  await connection.end()
  expect(await sent).toBe(3_000_000)
  const expected = Buffer.concat([Buffer.from('before '), content, Buffer.from(' after')])
  expect(Buffer.from(await received.promise).equals(expected)).toBe(true)
})

test('[SOCK-23] a part of a file, an empty file, and one without a size', async () => {
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  const path = file('small', '0123456789')
  expect(await ours.sendFile(fromFile(path, { start: 2, end: 5 }))).toBe(3)
  expect(await ours.sendFile(fromFile(file('empty', '')))).toBe(0)
  const size = await ours.sendFile(fromFile('/proc/self/status'))
  await ours.end()
  const all = latin1(await theirs.readAll())
  expect(all.slice(0, 3)).toBe('234')
  expect(all.length).toBe(3 + size)
})

test('a file that is not there leaves the connection as it was', async () => {
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  const error = await failure(ours.sendFile(fromFile(join(folder, 'none'))))
  expect([error.code, error.operation]).toEqual(['NET_LOCAL_IO', 'sendFile'])
  await ours.write('still here\n')
  expect(await theirs.readLine()).toBe('still here')
})

test('a file that grows meanwhile ends the connection, because a part of it has left', async () => {
  const path = file('log', Buffer.alloc(5_000_000))
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  const call = failure(ours.sendFile(fromFile(path)))
  await theirs.readExactly(100_000)
  appendFileSync(path, 'one line more\n')
  const rest = failure(theirs.readAll())
  expect((await call).code).toBe('NET_LOCAL_IO')
  expect((await rest).code).toBe('NET_CONN_RESET')
})

test('an abort in the middle ends the connection, as that of a write does', async () => {
  const path = file('aborted', Buffer.alloc(2_000_000))
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  const controller = new AbortController()
  const call = failure(ours.sendFile(fromFile(path), { signal: controller.signal }))
  await theirs.readExactly(100_000)
  const rest = failure(theirs.readAll())
  controller.abort()
  expect((await call).code).toBe('NET_ABORTED')
  expect((await rest).code).toBe('NET_CONN_RESET')
})

test('a path is no file to send', async () => {
  const [one] = memoryPair()
  const error = await failure(overTransport(one).sendFile('report.csv' as never))
  expect(error.code).toBe('NET_BAD_OPTION')
  expect(error.message).toContain('fromFile')
})
