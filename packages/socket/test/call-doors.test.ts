import { PassThrough } from 'node:stream'

import {
  connect,
  fromSocket,
  listen,
  overTransport,
  pipe,
  secure,
  secureServer,
  systemResolver,
  toSocket,
} from '@net/socket'
import { faulty, memoryDialer, memoryPair, withFaults } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { takeGrace } from '../src/call-doors.ts'
import { failure } from './support.ts'

test('calls refuse options that they do not have', async () => {
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.readAll()
  })
  await using connection = await connect(server.url)
  const calls = [
    connection.read({ size: 3 } as object),
    connection.readAll({ max: 3 } as object),
    connection.readLine({ limit: '3' } as object),
    connection.readExactly(-1),
    connection.readUntil(''),
    connection.write(5 as never),
    connection.write('x', { timeOut: 3 } as object),
    connection.close({ graze: 3 } as object),
  ]
  for (const call of calls) expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})

test('the grace of a close is 2 seconds unless it is given', () => {
  expect([takeGrace(undefined), takeGrace({ grace: undefined }), takeGrace({ grace: 5 })]).toEqual([
    2000, 2000, 5,
  ])
})

test.each([[null], [''], [NaN], [0], [5], ['x'], [[]]])(
  'options of a call may not be %j',
  async (wrong) => {
    const [transport] = memoryPair()
    await using connection = overTransport(transport)
    const options = wrong as never
    const calls: Record<string, () => Promise<unknown>> = {
      read: () => connection.read(options),
      readExactly: () => connection.readExactly(1, options),
      readLine: () => connection.readLine(options),
      readUntil: () => connection.readUntil('x', options),
      readAll: () => connection.readAll(options),
      readText: () => connection.readText(options),
      write: () => connection.write('x', options),
      flush: () => connection.flush(options),
      end: () => connection.end(options),
      startTls: () => connection.startTls({}, options),
      lines: async () => connection.lines(options),
      close: () => connection.close(options),
    }
    for (const [operation, call] of Object.entries(calls)) {
      expect(await failure(call())).toMatchObject({
        code: 'NET_BAD_OPTION',
        protocol: 'socket',
        operation,
      })
    }
  },
)

test.each([[undefined], [null], [5], ['x'], [{}]])(
  'what works on a road refuses %j',
  async (wrong) => {
    const [transport] = memoryPair()
    const connection = overTransport(transport)
    const given = wrong as never
    const calls: Record<string, () => unknown> = {
      overTransport: () => overTransport(given),
      toSocket: () => toSocket(given),
      fromSocket: () => fromSocket(given),
      secure: () => secure(given, {}),
      secureServer: () => secureServer(given, {}),
      pipe: () => pipe(connection, given),
      systemResolver: () => (wrong === 'x' ? systemResolver(5 as never) : systemResolver(given)),
      listen: () => listen('tcp://127.0.0.1:0', given),
      faulty: () => faulty(given, { do: 'drop' }),
      withFaults: () => withFaults(given, []),
    }
    for (const [operation, call] of Object.entries(calls)) {
      expect(await failure((async () => call())())).toMatchObject({
        code: 'NET_BAD_OPTION',
        protocol: 'socket',
        operation,
      })
    }
  },
)

test('options of roads may not be anything else', async () => {
  const calls: Record<string, () => unknown> = {
    secure: () => secure(memoryPair()[0], null as never),
    memoryDialer: () => memoryDialer({ size: 3 } as never),
    withFaults: () => withFaults(memoryPair()[0], { do: 'drop' } as never),
    readExactly: () => overTransport(memoryPair()[0]).readExactly('1' as never),
    fromSocket: () => fromSocket(new PassThrough(), { hop: [] } as never),
  }
  for (const [operation, call] of Object.entries(calls)) {
    expect(await failure((async () => call())())).toMatchObject({
      code: 'NET_BAD_OPTION',
      protocol: 'socket',
      operation,
    })
  }
})
