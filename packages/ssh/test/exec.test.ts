import { expect, test } from 'vitest'

import { isAbort, isRetryable, onEvent, type RetryPolicy } from '@net/core'
import { callerFault } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { fromText, SshExitError } from '@net/ssh'
import { startSshServer, type ExecHandler, type ServerQuirks } from '@net/ssh/testing'

import { planExec } from '../src/exec.ts'
import { failureOf, logInTo, turnsUntil } from './embedded.ts'

/** Reads everything and says how much it was. */
const count: ExecHandler = async (_, { stdin, stdout }) => {
  let size = 0
  for await (const chunk of stdin) size += chunk.length
  await stdout.write(String(size))
}

/** Prints, then runs until it is stopped. */
const endless: ExecHandler = async (_, { stdout, signal }) => {
  await stdout.write('working\n')
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')))
  })
}

test('[SSH-33] gives both outputs and the exit status', async () => {
  await using server = await startSshServer({
    exec: { ls: { stdout: 'a\nb\n', stderr: 'careful\n', exit: 3 } },
  })
  await using host = await logInTo(server)
  expect(await host.exec(['ls', '-l', 'a b'])).toEqual({
    stdout: 'a\nb\n',
    stderr: 'careful\n',
    exitCode: 3,
    exitSignal: undefined,
  })
  expect(server.received.at(-1)).toMatchObject({ what: 'exec', text: "ls -l 'a b'", user: 'ada' })
})

test('outputs as bytes are the bytes', async () => {
  const bytes = Buffer.from([0, 255, 128, 10])
  await using server = await startSshServer({
    exec: async (_, { stdout }) => {
      await stdout.write(bytes)
    },
  })
  await using host = await logInTo(server)
  const { stdout } = await host.exec('cat', { output: 'bytes' })
  expect(Buffer.from(stdout)).toEqual(bytes)
})

test('[SSH-34] with check a non-zero status is an error that has the outputs', async () => {
  await using server = await startSshServer({
    exec: { make: { stdout: 'cc -o x\n', stderr: 'first\nx.c:1: error\n', exit: 2 }, true: '' },
  })
  await using host = await logInTo(server)
  const error = await failureOf(host.exec('make', { check: true }))
  const [, line] = (error as Error).stack?.split('\n') ?? []
  expect(line).toMatch(/embedded|exec\.test/)
  expect(error).toBeInstanceOf(SshExitError)
  expect(error).toMatchObject({
    code: 'NET_EXIT_STATUS',
    exitCode: 2,
    exitSignal: undefined,
    stdout: 'cc -o x\n',
    stderr: 'first\nx.c:1: error\n',
    retry: 'never',
    operation: 'exec',
    target: 'make',
  })
  expect(error.message).toContain('ended with status 2: x.c:1: error')
  expect((await host.exec('true', { check: true })).exitCode).toBe(0)
})

test('[H-SSH-14] a command that a signal ended is reported by the signal, never by a status', async () => {
  await using server = await startSshServer({ exec: { crash: { exit: { signal: 'SEGV' } } } })
  await using host = await logInTo(server)
  expect(await host.exec('crash')).toMatchObject({ exitCode: undefined, exitSignal: 'SEGV' })
  expect(await failureOf(host.exec('crash', { check: true }))).toMatchObject({
    code: 'NET_EXIT_SIGNAL',
    exitSignal: 'SEGV',
  })
})

test.each(['drop', 'reset', 'half-close'] as const)(
  '[H-SSH-14] a connection that is lost by %s before the exit status is an error with what was printed',
  async (action) => {
    await using server = await startSshServer({ exec: { ls: 'half of it' } })
    const host = await logInTo(server)
    server.fail({ on: 'exit', do: action })
    const error = await failureOf(host.exec('ls'))
    expect(error).toMatchObject({
      name: 'ConnectionLostError',
      phase: 'receive',
      sent: true,
      retry: 'idempotent',
      partial: { stdout: 'half of it', stderr: '' },
    })
    await host.close()
    await server.idle()
  },
)

