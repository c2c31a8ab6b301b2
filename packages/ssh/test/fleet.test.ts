import { expect, test } from 'vitest'

import { listen } from '@net/socket'
import { fleet, pinned, type FleetHost } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

const hostKey = createSshKey()
const login = { user: 'ada', password: 'lovelace', hostKeys: pinned(hostKey.fingerprint) }

test('[SSH-45] one command on many hosts: a result for each, in their order, and no failure stops the rest', async () => {
  await using one = await startSshServer({ hostKey, exec: { who: 'one' } })
  await using two = await startSshServer({ hostKey, exec: { who: 'two' } })
  const nobody = 'ssh://ada:secret@127.0.0.1:1'
  const hosts: FleetHost[] = [
    one.url,
    nobody,
    { url: two.url, password: 'wrong' },
    two.url,
    one.url,
  ]
  const run = fleet(hosts, async (host) => (await host.exec('who')).stdout, { connect: login })
  const results = await run.all()
  expect(results.map(({ index, value }) => [index, value])).toEqual([
    [0, 'one'],
    [1, undefined],
    [2, undefined],
    [3, 'two'],
    [4, 'one'],
  ])
  expect(results[1]).toMatchObject({
    host: 'ssh://ada@127.0.0.1:1',
    error: { code: 'NET_CONNECT_REFUSED' },
  })
  expect(results[2]?.error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  await Promise.all([one.idle(), two.idle()])
})

test('[SSH-45] results come as they are there, and no more hosts are worked on at once than may be', async () => {
  const gate = Promise.withResolvers<void>()
  await using slow = await startSshServer({ hostKey, exec: () => gate.promise })
  await using fast = await startSshServer({ hostKey, exec: { who: '' } })
  let most = 0
  let running = 0
  const job = async (host: Parameters<Parameters<typeof fleet>[1]>[0]): Promise<void> => {
    most = Math.max(most, (running += 1))
    await host.exec('who')
    running -= 1
  }
  const hosts = [slow.url, fast.url, fast.url, fast.url]
  const order: number[] = []
  for await (const { index } of fleet(hosts, job, { connect: login, concurrency: 2 })) {
    order.push(index)
    if (order.length === 3) gate.resolve()
  }
  expect(order).toEqual([1, 2, 3, 0])
  expect(most).toBe(2)
})

test('[SSH-45] hosts behind the same machine share one connection to it', async () => {
  await using bastion = await startSshServer({ hostKey })
  await using target = await startSshServer({ hostKey, exec: { who: 'x' } })
  const jump = { url: bastion.url, ...login }
  const hosts = Array.from({ length: 12 }, () => target.url)
  const run = fleet(hosts, (host) => host.exec('who'), { connect: { ...login, jump } })
  const results = await run.all()
  expect(results.map(({ value }) => value?.stdout).join('')).toBe('x'.repeat(12))
  const logins = bastion.received.filter(({ text }) => text === 'password ada')
  expect(logins).toHaveLength(1)
  await bastion.idle()
})

test('of forty behind one machine that takes few logins at once all are there, but for those that say nothing', async () => {
  await using bastion = await startSshServer({ hostKey })
  await using target = await startSshServer({ hostKey, exec: { who: 'x' } })
  await using silent = await listen('tcp://127.0.0.1:0', () => new Promise(() => {}))
  bastion.fail({ on: 'greeting', times: 2, do: 'drop' })
  target.fail({ on: 'greeting', times: 5, do: 'drop' })
  const hole = silent.url.replace('tcp:', 'ssh:')
  const hosts = Array.from({ length: 40 }, (_, at) => (at % 16 === 7 ? hole : target.url))
  const jump = { url: bastion.url, ...login }
  const options = { connect: { ...login, jump, timeout: { greeting: 5000 } }, concurrency: 40 }
  const results = await fleet(hosts, (host) => host.exec('who'), options).all()
  expect(results.map(({ index }) => index)).toEqual(hosts.keys().toArray())
  const dead = results.filter(({ error }) => error !== undefined)
  expect(dead.map(({ host, error }) => [host, (error as { code?: string }).code])).toEqual(
    Array.from({ length: 3 }, () => [hole, 'NET_TIMEOUT_GREETING']),
  )
  expect(bastion.received.filter(({ text }) => text === 'password ada')).toHaveLength(1)
})

test('giving it up ends the connecting to a machine on the way as well', async () => {
  await using bastion = await startSshServer({ hostKey })
  bastion.fail({ on: 'greeting', do: 'stall' })
  const controller = new AbortController()
  const { signal } = controller
  const jump = { url: bastion.url, ...login }
  const hosts = ['ssh://one', 'ssh://two']
  const run = fleet(hosts, async () => {}, { connect: { ...login, jump }, signal })
  await expect.poll(() => bastion.connections).toBe(1)
  controller.abort()
  const results = await run.all()
  expect(results.map(({ error }) => error)).toMatchObject([
    { code: 'NET_ABORTED' },
    { code: 'NET_ABORTED' },
  ])
  await bastion.idle()
})

test('a server that drops logins before its greeting is asked again', async () => {
  await using server = await startSshServer({ hostKey, exec: { who: 'x' } })
  server.fail({ on: 'greeting', times: 3, do: 'drop' })
  const [result] = await fleet([server.url], (host) => host.exec('who'), { connect: login }).all()
  expect(result?.value?.stdout).toBe('x')
})

test('giving it up ends what runs, and says so for what had not begun', async () => {
  await using server = await startSshServer({ hostKey, exec: () => new Promise(() => {}) })
  const controller = new AbortController()
  const { signal } = controller
  const hosts = [server.url, server.url]
  const run = fleet(hosts, (host) => host.exec('who'), { connect: login, concurrency: 1, signal })
  await server.waitFor(({ what }) => what === 'exec')
  controller.abort(new Error('enough'))
  const [first, second] = await run.all()
  expect(first?.error).toMatchObject({ code: 'NET_CLOSED' })
  expect(second?.error).toMatchObject({ message: 'enough' })
  await server.idle()
})

test('what is no list, no job or no option is refused', async () => {
  expect(() => fleet('a' as never, async () => {})).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => fleet([], 'uptime' as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => fleet([], async () => {}, { concurrency: 0 })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(await fleet([], async () => {}).all()).toEqual([])
})

test('the host of a result has no part of a password, also of one that no URL may have', async () => {
  const hosts = [
    'ssh://ada:p@ss@127.0.0.1:1',
    'ssh://ada:a/b@127.0.0.1:1',
    'ssh://ada:a:b@[::1]:1',
    'ada:secret@127.0.0.1:1',
    'ssh://127.0.0.1:1',
    'ssh://[::1]:1',
  ]
  const results = await fleet(hosts, async () => {}, { connect: login }).all()
  expect(results.map(({ host }) => host)).toEqual([
    'ssh://ada@127.0.0.1:1',
    'ssh://ada@127.0.0.1:1',
    'ssh://ada@[::1]:1',
    'ada@127.0.0.1:1',
    'ssh://127.0.0.1:1',
    'ssh://[::1]:1',
  ])
})
