import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import { overTransport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { wsFrames } from '../../src/engine/ws.ts'
import { HttpHeaders } from '../../src/headers.ts'
import { webSocketOver } from '../../src/web-socket.ts'

test('abort waits for nothing, also where the peer takes nothing of what was sent', async () => {
  using _clock = useFakeClock()
  const [near] = memoryPair()
  const parts = {
    makeFrames: wsFrames,
    headers: new HttpHeaders(),
    protocol: '',
    deflate: undefined,
    options: { maxMessageBytes: 1_000_000, keepAlive: undefined },
    spec: { protocol: 'http', operation: 'webSocket', kind: 'session' },
    role: 'client',
  } as const
  const connection = overTransport(near)
  const socket = webSocketOver({ ...parts, connection })
  const sent = Promise.allSettled([1, 2, 3].map(() => socket.send(Buffer.alloc(1_000_000))))
  socket.abort(new Error('enough'))
  expect(await Promise.race([sent, turns()])).toMatchObject([
    { reason: { code: 'NET_ABORTED' } },
    { status: 'rejected' },
    { status: 'rejected' },
  ])
  expect((await connection.closed)?.code).toBe('NET_ABORTED')
  expect(await socket.closed).toMatchObject({ code: 'NET_ABORTED' })
})

/** Longer than anything takes that waits for nobody. */
async function turns(): Promise<void> {
  for (let left = 20; left > 0; left -= 1) await turn()
}
