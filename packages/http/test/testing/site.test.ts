import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import type { Reply, RouteExchange } from '../../src/testing/route.ts'
import { ArrivingRequest } from '../../src/testing/seen-request.ts'
import { Site } from '../../src/testing/site.ts'

const exchange = {} as RouteExchange
const asked = (method: string, target: string): ArrivingRequest =>
  new ArrivingRequest({ method, target, fields: [] })

test('the route that says most of a request answers it', async () => {
  const named = (name: string): Reply => ({ body: name })
  const routes = {
    'GET /a': named('GET /a'),
    '/a': named('/a'),
    'POST /a/*': named('POST /a/*'),
    '/a/*': named('/a/*'),
    'CONNECT *': named('CONNECT *'),
  }
  const site = new Site(routes, {})
  const bodyFor = async (method: string, target: string): Promise<unknown> =>
    (await site.reply(undefined, asked(method, target), exchange)).body
  expect(await bodyFor('GET', '/a?b=1')).toBe('GET /a')
  expect(await bodyFor('PUT', '/a')).toBe('/a')
  expect(await bodyFor('POST', '/a/1')).toBe('POST /a/*')
  expect(await bodyFor('GET', '/a/1/2')).toBe('/a/*')
  expect(await bodyFor('CONNECT', 'example.com:443')).toBe('CONNECT *')
  expect(await bodyFor('GET', 'constructor')).toBe('there is no constructor\n')
})

test('a route that throws, or gives what is no reply, says so with 500', async () => {
  const routes = {
    '/throws': () => {
      throw new Error('oops')
    },
    '/wrong': () => ({ code: 200 }) as Reply,
  }
  const site = new Site(routes, {})
  expect(await site.reply(undefined, asked('GET', '/throws'), exchange)).toMatchObject({
    status: 500,
    body: 'the route of GET /throws failed: oops\n',
  })
  expect(await site.reply(undefined, asked('GET', '/wrong'), exchange)).toMatchObject({
    status: 500,
    body: expect.stringContaining('the reply has no code') as string,
  })
})

test('what is no final answer is refused, as a client would wait for ever', async () => {
  const connection = (): void => {}
  const routes = {
    '/hints': { status: 103 },
    '/half': { status: 101 },
    '/switch': { status: 101, connection },
    '/raw': { status: 101, raw: 'x' },
  }
  const site = new Site(routes, {})
  const statusOf = async (path: string): Promise<unknown> =>
    (await site.reply(undefined, asked('GET', path), exchange)).status
  expect(await statusOf('/hints')).toBe(500)
  expect(await statusOf('/half')).toBe(500)
  expect([await statusOf('/switch'), await statusOf('/raw')]).toEqual([101, 101])
  const fault = await site.reply({ do: { reply: { status: 102 } } }, asked('GET', '/'), exchange)
  expect(fault).toMatchObject({ status: 500, body: expect.stringContaining('102 is no final') })
})

test('a fault answers in place of the route, or delays it', async () => {
  using clock = useFakeClock()
  const site = new Site({ '*': { body: 'routed' } }, {})
  site.faults.add({ do: { reply: { status: 418 } } })
  site.faults.add({ do: { delay: 100 } })
  const request = asked('GET', '/')
  expect(await site.reply(site.meet(request), request, exchange)).toMatchObject({ status: 418 })
  let answered = false
  const later = site.reply(site.meet(request), request, exchange).then(() => (answered = true))
  await clock.advance(99)
  expect(answered).toBe(false)
  await clock.advance(1)
  await later
  expect(site.received).toEqual([request, request])
})

test('connections are cut as long as they are open', () => {
  const site = new Site({}, {})
  let cuts = 0
  const open = site.opened(() => (cuts += 1))
  site.cut()
  open[Symbol.dispose]()
  site.cut()
  expect(cuts).toBe(1)
})
