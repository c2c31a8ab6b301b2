import { connect } from '@net/socket'
import { expect, test } from 'vitest'

import { startRespServer } from '../src/resp-server.ts'

test('sets, gets and counts, and says what it does not know', async () => {
  await using server = await startRespServer()
  await using connection = await connect(`tcp://127.0.0.1:${server.port}`)
  const ask = async (...words: readonly string[]): Promise<string | null> => {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    await connection.write(`*${words.length}\r\n${parts.join('')}`)
    const head = await connection.readLine()
    return head?.startsWith('$') === true && head !== '$-1' ? connection.readLine() : head
  }
  expect(await ask('get', 'name')).toBe('$-1')
  expect(await ask('SET', 'name', 'Ada Lövelace')).toBe('+OK')
  expect(await ask('GET', 'name')).toBe('Ada Lövelace')
  expect([await ask('INCR', 'visits'), await ask('INCR', 'visits')]).toEqual([':1', ':2'])
  expect(await ask('FLUSHALL')).toBe("-ERR unknown command 'FLUSHALL'")
})
