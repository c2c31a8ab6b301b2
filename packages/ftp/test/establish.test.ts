import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { establish } from '../src/establish.ts'

test('connects, and refuses what is wrong before it does', async () => {
  await using server = await startFtpServer()
  await using client = await establish(server.url, undefined)
  expect(client.welcome).toBe('220 Ready.')
  for (const [url, options, code] of [
    ['http://127.0.0.1', {}, 'NET_BAD_URL'],
    ['ftps://127.0.0.1', { security: 'off' }, 'NET_BAD_OPTION'],
    ['ftp://127.0.0.1', { user: 'a\nb' }, 'NET_INJECTION'],
  ] as const) {
    await expect(establish(url, options)).rejects.toMatchObject({
      code,
      protocol: 'ftp',
      operation: 'connect',
    })
  }
})