test('[H-SSH-14] a command that is closed without a status is not done', async () => {
  await using server = await startSshServer({ exec: { ls: 'all of it' } })
  await using host = await logInTo(server)
  server.fail({ on: 'exit', do: { reply: 'failure' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    retry: 'idempotent',
    partial: { stdout: 'all of it' },
  })
})

test('[H-SSH-14] a server that ends a command but never closes its channel is not waited for', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' }, quirks: { breaks: 'close' } })
  await using host = await logInTo(server)
  expect(await host.exec('ls')).toMatchObject({ stdout: 'a', exitCode: 0 })
})

test('[SSH-35] feeds the command a text or a source, and ends its input', async () => {
  await using server = await startSshServer({ exec: { wc: count } })
  await using host = await logInTo(server)
  const big = Buffer.alloc(5 * 1024 * 1024)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 10; at++) yield Buffer.alloc(1000)
  }
  const inputs = ['four', fromText('€'), big, chunks(), '', undefined] as const
  const counted: string[] = []
  for (const input of inputs) {
    counted.push((await host.exec('wc', input === undefined ? {} : { input })).stdout)
  }
  expect(counted).toEqual(['4', '3', String(big.length), '10000', '0', '0'])
})

test('a command that does not read its input ends all the same', async () => {
  await using server = await startSshServer({ exec: { true: '' } })
  await using host = await logInTo(server)
  const input = Buffer.alloc(8 * 1024 * 1024)
  expect(await host.exec('true', { input })).toMatchObject({ exitCode: 0 })
})

test('what the source of the input throws passes as it is, and the command is stopped', async () => {
  await using server = await startSshServer({ exec: { wc: endless } })
  await using host = await logInTo(server)
  const own = new Error('disk on fire')
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    throw own
  }
  expect(await failureOf(host.exec('wc', { input: input() }))).toBe(own)
  expect(callerFault(own)).toBe(own)
  await server.waitFor(({ what }) => what === 'signal')
})

test('[SSH-39] variables and the folder reach the command, whether the server takes variables or not', async () => {
  for (const env of [true, false]) {
    await using server = await startSshServer({
      exec: async (command, io) => {
        await io.stdout.write(JSON.stringify({ command, env: io.env, cwd: io.cwd }))
      },
      quirks: { env },
    })
    await using host = await logInTo(server)
    const variables = { GREETING: `it's "a" $day`, EMPTY: '' }
    const { stdout } = await host.exec('run it', { env: variables, cwd: '/srv/my app' })
    expect(JSON.parse(stdout)).toEqual({ command: 'run it', env: variables, cwd: '/srv/my app' })
  }
})

test('both outputs are read, however much comes on one of them', async () => {
  const size = 6 * 1024 * 1024
  await using server = await startSshServer({
    exec: async (_, { stdout, stderr }) => {
      await stderr.write(Buffer.alloc(size, 'e'))
      await stdout.write(Buffer.alloc(size, 'o'))
    },
  })
  await using host = await logInTo(server)
  const { stdout, stderr } = await host.exec('flood', { output: 'bytes' })
  expect([stdout.length, stderr.length]).toEqual([size, size])
})

test('more output than allowed is an error, and the command is stopped', async () => {
  await using server = await startSshServer({
    exec: async (_, { stdout, signal }) => {
      while (!signal.aborted) await stdout.write(Buffer.alloc(10_000))
      return { signal: String(signal.reason) }
    },
  })
  await using host = await logInTo(server)
  const error = await failureOf(host.exec('yes', { maxBytes: 100_000, output: 'bytes' }))
  expect(error).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 100_000 })
  expect((error['partial'] as { stdout: Uint8Array }).stdout.length).toBeGreaterThan(100_000)
  expect(await server.waitFor(({ what }) => what === 'signal')).toMatchObject({ text: 'TERM' })
})

test('a call that is stopped just when the server has begun stops the command', async () => {
  await using server = await startSshServer({ exec: { work: endless } })
  await using host = await logInTo(server)
  const controller = new AbortController()
  using _ = onEvent('phase', ({ operation, phase, state }) => {
    if (operation === 'exec' && phase === 'command' && state === 'end') controller.abort()
  })
  const error = await failureOf(host.exec('work', { signal: controller.signal }))
  expect(isAbort(error)).toBe(true)
  expect(await server.waitFor(({ what }) => what === 'signal')).toMatchObject({ text: 'TERM' })
})

