import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once, type EventEmitter } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'

import { expect, test } from 'vitest'

import { attach } from '@net/dashboard'
import { ask, headersOf, open, post } from '../visitor.ts'

const PATHS = ['/', '/page/main.js', '/api/operations', '/nothing', '/api/stream', '/mail/x']

test('[H-APP-07] every answer forbids scripts but ours, markup from texts, and frames around it', async () => {
  await using dashboard = await attach()
  for (const path of PATHS) {
    const response = await open(dashboard, path)
    const policy = response.headers['content-security-policy']
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    expect(response.headers['set-cookie']).toBeUndefined()
    response.destroy()
  }
})

test('another name is refused on every address, with the reason, and without a token there are no data', async () => {
  await using dashboard = await attach({ allowHosts: ['lab.example'] })
  for (const path of PATHS) {
    expect((await ask(dashboard, path, { headers: { host: 'other.example' } })).status).toBe(403)
  }
  const allowed = await ask(dashboard, '/api/about', {
    headers: { host: 'lab.example', origin: 'https://lab.example' },
  })
  expect(allowed.status).toBe(200)
  expect((await ask(dashboard, '/', { headers: { authorization: '' } })).status).toBe(200)
  expect((await ask(dashboard, '/api/about', { headers: { authorization: '' } })).status).toBe(401)
  expect(
    (await ask(dashboard, '/api/clear', { method: 'POST', headers: { origin: '' } })).status,
  ).toBe(403)
})

test('40 kB of cookies of other programs are no hindrance', async () => {
  await using dashboard = await attach()
  const cookie = `a=${'x'.repeat(40_000)}`
  expect((await ask(dashboard, '/api/about', { headers: { cookie } })).status).toBe(200)
})

test('[H-APP-09] of many streams the last ones hear 429, and the others go on', async () => {
  await using dashboard = await attach()
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => open(dashboard, '/api/stream')),
  )
  const statuses = streams.map(({ statusCode }) => statusCode)
  expect(statuses.filter((status) => status === 200)).toHaveLength(16)
  expect(statuses.filter((status) => status === 429)).toHaveLength(24)
  expect((await ask(dashboard, '/api/about')).status).toBe(200)
  const closed = streams.find(({ statusCode }) => statusCode === 200)
  closed?.destroy()
  // The server hears of it in its own time.
  await expect.poll(async () => (await opened(dashboard)).statusCode).toBe(200)
  for (const stream of streams) stream.destroy()
})

async function opened(dashboard: Awaited<ReturnType<typeof attach>>) {
  const stream = await open(dashboard, '/api/stream')
  stream.destroy()
  return stream
}

test('[H-APP-09] an upload of a gigabyte is refused by what it announces, and one without length at the limit', async () => {
  const call = { example: 'http://127.0.0.1/', run: async () => '' }
  await using dashboard = await attach({ lab: { call } })
  const { port } = dashboard
  const options = { host: '127.0.0.1', port, path: '/api/call', method: 'POST' }
  const announced = request({
    ...options,
    headers: { ...headersOf(dashboard), 'content-length': String(2 ** 30) },
  })
  announced.on('error', () => {})
  announced.flushHeaders()
  const [refused] = (await once(announced, 'response')) as [{ statusCode: number }]
  expect(refused.statusCode).toBe(413)
  announced.destroy()
  const long = await post(dashboard, '/api/call', { url: 'x'.repeat(5000) })
  expect(long.status).toBe(413)
  expect((await ask(dashboard, '/api/call', { method: 'POST', body: '{' })).status).toBe(400)
  expect((await post(dashboard, '/api/call', { url: 'http://127.0.0.1/' })).status).toBe(200)
})

test('what is no HTTP ends its connection alone', async () => {
  await using dashboard = await attach()
  const socket = connect(dashboard.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.end('no request\r\n\r\n')
  // Its end may also be a reset.
  await new Promise((resolve) => socket.once('close', resolve))
  expect((await ask(dashboard, '//')).status).toBe(404)
  expect((await ask(dashboard, '/', { method: 'DELETE' })).status).toBe(405)
})

test('a visitor who cannot be let in does not end the program', async () => {
  const servers: EventEmitter[] = []
  const listens = (message: unknown): void =>
    void servers.push((message as { server: EventEmitter }).server)
  subscribe('tracing:net.server.listen:asyncEnd', listens)
  await using dashboard = await attach()
  unsubscribe('tracing:net.server.listen:asyncEnd', listens)
  // As Node tells of it where the process has no descriptor left.
  for (const server of servers)
    server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  expect(servers).toHaveLength(1)
  expect((await ask(dashboard, '/api/about')).status).toBe(200)
})
