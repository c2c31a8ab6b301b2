import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'

import { fromStreams, overTransport } from '@net/socket'
import { expect, test } from 'vitest'

import { failure, latin1, thrown } from './support.ts'

test('[SOCK-27] the output and the input of a process are one connection', async () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.stdin.on('data', (chunk) => process.stdout.write(String(chunk).toUpperCase())); process.stdin.on('end', () => process.stdout.write('end'))",
  ])
  const connection = overTransport(fromStreams({ readable: child.stdout, writable: child.stdin }))
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('HELLO')
  await connection.end()
  expect(await connection.readText()).toBe('end')
  await connection.close()
})

test('[SOCK-27] Web streams are joined as well', async () => {
  const [there, back] = [
    new TransformStream<Uint8Array, Uint8Array>(),
    new TransformStream<Uint8Array, Uint8Array>(),
  ]
  const ours = overTransport(fromStreams({ readable: back.readable, writable: there.writable }))
  const theirs = overTransport(fromStreams({ readable: there.readable, writable: back.writable }))
  await ours.write('ping')
  expect(latin1(await theirs.read())).toBe('ping')
  await theirs.write('pong')
  expect(latin1(await ours.read())).toBe('pong')
})

test('a failure of one half ends the connection', async () => {
  const readable = new PassThrough()
  const connection = overTransport(fromStreams({ readable, writable: new PassThrough() }))
  const reading = failure(connection.read())
  readable.destroy(new Error('broken'))
  expect((await reading).code).toBe('NET_CONN_CLOSED')
})

test('two streams are wanted', () => {
  for (const halves of [undefined, {}, { readable: new PassThrough() }]) {
    expect(thrown(() => fromStreams(halves as never)).code).toBe('NET_BAD_OPTION')
  }
})
