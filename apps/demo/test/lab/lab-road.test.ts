import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { labRoad } from '../../src/lab/lab-road.ts'

test('a fault befalls the next connection alone, and the road tells of both', async () => {
  await using server = await startEchoServer()
  const { dialer, faults, made } = labRoad()
  faults['refuse the connection']?.()
  await expect(connect(server.url, { dialer })).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
  await using connection = await connect(server.url, { dialer })
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('hello')
  const to = server.url.replace('tcp://', '')
  expect(made).toEqual([
    { to, fault: 'refuse the connection' },
    { to, fault: 'none' },
  ])
})

test('faults that are armed one after the other befall one connection each', async () => {
  await using server = await startEchoServer()
  const { dialer, faults } = labRoad()
  for (const arm of Object.values(faults)) arm()
  const outcomes: string[] = []
  for (const name of Object.keys(faults).slice(0, 3)) {
    try {
      await using connection = await connect(server.url, { dialer })
      await connection.write('x'.repeat(400))
      outcomes.push(`${name}: ${(await connection.readAll({ limit: 1000 })).length} bytes`)
    } catch (error) {
      outcomes.push(`${name}: ${(error as { readonly code: string }).code}`)
    }
  }
  expect(outcomes).toEqual([
    'refuse the connection: NET_CONNECT_REFUSED',
    'lose it after 300 bytes: 300 bytes',
    'reset it after 300 bytes: NET_CONN_RESET',
  ])
})
