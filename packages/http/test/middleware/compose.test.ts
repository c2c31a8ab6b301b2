import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { compose } from '../../src/middleware/compose.ts'

const request = new http.HttpRequest('GET', new URL('http://host/'), http.HttpHeaders.none)

test('the first layer is the outermost', async () => {
  const order: string[] = []
  const layer =
    (name: string): http.Middleware =>
    async (sent, next) => {
      order.push(`>${name}`)
      const response = await next(sent)
      order.push(`<${name}`)
      return response
    }
  const handler: http.Handler = async () => {
    order.push('!')
    return http.createResponse()
  }
  await compose([layer('a'), layer('b')], handler)(request)
  expect(order).toEqual(['>a', '>b', '!', '<b', '<a'])
})

test('[HTTP-54] hooks see and change the request and the answer', async () => {
  const seen: string[] = []
  const hook: http.Middleware = async (sent, next) => {
    seen.push(`${sent.method} ${sent.url.pathname}`)
    const response = await next(sent.with({ headers: { 'x-hook': '1' } }))
    seen.push(String(response.status))
    return response
  }
  const handler: http.Handler = async ({ headers }) =>
    http.createResponse({ text: headers.get('x-hook') ?? 'none' })
  await using client = http.createClient({ middleware: [hook], handler })
  expect(await client.get('http://host/a').text()).toBe('1')
  expect(seen).toEqual(['GET /a', '200'])
})

test('[HTTP-55] a layer may answer by itself, or ask twice', async () => {
  let calls = 0
  const handler: http.Handler = async () => {
    calls += 1
    return http.createResponse({ text: `call ${calls}` })
  }
  const cached: http.Middleware = async () => http.createResponse({ text: 'cached' })
  const twice: http.Middleware = async (sent, next) => {
    await next(sent)
    return next(sent)
  }
  await using lazy = http.createClient({ middleware: [cached], handler })
  expect(await lazy.get('http://host/').text()).toBe('cached')
  expect(calls).toBe(0)
  await using eager = http.createClient({ middleware: [twice], handler })
  expect(await eager.get('http://host/').text()).toBe('call 2')
})

test('what a layer of the caller throws passes as it is', async () => {
  const mine = new TypeError('mine')
  const broken: http.Middleware = () => Promise.reject(mine)
  await using client = http.createClient({ middleware: [broken] })
  await expect(client.get('http://host/')).rejects.toBe(mine)
})

/** What `{ ...request }` gives, which our own lint refuses. */
function spread(sent: http.HttpRequest): unknown {
  return Object.assign({}, sent)
}

test('a spread copy of a request is refused with what to do, in next() and in send()', async () => {
  await using server = await startHttpServer()
  const passing: http.Middleware = async (sent, next) => next(sent)
  for (const change of [(sent: http.HttpRequest) => spread(sent), () => undefined]) {
    const spreading: http.Middleware = (sent, next) => next(change(sent) as never)
    await using client = http.createClient({ middleware: [spreading, passing] })
    const error: unknown = await client.get(server.url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_BAD_OPTION', retry: 'never' })
    expect(String(error)).toContain('a copy of it by request.with(')
  }
  await using client = http.createClient()
  const copy = spread(client.build('GET', server.url)) as http.HttpRequest
  const error: unknown = await client.send(copy).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(String(error)).toContain('a copy of one by request.with(')
})

test('what a handler of the caller throws passes as it is', async () => {
  const mine = new TypeError('mine')
  await using client = http.createClient({ handler: () => Promise.reject(mine) })
  await expect(client.get('http://host/')).rejects.toBe(mine)
})

test('a layer or handler that gives no answer is told so', async () => {
  const nothing = (() => Promise.resolve(undefined)) as unknown as http.Handler
  await using broken = http.createClient({ middleware: [nothing] })
  await expect(broken.get('http://host/')).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('what a middleware returns must be an answer'),
  })
  await using empty = http.createClient({ handler: nothing })
  await expect(empty.get('http://host/')).rejects.toMatchObject({
    message: expect.stringContaining('what handler returns must be an answer'),
  })
})
