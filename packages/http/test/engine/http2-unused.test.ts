import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { expect, test } from 'vitest'

import {
  ACK,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  OK,
  PING,
  SETTINGS,
  startFrameServer,
  trusted,
} from '../http2-server.ts'

test('an unused connection is asked nothing for a minute, and then with the next request', async () => {
  const heard: number[] = []
  await using server = await startFrameServer(({ type, flags, stream }, send) => {
    heard.push(type)
    if (type === SETTINGS && flags !== ACK) send({ type: SETTINGS })
    if (type === HEADERS)
      send({ type: HEADERS, flags: END_HEADERS | END_STREAM, stream, payload: OK })
  })
  using clock = useFakeClock()
  await using client = http.createClient({
    baseUrl: server.url,
    tls: trusted,
    http2: true,
    connections: { idleTime: 120_000 },
  })
  await client.get('/')
  // Ours, and what we say to theirs.
  await expect.poll(() => heard.filter((type) => type === SETTINGS).length).toBe(2)
  const before = heard.length
  await clock.advance(60_000)
  for (let turns = 0; turns < 20; turns++) await turn(undefined)
  expect(heard.slice(before)).toEqual([])
  const next = client.get('/')
  await expect.poll(() => heard.slice(before)).toContain(PING)
  expect(heard.slice(before)).toContain(HEADERS)
  expect((await next).status).toBe(200)
})
