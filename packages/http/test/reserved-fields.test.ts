import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { refuseReserved } from '../src/reserved-fields.ts'

const RESERVED = `Connection Expect HTTP2-Settings Keep-Alive Proxy-Connection TE Trailer Transfer-Encoding Upgrade`

test.each(RESERVED.split(' '))('%s belongs to the connection', (name) => {
  const refused = expect.objectContaining({ code: 'NET_BAD_HEADER' })
  expect(() =>
    refuseReserved([
      ['a', 'b'],
      [name, 'x'],
    ]),
  ).toThrow(refused)
  expect(() => refuseReserved([[`x-${name}`, 'x']])).not.toThrow()
})

test.each([
  [
    'a copy of the request',
    (request) => request.with({ headers: { 'transfer-encoding': 'chunked' } }),
  ],
  [
    'a request of its own',
    ({ method, url, headers, body }) => {
      const fields = headers.with({ 'transfer-encoding': 'chunked' })
      return new http.HttpRequest(method, url, fields, body)
    },
  ],
] as const satisfies readonly (readonly [
  string,
  (request: http.HttpRequest) => http.HttpRequest,
])[])('no middleware frames a message in two ways: %s', async (_name, changed) => {
  await using server = await startHttpServer()
  const middleware: http.Middleware = (request, next) => next(changed(request))
  await using api = http.createClient({ baseUrl: server.url, middleware: [middleware] })
  await expect(api.post('/echo', { body: 'x' })).rejects.toMatchObject({ code: 'NET_BAD_HEADER' })
  expect(server.received).toHaveLength(0)
})

test('the login of a proxy reaches no server', async () => {
  await using server = await startHttpServer()
  await using api = http.createClient({ baseUrl: server.url })
  const sent = api.get('/json', { headers: { 'Proxy-Authorization': 'Basic eA==' } })
  await expect(sent).rejects.toMatchObject({
    code: 'NET_BAD_HEADER',
    message: expect.stringContaining('proxy'),
  })
  expect(server.received).toHaveLength(0)
})
