import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { openSession, users } from './open-session.ts'

test('[H-FTP-22] calls are served in the order in which they were made', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const folders = ['a', 'b', 'c']
  await Promise.all(folders.map((name) => test.use((dialog) => dialog.command(`MKD ${name}`))))
  expect(server.received.slice(-3)).toEqual(['MKD a', 'MKD b', 'MKD c'])
})

test('a call that was stopped leaves the session free once its reply is here', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  using clock = useFakeClock()
  server.fail({ on: 'MKD', do: { delay: 900 } })
  const abort = new AbortController()
  const stopped = test.use((dialog) => dialog.command('MKD a'), { signal: abort.signal })
  await clock.until(() => server.received.includes('MKD a'))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const next = test.use((dialog) => dialog.ask('NOOP'))
  await clock.advance(900)
  expect(await next).toMatchObject({ status: 200 })
})

test('a call that is stopped in the turn in which it is made sends nothing', async () => {
  await using server = await startFtpServer({ files: { '/a': 'old' } })
  await using client = await connect(server.url)
  const calls: ((options: { readonly signal: AbortSignal }) => Promise<unknown>)[] = [
    (options) => client.remove('a', options),
    (options) => client.writeFile('a', 'new', options),
    (options) => client.mkdir('c', options),
  ]
  for (const call of calls) {
    const sent = server.received.length
    const stop = new AbortController()
    const given = call({ signal: stop.signal })
    stop.abort()
    await expect(given).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(await client.size('a')).toBe(3)
    expect(server.received.slice(sent)).toEqual(['SIZE a'])
  }
})

test('a server that owes a reply for a second is not there any more', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  using clock = useFakeClock()
  server.fail({ on: 'MKD', do: 'stall' })
  const abort = new AbortController()
  const stopped = test.use((dialog) => dialog.command('MKD a'), { signal: abort.signal })
  await clock.until(() => server.received.includes('MKD a'))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const next = test.use((dialog) => dialog.ask('NOOP')).catch((error: unknown) => error)
  await clock.advance(1000)
  expect(await next).toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
    cause: { code: 'NET_TIMEOUT_REPLY' },
  })
})

test.each([
  ['nothing but a second 150', '150 0.006 seconds (measured here)'],
  ['426', '426 Cut.'],
  ['226', '226 Aborted.'],
  ['451', '451 Cut.'],
  ['426 and 226', '426 Cut.\r\n226 Aborted.'],
])(
  'a download that is cut leaves the session free where the server says %s',
  async (_, cutReply) => {
    await using server = await startFtpServer({
      users,
      cutReply,
      files: { '/big': new Uint8Array(20_000_000) },
    })
    await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
    using clock = useFakeClock()
    const abort = new AbortController()
    const sink = (): void => abort.abort()
    await expect(client.download('big', sink, { signal: abort.signal })).rejects.toMatchObject({
      code: 'NET_ABORTED',
    })
    const next = client.size('big')
    if (cutReply.startsWith('150')) await clock.advance(500)
    expect(await next).toBe(20_000_000)
    expect(server.received.includes('ABOR')).toBe(cutReply.startsWith('150'))
  },
)

