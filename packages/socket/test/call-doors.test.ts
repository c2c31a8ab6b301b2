import { connect, listen } from '@net/socket'
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
