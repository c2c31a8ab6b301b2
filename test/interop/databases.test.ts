// Drivers of databases and HTTP libraries of others, as docs/guide/databases-through-tunnels.md has them: each reaches its real
// server through an SSH tunnel, through a SOCKS proxy, and with TLS.
import { once, type EventEmitter } from 'node:events'

import { create } from 'axios'
import got from 'got'
import { AbstractConnector, Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client, Pool } from 'pg'
import { expect, test } from 'vitest'

import { startHttpServer } from '@net/http/testing'
import { agentOver, socketOver, socksDialer, type Dialer, type TlsOptions } from '@net/socket'
import { createCertificates, startSocksServer, type IssuedCertificate } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { startMariaDb, startPostgres, startRedis } from './databases.ts'

const INSIDE = 'db.internal'
const authority = createCertificates()
const certificate: IssuedCertificate = authority.issue({ names: [INSIDE] })

/** Two roads to a port of this machine that only their other ends know by the name `db.internal`. */
interface Roads extends AsyncDisposable {
  readonly dialers: readonly Dialer[]
}

async function roadsTo(port: number): Promise<Roads> {
  await using stack = new AsyncDisposableStack()
  const routes = { [`${INSIDE}:${port}`]: `127.0.0.1:${port}` }
  const server = stack.use(await startSshServer({ routes }))
  const host = stack.use(
    await ssh.connect(server.url, {
      user: 'ada',
      password: 'lovelace',
      hostKeys: ssh.pinned(server.hostKey.fingerprint),
    }),
  )
  const proxy = stack.use(await startSocksServer({ hosts: { [INSIDE]: '127.0.0.1' } }))
  const open = stack.move()
  return {
    dialers: [host.dialer, socksDialer(proxy.url)],
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

test('pg is a client of PostgreSQL through a tunnel and a proxy, in clear and in its own TLS', async (context) => {
  const { port } = await startPostgres(context, certificate)
  await using roads = await roadsTo(port)
  for (const dialer of roads.dialers) {
    for (const ssl of [false, { ca: authority.ca }]) {
      const stream = () => socketOver(dialer, `tcp://${INSIDE}:${port}`)
      // Its TLS verifies this name.
      const host = INSIDE
      const client = new Client({ host, user: 'nobody', database: 'postgres', stream, ssl })
      await client.connect()
      const query =
        'select $1::int * 7 as product, ssl from pg_stat_ssl where pid = pg_backend_pid()'
      expect((await client.query(query, [6])).rows).toEqual([{ product: 42, ssl: ssl !== false }])
      await client.end()
    }
  }
  const [dialer] = roads.dialers as [Dialer]
  const closed: Promise<unknown>[] = []
  const pool = new Pool({
    user: 'nobody',
    database: 'postgres',
    max: 3,
    stream: () => {
      const socket = socketOver(dialer, `tcp://${INSIDE}:${port}`)
      closed.push(once(socket, 'close'))
      return socket
    },
  })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => pool.query('select $1::int as at', [at])),
  )
  expect(answers.map(({ rows }) => (rows[0] as { at: number }).at)).toEqual(
    Array.from({ length: 20 }, (_, at) => at),
  )
  await pool.end()
  // It does not wait for its sockets, and the tunnel must not end before them.
  await Promise.all(closed)
})

test('mysql2 is a client of MariaDB through a tunnel and a proxy, in clear and in its own TLS', async (context) => {
  const { port } = await startMariaDb(context, certificate)
  await using roads = await roadsTo(port)
  for (const dialer of roads.dialers) {
    for (const ssl of [undefined, { ca: authority.ca }]) {
      const connection = await createConnection({
        host: INSIDE,
        user: 'nobody',
        password: 'lovelace',
        database: 'shop',
        stream: socketOver(dialer, `tcp://${INSIDE}:${port}`),
        ...(ssl === undefined ? {} : { ssl }),
      })
      const [rows] = await connection.execute('select ? * 7 as product', [6])
      expect(Number((rows as { product: unknown }[])[0]?.product)).toBe(42)
      const [status] = await connection.query("show status like 'Ssl_cipher'")
      expect((status as { Value: string }[])[0]?.Value !== '').toBe(ssl !== undefined)
      await connection.end()
    }
  }
})

interface RedisRoad {
  readonly scheme: string
  readonly issued?: IssuedCertificate
  readonly tls?: TlsOptions
}

test.for<RedisRoad>([
  { scheme: 'tcp' },
  { scheme: 'tls', issued: certificate, tls: { ca: authority.ca } },
])(
  'ioredis is a client of Redis through a tunnel and a proxy, over $scheme',
  async (road, context) => {
    const { scheme, issued, tls } = road
    const { port } = await startRedis(context, issued)
    await using roads = await roadsTo(port)
    for (const dialer of roads.dialers) {
      class Tunnel extends AbstractConnector {
        constructor() {
          super(0)
        }

        async connect() {
          const socket = socketOver(dialer, `${scheme}://${INSIDE}:${port}`, { tls })
          this.stream = socket
          return socket
        }
      }
      const redis = new Redis({ Connector: Tunnel })
      await redis.set('key', 'value')
      const told = await redis.pipeline().incr('count').get('key').exec()
      expect(told?.map(([error]) => error)).toEqual([null, null])
      expect(told?.[1]?.[1]).toBe('value')
      redis.disconnect()
    }
  },
)

test('axios and got ask through a tunnel and a proxy, in clear and in TLS', async () => {
  await using web = await startHttpServer()
  await using sealed = await startHttpServer({ tls: certificate })
  for (const [server, scheme] of [
    [web, 'http'],
    [sealed, 'https'],
  ] as const) {
    const { port } = new URL(server.url)
    await using roads = await roadsTo(Number(port))
    for (const dialer of roads.dialers) {
      const plain = agentOver(dialer)
      const secured = agentOver(dialer, { protocol: 'https:', tls: { ca: authority.ca } })
      const url = `${scheme}://${INSIDE}:${port}/json`
      const byAxios = create({ httpAgent: plain, httpsAgent: secured, proxy: false })
      const { data } = await byAxios.get<unknown>(url)
      expect(data).toMatchObject({ title: 'Hello' })
      const agent = { http: plain, https: secured } as never
      expect(await got(url, { agent }).json()).toMatchObject({ title: 'Hello' })
      plain.destroy()
      secured.destroy()
    }
  }
})

interface WsClient extends EventEmitter {
  send(text: string): void
  close(): void
}
type WsClientClass = new (url: string, options: { readonly agent: unknown }) => WsClient

test('ws talks through a tunnel and a proxy, in clear and in TLS', async () => {
  const { WebSocket } = (await import('ws')) as unknown as { readonly WebSocket: WsClientClass }
  await using web = await startHttpServer()
  await using sealed = await startHttpServer({ tls: certificate })
  for (const server of [web, sealed]) {
    const { port, protocol } = new URL(server.url)
    await using roads = await roadsTo(Number(port))
    for (const dialer of roads.dialers) {
      const isSealed = protocol === 'https:'
      const agent = isSealed
        ? agentOver(dialer, { protocol: 'https:', tls: { ca: authority.ca } })
        : agentOver(dialer)
      const url = `${isSealed ? 'wss' : 'ws'}://${INSIDE}:${port}/websocket`
      const socket = new WebSocket(url, { agent })
      await once(socket, 'open')
      socket.send('through')
      expect(String((await once(socket, 'message'))[0])).toBe('through')
      const closed = once(socket, 'close')
      socket.close()
      expect((await closed)[0]).toBe(1005)
      agent.destroy()
    }
  }
})
