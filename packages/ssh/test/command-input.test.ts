import { expect, test } from 'vitest'

import { openSourceAtOnce, operation, stoppable } from '@net/core/authoring'
import { captureEvents, useFakeClock, type FakeClock } from '@net/core/testing'
import { fromFile, type ExecOptions, type SshConnectOptions } from '@net/ssh'
import { startSshServer, type ExecHandler } from '@net/ssh/testing'

import { feed, writeLimit } from '../src/command-input.ts'
import type { RemoteCommand } from '../src/engine/ssh2-command.ts'
import { failureOf, logInTo } from './embedded.ts'

/** Reads nothing, and runs until it is stopped. */
const deaf: ExecHandler = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')))
  })
const large = Buffer.alloc(20_000_000)

/** Lets time pass until the call has failed. */
async function failing(call: Promise<unknown>, clock: FakeClock): Promise<unknown> {
  const outcome = failureOf(call)
  const settled: unknown[] = []
  void outcome.then((error) => settled.push(error))
  while (settled.length === 0) await clock.advance(100)
  return outcome
}

test.each<[string, SshConnectOptions, ExecOptions]>([
  ['the call', {}, { timeout: { write: 500 } }],
  ['the client', { defaults: { timeout: { write: 500 } } }, {}],
])(
  'a command that leaves its input untouched is ended by `timeout.write` of %s',
  async (_, client, call) => {
    await using server = await startSshServer({ exec: deaf })
    using clock = useFakeClock()
    await using host = await logInTo(server, { keepAlive: false, ...client })
    expect(await failing(host.exec('work', { input: large, ...call }), clock)).toMatchObject({
      code: 'NET_TIMEOUT_WRITE',
      limit: 500,
      phase: 'send',
      operation: 'exec',
    })
    expect(await server.waitFor(({ what }) => what === 'signal')).toMatchObject({ text: 'TERM' })
  },
)

test('a command that prints and reads nothing is ended by `timeout.idle`', async () => {
  await using server = await startSshServer({ exec: deaf })
  using clock = useFakeClock()
  await using host = await logInTo(server, { keepAlive: false })
  const running = host.exec('work', { timeout: { idle: 500 } })
  expect(await failing(running, clock)).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 500 })
})

test('any byte that a command prints is life', async () => {
  const beats = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  await using server = await startSshServer({
    exec: async (_, { stdout }) => {
      for (const { promise } of beats) {
        await promise
        await stdout.write('.')
      }
    },
  })
  using clock = useFakeClock()
  using events = captureEvents()
  await using host = await logInTo(server, { keepAlive: false })
  const running = host.exec('work', { timeout: { idle: 500 } })
  await events.waitFor((event) => event.type === 'phase' && event.phase === 'receive')
  for (const beat of beats) {
    await clock.advance(300)
    beat.resolve()
    await clock.advance(0)
  }
  expect(await running).toMatchObject({ stdout: '.....', exitCode: 0 })
})

test('without a limit of the caller a command may take its time before it reads', () => {
  expect(writeLimit(undefined, undefined)).toBe(Infinity)
  expect(writeLimit(5, { idle: 5 })).toBe(Infinity)
  expect(writeLimit({ write: 7 }, { write: 9 })).toBe(7)
  expect(writeLimit({ total: 7 }, { write: 9 })).toBe(9)
})

test('a command whose input cannot be read is not begun', async () => {
  await using server = await startSshServer({ exec: { cat: '' } })
  await using host = await logInTo(server)
  const input = fromFile('/no/such/file')
  const error = await failureOf(host.exec('cat > settings', { input }))
  expect(error).toMatchObject({ code: 'NET_LOCAL_IO', retry: 'never' })
  expect(server.received.filter(({ what }) => what === 'exec')).toEqual([])
})

test('input that an abort cuts short has no end for the command', async () => {
  const controller = new AbortController()
  const heard: string[] = []
  const command = {
    ended: new Promise(() => {}),
    write: async (bytes: Uint8Array) => heard.push(String(Buffer.from(bytes))) > 0,
    endInput: () => heard.push('end'),
  } as unknown as RemoteCommand
  const input = async function* () {
    yield Buffer.from('a half')
    controller.abort()
    yield await new Promise<never>(() => {})
  }
  const spec = { protocol: 'ssh', operation: 'exec', kind: 'command' } as const
  const fed = Promise.withResolvers<void>()
  const running = operation(spec, { signal: controller.signal }, async (op) => {
    const feeding = { op, write: Infinity }
    feed(command, await openSourceAtOnce(input), feeding).then(fed.resolve, fed.reject)
    await stoppable(op, new Promise(() => {}), () => {})
  })
  expect(await failureOf(running)).toMatchObject({ name: 'AbortError' })
  await fed.promise
  expect(heard).toEqual(['a half'])
})