test('[SSH-37] a time-out of the whole command stops it and gives what it printed', async () => {
  await using server = await startSshServer({ exec: { work: endless } })
  using events = captureEvents()
  using clock = useFakeClock()
  await using host = await logInTo(server, { keepAlive: false })
  const failure = failureOf(host.exec('work', { timeout: 5000 }))
  await events.waitFor((event) => event.type === 'phase' && event.phase === 'receive')
  await clock.until(() => server.received.some(({ what }) => what === 'exec'))
  // The server has answered, so what it printed before is here as well after some turns.
  for (let turn = 0; turn < 50; turn++) await clock.advance(0)
  await clock.advance(5000)
  expect(await failure).toMatchObject({
    name: 'TimeoutError',
    code: 'NET_TIMEOUT_TOTAL',
    phase: 'receive',
    limit: 5000,
    partial: { stdout: 'working\n', stderr: '' },
  })
  expect(await server.waitFor(({ what }) => what === 'signal')).toMatchObject({ text: 'TERM' })
})

test('an abort climbs the ladder: TERM, then the hang-up, then the end of the channel', async () => {
  await using server = await startSshServer({
    exec: async () => {
      await new Promise(() => {})
    },
  })
  using clock = useFakeClock()
  await using host = await logInTo(server, { keepAlive: false })
  const controller = new AbortController()
  const failure = failureOf(host.exec('stubborn', { signal: controller.signal }))
  await clock.until(() => server.received.some(({ what }) => what === 'exec'))
  for (let turn = 0; turn < 20; turn++) await clock.advance(0)
  controller.abort(new Error('enough'))
  expect(await turnsUntil(failure)).toBeLessThanOrEqual(1)
  const error = await failure
  expect(isAbort(error)).toBe(true)
  const signals = (): readonly string[] =>
    server.received.filter(({ what }) => what === 'signal').map(({ text }) => text)
  await clock.until(() => signals().length === 1)
  expect(signals()).toEqual(['TERM'])
  await clock.advance(250)
  await clock.until(() => signals().length === 2)
  expect(signals()).toEqual(['TERM', 'HUP'])
  const closing = host.close()
  await clock.advance(250)
  await clock.until(() => server.connections === 0)
  await closing
  expect(clock.timers).toBe(0)
})

test('[H-SSH-12] a request that is never answered is a time-out, and the channel is free again', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  using clock = useFakeClock()
  await using host = await logInTo(server)
  for (const on of ['exec ls', 'open session']) {
    server.fail({ on, do: 'stall' })
    const failure = failureOf(host.exec('ls'))
    for (let turn = 0; turn < 20; turn++) await clock.advance(0)
    await clock.advance(30_000)
    expect(await failure).toMatchObject({
      code: 'NET_TIMEOUT_REPLY',
      phase: 'command',
      limit: 30_000,
    })
    expect((await host.exec('ls')).stdout).toBe('a')
  }
})

test('[H-SSH-12] an abort ends the wait for an answer, and the client goes on', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  server.fail({ on: 'exec', do: 'stall' })
  const controller = new AbortController()
  const failure = failureOf(host.exec('ls', { signal: controller.signal }))
  await server.waitFor(({ what }) => what === 'exec')
  controller.abort()
  expect(await turnsUntil(failure)).toBeLessThanOrEqual(1)
  expect(await failure).toMatchObject({ code: 'NET_ABORTED', phase: 'command' })
  expect((await host.exec('ls')).stdout).toBe('a')
})

