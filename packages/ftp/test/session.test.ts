import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { startFtpServer } from '@net/ftp/testing'

import { inOperation, openSession, users } from './open-session.ts'

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
    code: 'NET_CLOSED',
    cause: { code: 'NET_TIMEOUT_REPLY' },
  })
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
  const closing = inOperation((op) => test.session.close(op, 300))
  await clock.advance(300)
  await closing
  expect(await running).toMatchObject({ code: 'NET_CLOSED' })
})