test('a call that the connection is lost to says why, and later ones that it is gone', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  server.fail({ on: 'MKD', do: { reply: '257 Made\r\n257 Made' } })
  const doing = client.mkdir('a').then(() => client.mkdir('b'))
  await expect(doing).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
    cause: { code: 'NET_PROTO_UNEXPECTED' },
  })
  await using other = await connect(server.url, { user: 'joe', password: 'open sesame' })
  server.fail({ on: 'STOR', do: { reply: '150 Go on\r\n226 Done\r\n226 Done' } })
  await expect(other.writeFile('x', 'abc')).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('while it waits for code of the caller, a second call is refused at once', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const inside = test.use((_, session) =>
    session.callerTurn(() => test.use((dialog) => dialog.ask('NOOP'))),
  )
  await expect(inside).rejects.toMatchObject({ code: 'NET_BUSY' })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

test('closing says goodbye, and nothing can be called afterwards', async () => {
  await using server = await startFtpServer({ users })
  const test = await openSession(server)
  await test[Symbol.asyncDispose]()
  expect(server.received.at(-1)).toBe('QUIT')
  expect(await test.session.control.closed).toBeUndefined()
  await expect(test.use((dialog) => dialog.ask('NOOP'))).rejects.toMatchObject({
    code: 'NET_CLOSED',
  })
})

test('closing waits for the call that runs, but not longer than the grace', async () => {
  await using server = await startFtpServer({ users })
  const test = await openSession(server)
  using clock = useFakeClock()
  server.fail({ on: 'NOOP', do: 'stall' })
  const running = test.use((dialog) => dialog.ask('NOOP')).catch((error: unknown) => error)
  await clock.until(() => server.received.includes('NOOP'))
  const closing = test.close(300)
  await clock.advance(300)
  await closing
  expect(await running).toMatchObject({ code: 'NET_CLOSED' })
})

test('[FTP-35] the folder in which paths begin can be asked for and changed', async () => {
  await using server = await startFtpServer({ files: { '/in/deep/a': 'hello' } })
  await using client = await connect(server.url)
  expect(await client.pwd()).toBe('/')
  await client.cd('in')
  expect(await client.pwd()).toBe('/in')
  await client.cd('deep')
  expect(await client.size('a')).toBe(5)
  await client.cd('..')
  expect(await client.pwd()).toBe('/in')
  await expect(client.cd('none')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(await client.size('deep/a')).toBe(5)
  server.fail({ on: 'PWD', do: { reply: '502 No.' } })
  await client.cd('/')
  await expect(client.pwd()).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test('[FTP-08] NOOPs keep a session alive between two calls, and a call waits for their answer', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  await using client = await connect(server.url, { keepAlive: 30_000 })
  const noops = (): number => server.received.filter((line) => line === 'NOOP').length
  await clock.advance(30_000)
  await clock.until(() => noops() === 1)
  expect(await client.size('a')).toBe(5)
  await clock.advance(29_000)
  expect(await client.size('a')).toBe(5)
  await clock.advance(29_000)
  expect(noops()).toBe(1)
  await clock.advance(1000)
  await clock.until(() => noops() === 2)
})

test('a change of folder that is stopped in the middle has changed nothing', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files: { '/a': 'root', '/in/a': 'in' } })
  await using client = await connect(server.url)
  for (const step of ['CWD in', 'PWD']) {
    const abort = new AbortController()
    await client.pwd()
    const before = server.received.length
    server.fail({ on: step, do: { delay: 20 } })
    const entering = client.cd('in', { signal: abort.signal })
    await clock.until(() => server.received.slice(before).includes(step))
    abort.abort()
    await expect(entering).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await clock.advance(20)
    expect(await client.size('a')).toBe(4)
    expect(await client.pwd()).toBe('/')
    await Array.fromAsync(client.list('in'))
    expect(await client.size('a')).toBe(4)
  }
})

const login = { user: 'joe', password: 'open sesame' } as const

test('where a call waits, what its transfer asks first goes along with the last command of the one before', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, login)
  await client.writeFile('first', 'x')
  const before = server.received.length
  const files = ['a', 'b'].map((name) => client.writeFile(name, name))
  await Promise.all([...files, client.size('first')])
  expect(server.received.slice(before)).toEqual([
    'EPSV',
    'STOR a',
    'SIZE a',
    'EPSV',
    'STOR b',
    'SIZE b',
    'EPSV',
    'SIZE first',
  ])
  // What one call did not use is not kept for another.
  await client.writeFile('c', 'c')
  expect(server.received.slice(-3)).toEqual(['EPSV', 'STOR c', 'SIZE c'])
  expect(['a', 'b', 'c'].map((name) => server.files.text(`/${name}`))).toEqual(['a', 'b', 'c'])
})

