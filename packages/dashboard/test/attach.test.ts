import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { holdSecret, isHeard, operation } from '@net/core/authoring'
import { canary, eventsOff, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { attach } from '@net/dashboard'
import { ask, open, post, until } from './visitor.ts'

const spec = { protocol: 'http', operation: 'GET', kind: 'command' } as const

async function call(target: string): Promise<void> {
  await operation({ ...spec, target }, {}, (op) => op.phase('send', async () => {}))
}

test('an operation of the program is in the list, whole in its detail, and in the stream', async () => {
  await using dashboard = await attach({ title: 'a program' })
  await call('http://127.0.0.1/first')

  const about = (await ask(dashboard, '/api/about')).json()
  expect(about).toMatchObject({ title: 'a program', pid: process.pid, lab: { servers: 0 } })
  const list = (await ask(dashboard, '/api/operations')).json() as { rows: unknown[][] }
  expect(list.rows).toHaveLength(1)
  const [row = []] = list.rows
  expect([row[3], row[4], row[5], row[9]]).toEqual(['http', 'GET', 'http://127.0.0.1/first', 'ok'])
  const detail = (await ask(dashboard, `/api/operations/${String(row[1])}`)).json()
  expect(detail).toMatchObject({ phases: [{ phase: 'send', outcome: 'ok' }] })
  expect((await ask(dashboard, '/api/operations/999999999')).status).toBe(404)

  const stream = await open(dashboard, '/api/stream')
  await call('http://127.0.0.1/second')
  expect(await until(stream, /second.*\n\n/u)).toContain('event: rows')
})

test('a part of the list is asked for by place, or by what has changed', async () => {
  await using dashboard = await attach()
  for (const name of ['a', 'b', 'c']) await call(name)
  const targets = async (query: string): Promise<unknown> => {
    const { rows } = (await ask(dashboard, `/api/operations?${query}`)).json() as {
      rows: unknown[][]
    }
    return rows.map((row) => row[5])
  }
  expect(await targets('limit=2')).toEqual(['c', 'b'])
  expect(await targets('before=1')).toEqual(['a'])
  const { sequence } = (await ask(dashboard, '/api/operations')).json() as { sequence: number }
  await call('d')
  expect(await targets(`after=${sequence}`)).toEqual(['d'])
  expect((await post(dashboard, '/api/clear')).status).toBe(200)
  expect(await targets('')).toEqual([])
})

test('no secret of a call is in anything that is served', async () => {
  await using dashboard = await attach({ lines: 'always' })
  const password = canary('dashboard')
  const holder = {}
  holdSecret(password, holder)
  const run = operation(
    { ...spec, target: `http://ada:${password}@127.0.0.1/` },
    {},
    async (op) => {
      op.wire('send', () => `AUTH ${password}`)
    },
  )
  await run
  expect(holder).toEqual({})
  const list = (await ask(dashboard, '/api/operations')).text
  const id = String((JSON.parse(list) as { rows: unknown[][] }).rows[0]?.[1])
  const texts = [list, (await ask(dashboard, `/api/operations/${id}`)).text]
  for (const path of ['har', 'traces'])
    texts.push((await ask(dashboard, `/api/export/${path}`)).text)
  for (const text of texts) expectNoCanary(text)
})

test('a port that is in use makes way for the next one', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await using dashboard = await attach({ port })
  expect(dashboard.port).toBeGreaterThan(port)
  taken.close()
})

test('close ends the streams, the server and the listening to events, once', async () => {
  const dashboard = await attach()
  const stream = await open(dashboard, '/api/stream')
  const ended = new Promise((resolve) => stream.on('error', resolve))
  stream.resume()
  await Promise.all([dashboard.close(), dashboard.close({ grace: 0 })])
  await ended
  await expect(dashboard.closed).resolves.toBeUndefined()
  await expect(ask(dashboard, '/')).rejects.toThrow(/ECONNREFUSED/u)
})

test('an address that nobody can listen on is an error, and nothing listens to events then', async () => {
  await expect(attach({ listen: '203.0.113.1' })).rejects.toMatchObject({ code: 'NET_BIND_DENIED' })
  await expect(attach({ prot: 1 } as never)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  eventsOff()
  expect(isHeard('operation', undefined)).toBe(false)
})
