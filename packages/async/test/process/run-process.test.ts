import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, open as openFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { inspect, promisify } from 'node:util'

import { ProcessExitError, runProcess } from '@net/async'
import { fromFile, fromText, isNetError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { startProgram } from '../program.ts'

const node = (source: string): readonly [string, readonly string[]] => [
  process.execPath,
  ['--eval', source],
]

/** A shell that leaves this behind; what it prints first is the number of its process group. */
const shell = (source: string): readonly [string, readonly string[]] => [
  'sh',
  ['-c', `echo $$; ${source}`],
]

/** Waits until nobody of the group runs; those who have ended may wait for their parent, whoever that is now. */
async function groupHasEnded(printed: string): Promise<boolean> {
  const group = String(Number.parseInt(printed, 10))
  for (;;) {
    const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pgid=,stat='])
    const members = stdout.split('\n').map((line) => line.trim().split(/ +/))
    if (!members.some(([pgid, state]) => pgid === group && state?.startsWith('Z') === false)) {
      return true
    }
  }
}

function numbered(buffer: Buffer, number: number): Buffer {
  buffer.fill(number & 0xff).writeUInt32BE(number)
  return buffer
}

function partialOf(error: unknown): { readonly stdout: string } {
  return (isNetError(error) ? error.partial : undefined) as { readonly stdout: string }
}

/** Waits until it is told to read, so that all pipes are full; then gives back what it was fed. */
const SLOW = `
  const { readFileSync, readSync, openSync } = require('node:fs')
  readSync(openSync(process.argv[1]), Buffer.alloc(1))
  process.stdin.pipe(process.stdout)
`

describe('runProcess', () => {
  for (const size of [100, 4096, 20_000, 100_000]) {
    test.skipIf(process.platform === 'win32')(
      `a generator with one buffer of ${size} bytes feeds what was meant to a slow program`,
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'net-async-'))
        try {
          const gate = join(folder, 'gate')
          await promisify(execFile)('mkfifo', [gate])
          const times = Math.ceil(2_000_000 / Math.max(size, 4096))
          let made = 0
          const input = async function* (): AsyncGenerator<Uint8Array> {
            const buffer = Buffer.alloc(size)
            for (; made < times; made++) yield numbered(buffer, made)
          }
          const running = runProcess(process.execPath, ['--eval', SLOW, gate], {
            input,
            output: 'bytes',
          })
          // Opened once the program waits for it.
          const open = await openFile(gate, 'w')
          for (let quiet = 0, before = made; quiet < 50; quiet++) {
            await new Promise((resolve) => setImmediate(resolve))
            if (made !== before) quiet = 0
            before = made
          }
          await open.write('x')
          await open.close()
          const { stdout } = await running
          const frames = Array.from({ length: times }, (_, at) => numbered(Buffer.alloc(size), at))
          expect(Buffer.compare(stdout, Buffer.concat(frames))).toBe(0)
        } finally {
          await rm(folder, { recursive: true })
        }
      },
    )
  }

  test.skipIf(!existsSync('/proc/version'))('a file without a size is fed whole', async () => {
    const { stdout } = await runProcess('cat', [], { input: fromFile('/proc/version') })
    expect(stdout).toBe(readFileSync('/proc/version', 'utf8'))
  })

  test('an input that fails while the program starts fails the call with its own error', async () => {
    const fault = new Error('the disk is on fire')
    const input = new Readable({ read() {} })
    const running = runProcess('cat', [], { input })
    input.destroy(fault)
    await expect(running).rejects.toBe(fault)
  })

  test('[ASYNC-40] gives what the program printed and how it ended', async () => {
    const result = await runProcess('sh', ['-c', 'cat; echo wrong >&2; exit 3'], { input: 'in' })
    expect(result).toEqual({ stdout: 'in', stderr: 'wrong\n', exitCode: 3, exitSignal: undefined })
  })

  test('the signal that ended the program is named without SIG', async () => {
    const { exitCode, exitSignal } = await runProcess('sh', ['-c', 'kill -KILL $$'])
    expect([exitCode, exitSignal]).toEqual([undefined, 'KILL'])
  })

  test('there is no shell: its special characters are plain text', async () => {
    const { stdout } = await runProcess('printf', ['%s', '$(id); `id` && "x"'])
    expect(stdout).toBe('$(id); `id` && "x"')
  })

  test('without input the program reads nothing', async () => {
    expect((await runProcess('cat')).stdout).toBe('')
  })

  test('[ASYNC-40] input comes from a source, outputs are bytes on request', async () => {
    const bytes = new Uint8Array(1_000_000).map((_, index) => index)
    const result = await runProcess('cat', [], { input: bytes, output: 'bytes' })
    expect(Buffer.compare(result.stdout, bytes)).toBe(0)
    expect((await runProcess('cat', [], { input: fromText('é') })).stdout).toBe('é')
  })

  test('a program may read only part of its input', async () => {
    const { stdout } = await runProcess('head', ['-c', '1'], { input: 'x'.repeat(10_000_000) })
    expect(stdout).toBe('x')
  })

  test('what the input throws ends the program and is the error', async () => {
    const failure = new Error('no more')
    const input = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x')
      throw failure
    }
    await expect(runProcess('cat', [], { input })).rejects.toBe(failure)
  })

  test('variables are added to those of this process, and cwd is where it runs', async () => {
    const source =
      'console.log(process.env.NET_TEST, process.env.PATH !== undefined, process.cwd())'
    const { stdout } = await runProcess(...node(source), { env: { NET_TEST: 'set' }, cwd: '/' })
    expect(stdout).toBe('set true /\n')
  })

  test('[ASYNC-40] check makes a bad end an error, which has everything', async () => {
    const error = await runProcess('sh', ['-c', 'echo out; echo first >&2; echo why >&2; exit 4'], {
      check: true,
    }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProcessExitError)
    expect(error).toMatchObject({
      code: 'NET_EXIT_STATUS',
      message: 'sh ended with status 4: why',
      exitCode: 4,
      stdout: 'out\n',
      reply: { status: 4, text: 'why' },
    })
    await expect(runProcess('sh', ['-c', 'kill $$'], { check: true })).rejects.toMatchObject({
      code: 'NET_EXIT_SIGNAL',
      message: 'sh was ended by TERM',
      exitSignal: 'TERM',
    })
    expect(await runProcess('true', [], { check: true })).toMatchObject({ exitCode: 0 })
  })

  test('[ASYNC-40] more output than the limit ends the program', async () => {
    const error = await runProcess('yes', [], { maxBytes: 1000 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 1000 })
    expect(partialOf(error).stdout).toMatch(/^y\ny\n/)
  })

  test('the stack of its errors begins at the line that waits for the program', async () => {
    const lines: unknown[] = []
    for (const call of [
      async () => void (await runProcess('no-such-program')),
      async () => void (await runProcess('false', [], { check: true })),
      async () => void (await runProcess('yes', [], { maxBytes: 1000 })),
    ]) {
      const error = (await call().catch((thrown: unknown) => thrown)) as Error
      lines.push(error.stack?.split('\n').find((line) => line.startsWith('    at ')))
    }
    expect(lines).toEqual(Array(3).fill(expect.stringContaining('run-process.test.ts')))
  })

  test('the error of a program that is not there has nothing of its arguments, which may be secrets', async () => {
    for (const command of ['no-such-program', '/etc/passwd']) {
      const error: unknown = await runProcess(command, ['--password', 'hush']).catch(
        (thrown: unknown) => thrown,
      )
      expect(inspect((error as Error).cause)).toMatch(/ENOENT|EACCES/u)
      expect([error, (error as Error).cause].map((each) => inspect(each)).join()).not.toContain(
        'hush',
      )
    }
  })

  test('a program that is not there, and arguments that are none', async () => {
    await expect(runProcess('/no/such/program')).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      message: '/no/such/program could not be started: there is no such file (ENOENT)',
      cause: { code: 'ENOENT' },
    })
    await expect(runProcess('no-such-program')).rejects.toMatchObject({
      message:
        'no-such-program could not be started: there is no program of that name in PATH (ENOENT)',
    })
    await expect(runProcess('ls -l')).rejects.toMatchObject({
      message: expect.stringContaining("arguments stand in a list, as in ('ls', ['-l'])"),
    })
    await expect(runProcess('ls', [], { cwd: '/no/such/folder' })).rejects.toMatchObject({
      message: 'ls could not be started: the folder /no/such/folder does not exist (ENOENT)',
    })
    const bad: readonly (readonly unknown[])[] = [
      [''],
      ['ls', '-l'],
      ['ls', ['a\0b']],
      ['ls', [], { env: { A: 'a\0b' } }],
      ['ls', [], { input: 7 }],
      ['ls', [], { maxBytes: -1 }],
      ['ls', [], { output: 'json' }],
      ['ls', [], { grace: -1 }],
      ['ls', [], { timeout: 0 }],
    ]
    for (const args of bad) {
      await expect(runProcess(...(args as [string]))).rejects.toMatchObject({
        code: 'NET_BAD_OPTION',
      })
    }
  })

  test('a signal that is aborted already starts nothing', async () => {
    const running = runProcess('/no/such/program', [], { signal: AbortSignal.abort() })
    await expect(running).rejects.toMatchObject({ code: 'NET_ABORTED' })
  })
})

