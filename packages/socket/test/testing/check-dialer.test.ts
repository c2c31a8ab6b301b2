import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { listen, secure, tcpDialer, unixDialer, type Connection, type Dialer } from '@net/socket'
import {
  checkDialer,
  createCertificates,
  faulty,
  memoryDialer,
  startEchoServer,
} from '@net/socket/testing'
import { expect, test } from 'vitest'

test('[SOCK-29] [SOCK-10] the TCP dialer conforms', async () => {
  await checkDialer(async () => overTcp(tcpDialer()))
})

test('[SOCK-29] a dialer that injects faults conforms while it injects none', async () => {
  await checkDialer(async () => overTcp(faulty(tcpDialer(), [])))
})

test('[SOCK-28] [SOCK-29] the dialer in memory conforms', async () => {
  await checkDialer(async () => {
    const dialer = memoryDialer()
    const server = await startEchoServer({ dialer })
    const nobody = { scheme: 'tcp', host: 'nobody', port: 1 }
    return { dialer, echo: server.address, nobody, [Symbol.asyncDispose]: () => server.close() }
  })
})

test('[SOCK-06] the dialer of Unix sockets conforms', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-unix-'))
  let number = 0
  await checkDialer(async () => {
    const path = join(folder.path, String(number++))
    const server = await listen(`unix:${path}`, echo)
    const nobody = { scheme: 'unix', host: '', port: 0, path: `${path}-not-there` }
    return {
      dialer: unixDialer(),
      echo: server.address,
      nobody,
      [Symbol.asyncDispose]: () => server.close(),
    }
  })
})

test('TLS over a socket conforms', async () => {
  const certificates = createCertificates()
  await checkDialer(async () => {
    const server = await startEchoServer({ tls: certificates.issue() })
    const below = tcpDialer()
    const dialer: Dialer = {
      name: 'tls',
      async dial(endpoint, options) {
        return secure(await below.dial(endpoint, options), { ca: certificates.ca }, options)
      },
    }
    return { dialer, echo: server.address, [Symbol.asyncDispose]: () => server.close() }
  })
})

test('TLS over a transport without a socket conforms', async () => {
  const certificates = createCertificates()
  await checkDialer(async () => {
    const server = await startEchoServer({ tls: certificates.issue() })
    const below = faulty(tcpDialer(), [])
    const dialer: Dialer = {
      name: 'tls over a shim',
      async dial(endpoint, options) {
        return secure(await below.dial(endpoint, options), { ca: certificates.ca }, options)
      },
    }
    return { dialer, echo: server.address, [Symbol.asyncDispose]: () => server.close() }
  })
})

test('the error of a dialer that breaks the rules names the rule', async () => {
  const check = checkDialer(async () => {
    const made = await overTcp(tcpDialer())
    const dialer = faulty(made.dialer, { after: 1000, do: 'garbage', times: Infinity })
    return { ...made, dialer, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() }
  })
  await expect(check).rejects.toThrow(/^bytes come back in order and unchanged/)
})

async function overTcp(dialer: Dialer) {
  const server = await startEchoServer()
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const nobody = { scheme: 'tcp', host: '127.0.0.1', port }
  return { dialer, echo: server.address, nobody, [Symbol.asyncDispose]: () => server.close() }
}

async function echo(connection: Connection): Promise<void> {
  for await (const chunk of connection) await connection.write(chunk)
}
