import { expect, test } from 'vitest'

import { fromText } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { startSshServer, type ExecIo } from '@net/ssh/testing'

import { RunningCommand } from '../src/spawn.ts'
import { failureOf, logInTo } from './embedded.ts'

async function untilStopped({ signal }: ExecIo): Promise<{ signal: string }> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve)
    })
  }
  return { signal: String(signal.reason) }
}

test('[SSH-36] [SSH-43] both outputs are read while it runs, as text or bytes', async () => {
  const gate = Promise.withResolvers<void>()
  await using server = await startSshServer({
    exec: {
      log: async (_, { stdout, stderr }) => {
        await stdout.write('one\ntw')
        await gate.promise
        await stdout.write(Buffer.from([0x6f, 0x0a, 0xe9, 0x0a]))
        await stderr.write('late\n')
      },
    },
  })
  await using host = await logInTo(server)
  await using child = await host.spawn('log')
  expect(child).toBeInstanceOf(RunningCommand)
  expect(await child.stdout.readLine()).toBe('one')
  gate.resolve()
  expect(await child.stdout.readLine()).toBe('two')
  expect(await child.stdout.readLine({ encoding: 'latin1' })).toBe('é')
  expect(await child.stdout.readLine()).toBeNull()
  expect(Buffer.from(await child.stderr.readAll()).toString()).toBe('late\n')
  expect(await child.exit).toEqual({ exitCode: 0, exitSignal: undefined })
})

test('[SSH-36] an output that is not read holds nothing up, and what was dropped is told', async () => {
  const megabytes = 8
  await using server = await startSshServer({
    exec: {
      noisy: async (_, { stdout, stderr }) => {
        for (let number = 0; number < megabytes; number++) await stderr.write('x'.repeat(2 ** 20))
        await stdout.write('done\n')
      },
    },
  })
  await using host = await logInTo(server)
  await using child = await host.spawn('noisy')
  expect(await child.stdout.readText()).toBe('done\n')
  expect(await child.exit).toMatchObject({ exitCode: 0 })
  let kept = 0
  const reading = async (): Promise<void> => {
    for await (const chunk of child.stderr) kept += chunk.length
  }
  expect(await failureOf(reading())).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 2 ** 20 })
  expect(kept).toBeLessThanOrEqual(2 ** 20)
  expect(kept).toBeGreaterThan(0)
})

test('an output that is read slowly holds the program up, and nothing is lost', async () => {
  let written = 0
  await using server = await startSshServer({
    exec: {
      big: async (_, { stdout }) => {
        for (; written < 64; written++) await stdout.write(Buffer.alloc(2 ** 20, written))
      },
    },
  })
  await using host = await logInTo(server)
  await using child = await host.spawn('big')
  expect((await child.stdout.readExactly(1))[0]).toBe(0)
  for (let quiet = 0, before = written; quiet < 200; quiet++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (written !== before) quiet = 0
    before = written
  }
  // The widest window (16 MiB, at once where the server answers late), and what is read ahead.
  expect(written).toBeLessThan(24)
  let total = 1
  for await (const chunk of child.stdout) total += chunk.length
  expect(total).toBe(64 * 2 ** 20)
  expect(await child.exit).toMatchObject({ exitCode: 0 })
})

test('[SSH-35] its input is written while it runs, or comes from a source', async () => {
  await using server = await startSshServer({
    exec: {
      cat: async (_, { stdin, stdout }) => {
        for await (const chunk of stdin) await stdout.write(chunk)
      },
    },
  })
  await using host = await logInTo(server)
  await using child = await host.spawn('cat')
  await child.stdin.write('ping\n')
  expect(await child.stdout.readLine()).toBe('ping')
  await child.stdin.write(Buffer.from('pong\n'))
  child.stdin.end()
  expect(await child.stdout.readText()).toBe('pong\n')
  expect(await failureOf(child.stdin.write('more'))).toMatchObject({ code: 'NET_CONN_CLOSED' })
  await using fed = await host.spawn('cat', { input: fromText('from a source') })
  expect(await failureOf(fed.stdin.write('more'))).toMatchObject({ code: 'NET_BUSY' })
  expect(await fed.stdout.readText()).toBe('from a source')
  // What one prints is what another reads.
  await using first = await host.spawn('cat', { input: 'through both' })
  expect((await host.exec('cat', { input: first.stdout })).stdout).toBe('through both')
})

test('[SSH-38] signals reach it, and how it ended is told', async () => {
  await using server = await startSshServer({ exec: { sleep: (_, io) => untilStopped(io) } })
  await using host = await logInTo(server)
  await using child = await host.spawn('sleep')
  await child.kill('SIGUSR1')
  expect(await child.exit).toEqual({ exitCode: undefined, exitSignal: 'USR1' })
  await using other = await host.spawn('sleep')
  await other.sendBreak()
  await other.kill()
  expect(await other.exit).toEqual({ exitCode: undefined, exitSignal: 'TERM' })
  expect(server.received.filter(({ what }) => what === 'signal').map(({ text }) => text)).toEqual([
    'USR1',
    'TERM',
  ])
})