describe('nothing outlives the call', () => {
  test('[ASYNC-40] an abort sends SIGTERM, and rejects when the program has ended', async () => {
    const controller = new AbortController()
    const source = `process.on('SIGTERM', () => { console.log('cleaned up'); process.exit() })
      console.log(process.pid)
      process.stdin.resume()`
    const error = await runProcess(...node(source), {
      signal: controller.signal,
      input: abortWhenRead(controller),
      // A busy machine may take its time.
      grace: 20_000,
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_ABORTED' })
    expect(partialOf(error).stdout).toMatch(/^\d+\ncleaned up\n$/)
    expect(await groupHasEnded(partialOf(error).stdout)).toBe(true)
  })

  test('[ASYNC-40] input that an abort cuts short has no end for the program', async () => {
    const controller = new AbortController()
    const source = `process.on('SIGTERM', () => { console.log('told'); setTimeout(() => process.exit(), 200) })
      process.stdin.on('end', () => console.log('whole')).resume()`
    const error = await runProcess(...node(source), {
      signal: controller.signal,
      input: abortWhenRead(controller),
      grace: 20_000,
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_ABORTED' })
    expect(partialOf(error).stdout).toBe('told\n')
  })

  test('[ASYNC-40] a program that ignores SIGTERM is killed after the grace', async () => {
    using clock = useFakeClock()
    const running = runProcess(
      ...shell('trap "" TERM; echo I am deaf; while :; do sleep 1; done'),
      {
        maxBytes: 10,
        grace: 500,
      },
    ).catch((thrown: unknown) => thrown)
    // With its second line the program has printed more than it may, and is told to end.
    await clock.until(() => clock.timers > 0)
    await clock.advance(499)
    let ended = false
    void running.then(() => (ended = true))
    await clock.advance(0)
    expect(ended).toBe(false)
    await clock.advance(1)
    const error = await running
    expect(error).toMatchObject({ code: 'NET_PROTO_LIMIT' })
    expect(await groupHasEnded(partialOf(error).stdout)).toBe(true)
  })

  test('what the program has started is ended with it', async () => {
    const controller = new AbortController()
    const error = await runProcess(...shell('sleep 1000 & cat >/dev/null; wait'), {
      signal: controller.signal,
      input: abortWhenRead(controller),
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_ABORTED' })
    expect(await groupHasEnded(partialOf(error).stdout)).toBe(true)
  })

  test('a time limit ends it, too', async () => {
    using clock = useFakeClock()
    const running = runProcess('sleep', ['1000'], { timeout: 200 }).catch(
      (thrown: unknown) => thrown,
    )
    await clock.advance(200)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 200 })
  })

  test('what a program leaves in the background has the grace to finish, and is ended then', async () => {
    const quick = ['-c', 'exec 3<&0; (cat <&3; echo later) & echo first'] as const
    const finished = await runProcess('sh', quick, { input: 'read\n', grace: 60_000 })
    expect(finished.stdout).toMatch(/^(first\n)?read\n(first\n)?later\n(first\n)?$/)
    using clock = useFakeClock()
    const running = runProcess(...shell('sleep 1000 &'), { grace: 100 })
    await clock.until(() => clock.timers > 0)
    await clock.advance(100)
    const { stdout, exitCode } = await running
    expect([exitCode, await groupHasEnded(stdout)]).toEqual([0, true])
  })

  test('also not in the background with its outputs elsewhere', async () => {
    const { stdout } = await runProcess(...shell('sleep 1000 >/dev/null 2>&1 &'))
    expect(await groupHasEnded(stdout)).toBe(true)
  })

  test('a process that exits ends its children', async () => {
    await using program = await startProgram(`
      import { spawnProcess } from '@net/async'
      const child = await spawnProcess('sh', ['-c', 'echo $$; exec sleep 1000'])
      child.stdout.once('data', (text) => {
        console.log(String(text).trim())
        process.exit()
      })`)
    const group = await program.line()
    await program.ended
    expect(Number(group)).toBeGreaterThan(0)
    expect(await groupHasEnded(group)).toBe(true)
  })

  test('many at once leave no listeners on the process', async () => {
    const before = process.listenerCount('exit')
    const running = Array.from({ length: 12 }, async () => runProcess('true'))
    await Promise.all(running)
    expect(process.listenerCount('exit')).toBe(before)
  })
})

/** Input that aborts when the program has begun to read it: pipes hold less than that. */
function abortWhenRead(controller: AbortController): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    yield Buffer.alloc(4_000_000)
    controller.abort()
    yield await new Promise<never>(() => {})
  }
}

test('a source that throws when it is closed does not change the result of the program', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(65_536)
    } finally {
      await Promise.reject(new Error('in finally'))
    }
  }
  expect(await runProcess(process.execPath, ['-e', ''], { input: source() })).toMatchObject({
    exitCode: 0,
  })
})

test('the input is opened before the program starts, which would go on with none', async () => {
  const started = runProcess('no-such-program', [], { input: fromFile('/no/such/input') })
  await expect(started).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    message: expect.stringContaining('/no/such/input'),
  })
})

test('a program whose call is stopped while its input is opened is not begun', async () => {
  const controller = new AbortController()
  const { signal } = controller
  // To begin it would fail.
  const running = runProcess('/no/such/program', [], {
    input: fromFile(import.meta.filename),
    signal,
  })
  controller.abort()
  await expect(running).rejects.toThrow(expect.objectContaining({ code: 'NET_ABORTED' }))
})