test('a command that is refused because the one before it is still counted is asked for again', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  await host.exec('ls')
  server.fail({ on: 'open session', do: { reply: 'failure' } })
  expect((await host.exec('ls')).stdout).toBe('a')
  server.fail({ on: 'open session', times: 2, do: { reply: 'failure' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({ name: 'SshChannelError', reason: 2 })
})

test('a channel and a command that the server refuses', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  server.fail({ on: 'open session', do: { reply: 'failure' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({ name: 'SshChannelError', reason: 2 })
  server.fail({ on: 'exec', do: { reply: 'failure' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({
    name: 'SshChannelError',
    code: 'NET_REPLY_PERMANENT',
    reason: undefined,
  })
  expect((await host.exec('ls')).stdout).toBe('a')
})

test.each([255, 2 ** 31])(
  '[H-SSH-10] a maximum packet size of %i is outside the bounds of the protocol',
  async (packetSize) => {
    await using server = await startSshServer({ exec: { wc: count }, quirks: { packetSize } })
    const host = await logInTo(server)
    const error = await failureOf(host.exec('wc', { input: Buffer.alloc(1000) }))
    expect(error).toMatchObject({
      name: 'ProtocolError',
      code: 'NET_PROTO_UNEXPECTED',
      phase: 'command',
    })
    expect(await host.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  },
)

test.each(['end', 'channel'] as const)(
  '[H-SSH-11] data after the %s is against the protocol',
  async (breaks: NonNullable<ServerQuirks['breaks']>) => {
    await using server = await startSshServer({ exec: { ls: 'a' }, quirks: { breaks } })
    const host = await logInTo(server)
    expect(await failureOf(host.exec('ls'))).toMatchObject({
      name: 'ProtocolError',
      code: 'NET_PROTO_UNEXPECTED',
    })
    expect(await host.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  },
)

test('[SSH-07] many commands run side by side over one connection', async () => {
  await using server = await startSshServer({
    exec: async (command, { stdout }) => {
      await stdout.write(command)
    },
  })
  await using host = await logInTo(server)
  const commands = Array.from({ length: 40 }, (_, index) => `echo ${index}`)
  const results = await Promise.all(commands.map((command) => host.exec(command)))
  expect(results.map(({ stdout }) => stdout)).toEqual(commands)
  expect(server.connections).toBe(1)
})

test('arguments that are wrong reject, and nothing is sent', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  const before = server.received.length
  for (const [command, options, code] of [
    ['', {}, 'NET_BAD_OPTION'],
    [[], {}, 'NET_BAD_OPTION'],
    [Symbol('ls') as unknown as string, {}, 'NET_BAD_OPTION'],
    [['ls', Symbol('a') as unknown as string], {}, 'NET_BAD_OPTION'],
    [null as unknown as string, {}, 'NET_BAD_OPTION'],
    [Object.create(null) as string, {}, 'NET_BAD_OPTION'],
    ['a\0b', {}, 'NET_INJECTION'],
    ['ls', { cwd: 'a\0' }, 'NET_INJECTION'],
    ['ls', { env: { 'a b': 'c' } }, 'NET_BAD_OPTION'],
    ['ls', { maxBytes: -1 }, 'NET_BAD_OPTION'],
    ['ls', { output: 'json' as 'text' }, 'NET_BAD_OPTION'],
    ['ls', { input: 7 as unknown as string }, 'NET_BAD_OPTION'],
    ['ls', { maxBytes: Number.NaN }, 'NET_BAD_OPTION'],
  ] as const) {
    await expect(host.exec(command, options)).rejects.toMatchObject({ code })
  }
  expect(server.received.length).toBe(before)
  expect(() => planExec('', {})).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('a command that runs when the server says goodbye is not run again', async () => {
  await using server = await startSshServer({ exec: { pay: 'paid 100' } })
  await using host = await logInTo(server)
  server.fail({ on: 'exit pay', do: 'goodbye' })
  const retry: RetryPolicy = { delay: ({ error }) => (isRetryable(error) ? 1 : undefined) }
  const error = await failureOf(host.exec('pay', { retry }))
  expect(error).toMatchObject({ code: 'NET_CONN_SHUTDOWN', sent: true, retry: 'idempotent' })
  expect(isRetryable(error)).toBe(false)
  expect(server.received.filter(({ what }) => what === 'exec')).toHaveLength(1)
})

test('a goodbye before the command was sent says that nothing was done', async () => {
  await using server = await startSshServer({ exec: { pay: 'paid 100' } })
  await using host = await logInTo(server)
  server.fail({ on: 'open session', do: 'goodbye' })
  const error = await failureOf(host.exec('pay'))
  expect(error).toMatchObject({ code: 'NET_CONN_SHUTDOWN', sent: false, retry: 'safe' })
})
