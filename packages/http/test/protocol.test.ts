import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { checkProtocol } from '@net/socket/testing'
import { test } from 'vitest'

// Sixteen cases, each over real sockets.
test('HTTP does what every protocol does', async () => {
  await checkProtocol({
    serve: ({ user, password }) =>
      startHttpServer({
        routes: {
          '/account': ({ headers }) => {
            const right = `Basic ${btoa(`${user}:${password}`)}`
            return { status: headers.authorization === right ? 200 : 401, body: 'two\nlines\n' }
          },
        },
      }),
    connect: async (baseUrl, { dialer, user, password }) =>
      http.createClient({ baseUrl, dialer, user, password }),
    ask: (client, options) => client.get('/account', options).text(),
    iterate: (client, options) => client.get('/account', options).lines(),
    lazy: true,
  })
})
