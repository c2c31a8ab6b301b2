import { startEchoServer } from '@net/socket/testing'
import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('measures how long connecting takes', async () => {
  await using server = await startEchoServer()
  const args = ['ping', server.url.replace('tcp://', ''), '--interval', '1ms', '-c', '3']
  const { code, out, err } = await net(args)
  expect(code).toBe(0)
  expect(out).toMatch(/^(\d: 127\.0\.0\.1 in [\d.]+ ms\n){3}$/)
  expect(err).toMatch(/^3 of 3 connected; fastest .*, median .*, slowest .*\n$/)
  expect((await net([...args, '--json'])).events.map(({ type }) => type)).toEqual([
    'connected',
    'connected',
    'connected',
    'summary',
  ])
  expect((await net(['ping', 'http://127.0.0.1:1/', '-c', '1'])).code).toBe(4)
})
