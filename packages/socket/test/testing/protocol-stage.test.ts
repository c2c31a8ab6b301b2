import { tcpDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { ProtocolStage } from '../../src/testing/protocol-stage.ts'
import { SteeredRoad } from '../../src/testing/steered-road.ts'
import { startToy, toy } from './toy-protocol.ts'

const login = { user: 'ada', password: 'lovelace' }

async function staged(lazy: boolean) {
  const server = await startToy(login)
  const road = new SteeredRoad(tcpDialer())
  const stage = new ProtocolStage({ ...toy, lazy }, { url: server.url, login, road })
  return { server, road, stage }
}

test('a client logs in over the road, and one that is lazy has made a call', async () => {
  for (const lazy of [false, true]) {
    const { server, road, stage } = await staged(lazy)
    await using _ = server
    await stage.client()
    expect(road.sent).toBe('WHO ada lovelace\r\n'.length + (lazy ? 'ONE\r\n'.length : 0))
    await stage.clear()
    await road.until(({ open }) => open === 0)
  }
})

test('a call is under way until the road speaks again', async () => {
  const { server, road, stage } = await staged(false)
  await using _ = server
  const client = await stage.unused()
  const { answer } = await stage.asking(client)
  road.steer('whole')
  expect(await answer).toBe('+1')
  const steps: unknown[] = []
  expect(await stage.loop(client, (value) => steps.push(value))).toEqual(['+1', '+2', '.'])
  expect(steps).toHaveLength(3)
  await stage.clear()
})