test('[SSH-37] the signal and the limit of the call end it, with the program', async () => {
  await using server = await startSshServer({ exec: { sleep: (_, io) => untilStopped(io) } })
  await using host = await logInTo(server, { keepAlive: false })
  const controller = new AbortController()
  const child = await host.spawn('sleep', { signal: controller.signal })
  controller.abort()
  expect(await failureOf(child.exit)).toMatchObject({ code: 'NET_ABORTED' })
  expect(await failureOf(child.stdout.readAll())).toMatchObject({ code: 'NET_ABORTED' })
  await server.waitFor(({ what, text }) => what === 'signal' && text === 'TERM')
  using clock = useFakeClock()
  const limited = await host.spawn('sleep', { timeout: 1000 })
  await clock.advance(1000)
  expect(await failureOf(limited.exit)).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
})

test('leaving its block ends it', async () => {
  await using server = await startSshServer({ exec: { sleep: (_, io) => untilStopped(io) } })
  await using host = await logInTo(server)
  {
    await using child = await host.spawn('sleep')
    expect(child.stdout).toBeDefined()
  }
  await server.waitFor(({ what, text }) => what === 'signal' && text === 'TERM')
})

test('who reads an output of a command whose input fails hears why it ended', async () => {
  await using server = await startSshServer({ exec: { sleep: (_, io) => untilStopped(io) } })
  await using host = await logInTo(server)
  const mine = new Error('mine')
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    throw mine
  }
  const child = await host.spawn('sleep', { input: broken })
  const reading = failureOf(child.stdout.readText())
  expect(await failureOf(child.exit)).toBe(mine)
  expect(await reading).toMatchObject({ code: 'NET_CLOSED', cause: mine })
})

test('who reads an output when its block is left hears so', async () => {
  await using server = await startSshServer({ exec: { sleep: (_, io) => untilStopped(io) } })
  await using host = await logInTo(server)
  const child = await host.spawn('sleep')
  const reading = [child.stdout.readText(), child.stderr.readLine()].map(failureOf)
  await child[Symbol.asyncDispose]()
  for (const read of reading) expect(await read).toMatchObject({ code: 'NET_CLOSED' })
})

test('a lost connection ends it with an error, behind what it had printed', async () => {
  await using server = await startSshServer({
    exec: {
      tail: async (_, io) => {
        await io.stdout.write('a line\n')
        return untilStopped(io)
      },
    },
  })
  const host = await logInTo(server)
  const child = await host.spawn('tail')
  expect(await child.stdout.readLine()).toBe('a line')
  await server.close()
  expect(await failureOf(child.exit)).toMatchObject({ name: 'ConnectionLostError' })
  expect(await failureOf(child.stdout.readLine())).toMatchObject({ name: 'ConnectionLostError' })
  await host.close()
})

test('[SSH-41] what is printed as errors may stand among the output', async () => {
  await using server = await startSshServer({
    exec: {
      both: async (_, { stdout, stderr }) => {
        await stdout.write('a')
        await stderr.write('b')
        await stdout.write('c')
      },
    },
  })
  await using host = await logInTo(server)
  expect(await host.exec('both', { stderr: 'stdout' })).toMatchObject({ stdout: 'abc', stderr: '' })
  await using child = await host.spawn('both', { stderr: 'stdout' })
  expect(await child.stdout.readText()).toBe('abc')
  expect(await child.stderr.readText()).toBe('')
})

test('what cannot be started is an error of the call', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  server.fail({ on: 'exec ls', do: { reply: 'failure' } })
  expect(await failureOf(host.spawn('ls'))).toMatchObject({ name: 'SshChannelError' })
  expect(await failureOf(host.spawn('ls', { input: 1 as never }))).toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  expect(await failureOf(host.spawn(''))).toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('what is written behind the end of the input is refused, and the command ends as it ends', async () => {
  const size = 4 * 2 ** 20
  const gate = Promise.withResolvers<void>()
  await using server = await startSshServer({
    exec: {
      count: async (_, { stdin, stdout }) => {
        let size = 0
        await gate.promise
        for await (const chunk of stdin) size += chunk.length
        await stdout.write(String(size))
      },
    },
  })
  await using host = await logInTo(server)
  await using child = await host.spawn('count')
  // More than the window of the channel: the end is told behind it.
  const first = child.stdin.write(Buffer.alloc(size))
  child.stdin.end()
  child.stdin.end()
  expect(await failureOf(child.stdin.write('two'))).toMatchObject({ code: 'NET_CONN_CLOSED' })
  gate.resolve()
  await first
  expect(await child.stdout.readText()).toBe(String(size))
  expect(await child.exit).toEqual({ exitCode: 0, exitSignal: undefined })
})