test('with pipelining: false nothing goes along', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { ...login, pipelining: false })
  await Promise.all([client.writeFile('a', 'a'), client.size('a')])
  expect(server.received.slice(-4)).toEqual(['EPSV', 'STOR a', 'SIZE a', 'SIZE a'])
})

test('calls that wait for any of several sessions are asked for as well', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { ...login, connections: 2 })
  const names = Array.from({ length: 9 }, (_, at) => `f${at}`)
  await Promise.all([...names.map((name) => client.writeFile(name, name)), client.size('f0')])
  for (const name of names) expect(server.files.text(`/${name}`)).toBe(name)
  // That of the call that moves no data is one more.
  expect(server.received.filter((line) => line === 'EPSV')).toHaveLength(10)
})

test.each(['425 No port', '229 Entering (|||22|)', '500 What?'])(
  'where the server says %j ahead, the next call asks anew',
  async (reply) => {
    await using server = await startFtpServer({ users })
    await using client = await connect(server.url, login)
    const first = client.upload(async function* () {
      server.fail({ on: 'EPSV', do: { reply } })
      yield Buffer.from('a')
    }, 'a')
    await Promise.all([first, client.writeFile('b', 'b')])
    expect(server.received.slice(-5)).toEqual(['SIZE a', 'EPSV', 'EPSV', 'STOR b', 'SIZE b'])
    expect(server.files.text('/b')).toBe('b')
  },
)

test('an answer ahead that does not come costs the session, and not the call that is done', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { ...login, retry: false })
  using clock = useFakeClock()
  const first = client.upload(async function* () {
    server.fail({ on: 'EPSV', do: 'stall' })
    yield Buffer.from('a')
  }, 'a')
  const second = client.writeFile('b', 'b', { timeout: { pool: Infinity } })
  second.catch(() => {})
  expect(await first).toMatchObject({ verified: true })
  await clock.advance(30_000)
  await expect(second).rejects.toMatchObject({ cause: { code: 'NET_TIMEOUT_REPLY' } })
})

test('a call that is stopped at its last command is waited for no longer than any other', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { ...login, retry: false })
  using clock = useFakeClock()
  server.fail({ on: 'SIZE', do: 'stall' })
  const abort = new AbortController()
  const first = client.writeFile('a', 'a', { signal: abort.signal })
  let isOver = false
  const second = client.writeFile('b', 'b').finally(() => (isOver = true))
  second.catch(() => {})
  await clock.until(() => server.received.includes('SIZE a'))
  abort.abort()
  await expect(first).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(1_000)
  await clock.until(() => isOver)
  await expect(second).rejects.toMatchObject({ cause: { code: 'NET_TIMEOUT_REPLY', limit: 1_000 } })
})

test('where the server waits is not believed later, when no call came for it', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, login)
  using clock = useFakeClock()
  const first = client.upload(async function* () {
    server.fail({ on: 'EPSV', do: { delay: 10 } })
    yield Buffer.from('a')
  }, 'a')
  const abort = new AbortController()
  const second = client.writeFile('b', 'b', { signal: abort.signal })
  await first
  abort.abort()
  await expect(second).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await clock.until(() => server.received.at(-1) === 'EPSV')
  await clock.advance(10)
  // A firewall on the way may have closed the port since, or the server may have given it to somebody else.
  await clock.advance(60_000)
  await client.writeFile('c', 'c')
  expect(server.received.slice(-4)).toEqual(['EPSV', 'EPSV', 'STOR c', 'SIZE c'])
})

test('a server whose second answer is late is not asked ahead any more', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, login)
  using clock = useFakeClock()
  const first = client.upload(async function* () {
    server.fail({ on: 'EPSV', do: { delay: 200 } })
    yield Buffer.from('a')
  }, 'a')
  const second = client.writeFile('b', 'b')
  await first
  await clock.until(() => server.received.at(-1) === 'EPSV')
  await clock.advance(200)
  await second
  await Promise.all([client.writeFile('c', 'c'), client.size('a')])
  expect(server.received.slice(-4)).toEqual(['EPSV', 'STOR c', 'SIZE c', 'SIZE a'])
})
