import { createServer, get, request, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer, get as secureGet } from 'node:https'
import type { AddressInfo } from 'node:net'

import { agentOver, socksDialer, tcpDialer, type AgentOverOptions, type Dialer } from '@net/socket'
import { createCertificates, startSocksServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, thrown } from './support.ts'

const certificates = createCertificates()
const tls = { ca: certificates.ca }

/** A server of Node's that says which of its connections a request came over. */
async function startServer(protocol: 'http:' | 'https:') {
  const sockets = new Set<unknown>()
  const answer = ({ socket, url }: IncomingMessage, response: { end(text: string): void }) => {
    sockets.add(socket)
    response.end(`${url} over ${sockets.size}`)
  }
  const server =
    protocol === 'http:' ? createServer(answer) : createTlsServer(certificates.issue(), answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function text(url: string, agent: ReturnType<typeof agentOver>): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const ask = url.startsWith('https:') ? secureGet : get
    ask(url, { agent }, resolve).on('error', reject)
  })
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return body
}

for (const protocol of ['http:', 'https:'] as const) {
  test(`requests of Node's ${protocol} client travel over the dialer and share a connection`, async () => {
    await using server = await startServer(protocol)
    await using proxy = await startSocksServer({ hosts: { localhost: '127.0.0.1' } })
    const options: AgentOverOptions = { protocol, tls }
    const agent = agentOver(socksDialer(proxy.url), options)
    const url = `${protocol}//localhost:${server.port}`
    expect(await text(`${url}/a`, agent)).toBe('/a over 1')
    expect(await text(`${url}/b`, agent)).toBe('/b over 1')
    expect(proxy.received.map(({ target }) => target)).toEqual([`localhost:${server.port}`])
    agent.destroy()
  })
}

test('a connection that was verified for one name is not used for another', async () => {
  const issued = certificates.issue({ names: ['a.example', 'b.example'] })
  const asked: unknown[] = []
  const server = createTlsServer(issued, ({ socket }, response) => {
    asked.push(Reflect.get(socket, 'servername'))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const agent = agentOver(tcpDialer(), { protocol: 'https:', tls })
  for (const servername of ['a.example', 'b.example', 'a.example']) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      secureGet({ host: '127.0.0.1', port, servername, agent }, resolve).on('error', reject)
    })
    await response.resume().toArray()
  }
  expect(asked).toEqual(['a.example', 'b.example', 'a.example'])
  agent.destroy()
  await new Promise((resolve) => server.close(resolve))
})

test('certificates are verified, whatever the request says', async () => {
  await using server = await startServer('https:')
  const agent = agentOver(tcpDialer(), { protocol: 'https:' })
  const url = `https://localhost:${server.port}`
  const call = new Promise((resolve, reject) => {
    secureGet(url, { agent, rejectUnauthorized: false }, resolve).on('error', reject)
  })
  expect((await failure(call)).code).toBe('NET_TLS_CERT_UNTRUSTED')
  agent.destroy()
})

test('a dial that fails is the error of the request', async () => {
  const dialer: Dialer = { name: 'broken', dial: () => Promise.reject(refusal()) }
  const error = await failure(text('http://a.test/', agentOver(dialer)))
  expect(error).toMatchObject({ code: 'NET_CONNECT_REFUSED', target: 'a.test:80' })
})

/** A dialer whose dials go on when they are let. */
function heldDialer(): { dialer: Dialer; dials: PromiseWithResolvers<void>[] } {
  const dials: PromiseWithResolvers<void>[] = []
  const plain = tcpDialer()
  const dialer: Dialer = {
    name: 'held',
    async dial(endpoint, options) {
      const held = Promise.withResolvers<void>()
      dials.push(held)
      options?.signal?.addEventListener('abort', () => held.reject(new Error('given up')))
      await held.promise
      return plain.dial(endpoint, options)
    },
  }
  return { dialer, dials }
}

test('connections that are being made count, and one that fails leaves its place to the next request', async () => {
  await using server = await startServer('http:')
  const { dialer, dials } = heldDialer()
  const agent = agentOver(dialer, { maxSockets: 2 })
  const url = `http://127.0.0.1:${server.port}`
  const asked = ['/a', '/b', '/c', '/d'].map((path) =>
    text(url + path, agent).catch(() => 'failed'),
  )
  await expect.poll(() => dials.length).toBe(2)
  dials[0]?.reject(new Error('no'))
  expect(await asked[0]).toBe('failed')
  await expect.poll(() => dials.length).toBe(3)
  for (const dial of dials) dial.resolve()
  expect(await Promise.all(asked.slice(1))).toEqual([
    expect.stringMatching(/^\/b over/),
    expect.stringMatching(/^\/c over/),
    expect.stringMatching(/^\/d over/),
  ])
  expect(dials).toHaveLength(3)
  agent.destroy()
})

test('an agent that is destroyed ends what it is still connecting', async () => {
  const { dialer, dials } = heldDialer()
  const agent = agentOver(dialer)
  const asked = failure(text('http://127.0.0.1:9/', agent))
  await expect.poll(() => dials.length).toBe(1)
  agent.destroy()
  await expect(dials[0]?.promise).rejects.toThrow('given up')
  expect((await asked).message).toContain('socket hang up')
})

test('an address in brackets is dialed as an address', async () => {
  const hosts: string[] = []
  const dialer: Dialer = {
    name: 'told',
    dial: ({ host, port }) => {
      hosts.push(`${host} ${port}`)
      return Promise.reject(refusal())
    },
  }
  await failure(text('http://[::1]/', agentOver(dialer)))
  await failure(text('https://a.test/', agentOver(dialer, { protocol: 'https:' })))
  expect(hosts).toEqual(['::1 80', 'a.test 443'])
})

test('a Unix socket of the request is refused', async () => {
  const call = new Promise((resolve, reject) => {
    request({ agent: agentOver(tcpDialer()), socketPath: '/run/x' }, resolve)
      .on('error', reject)
      .end()
  })
  expect((await failure(call)).code).toBe('NET_UNSUPPORTED')
})

test('what is no dialer is refused', () => {
  expect(thrown(() => agentOver({} as Dialer)).code).toBe('NET_BAD_OPTION')
})

function refusal(): Error {
  return Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' })
}
