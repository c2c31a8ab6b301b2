import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { run, sleep, type RunOptions } from '@net/async'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { startProgram } from '../program.ts'

// What run does to the process that the tests run in is undone.
afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
})

function heardOf(): readonly number[] {
  return ['SIGINT', 'SIGTERM', 'SIGQUIT'].map((name) => process.listenerCount(name))
}

function printed(): readonly string[] {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  return lines
}

describe('run', () => {
  test('[ASYNC-01] runs main to its end and leaves no listener behind', async () => {
    const before = heardOf()
    let during: readonly number[] = []
    const code = await run(async ({ signal }) => {
      during = heardOf()
      expect(signal.aborted).toBe(false)
    })
    expect([code, process.exitCode]).toEqual([0, 0])
    expect(during).toEqual(before.map((count) => count + 1))
    expect(heardOf()).toEqual(before)
  })

  test('[ASYNC-01] what main returns is the exit code', async () => {
    expect(await run(async () => 3)).toBe(3)
    expect(process.exitCode).toBe(3)
  })

  test('which signals end it and which one prints the tree can be chosen', async () => {
    const heard = (): number[] =>
      (['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const).map((name) =>
        process.listenerCount(name),
      )
    const before = heard()
    const more = async (options: RunOptions): Promise<unknown> => {
      let during: number[] = []
      await run(async () => void (during = heard()), options)
      return during.map((count, index) => count - (before[index] ?? 0))
    }
    expect(await more({ signals: ['SIGHUP'], dumpSignal: 'SIGUSR2' })).toEqual([0, 1, 0, 1])
    expect(await more({ dumpSignal: false })).toEqual([1, 0, 0, 0])
  })

  test('main has a group, whose tasks end before the program does', async () => {
    using clock = useFakeClock()
    let ended = false
    const running = run(async (group) => {
      group.spawn('slow', async ({ signal }) => {
        await sleep(1000, { signal })
        ended = true
      })
    })
    await clock.advance(1000)
    expect(await running).toBe(0)
    expect(ended).toBe(true)
  })

  test('[ASYNC-01] a failure is printed as one sentence, and the exit code is 1', async () => {
    const lines = printed()
    const failure = netError('NET_CONNECT_REFUSED', {
      message: 'the connection was refused',
      protocol: 'ftp',
      target: 'host',
    })
    const code = await run(async () => Promise.reject(failure))
    expect([code, process.exitCode]).toEqual([1, 1])
    expect(lines).toEqual(['ftp host: the connection was refused\n'])
  })

  test('several failures are printed under their sentence, a foreign one with its stack', async () => {
    const lines = printed()
    await run(async (group) => {
      group.spawn('other', async ({ signal }) => {
        await sleep(Infinity, { signal }).catch(() => {})
        throw new Error('second')
      })
      throw new Error('first')
    })
    expect(lines).toEqual(['2 failed, the first: first\n  Error: first\n  Error: second\n'])
    await run(async () => Promise.reject(new TypeError('broken')))
    expect(lines[1]).toMatch(/^TypeError: broken\n +at .*run\.test\.ts/)
    // What is thrown need not be an error.
    await run(async () => Promise.reject(JSON.parse('"text"')))
    expect(lines[2]).toBe('thrown: text\n')
  })

  test('a wrong exit code, function or option is refused', async () => {
    const lines = printed()
    expect(await run(async () => 256)).toBe(1)
    expect(lines).toEqual(['the function must return an exit code from 0 to 255, or nothing\n'])
    await expect(run('main' as never)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    const main = async (): Promise<void> => {}
    for (const bad of [{ grace: -1 }, { signals: ['SIGKILL'] }, { dumpSignal: 'SIGNONE' }]) {
      await expect(run(main, bad as never)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    }
    expect(await run(main)).toBe(0)
  })

  test('there is one run at a time', async () => {
    await run(async () => {
      await expect(run(async () => {})).rejects.toMatchObject({ code: 'NET_BUSY' })
    })
  })

  test('a program that does not begin leaves no limit behind', async () => {
    using clock = useFakeClock()
    const main = async (): Promise<void> => {}
    await run(async () => {
      const { timers } = clock
      await expect(run(main, { timeout: 100 })).rejects.toMatchObject({ code: 'NET_BUSY' })
      expect(clock.timers).toBe(timers)
    })
    const deaf = { timeout: 100, signals: ['SIGKILL'] } satisfies RunOptions
    await expect(run(main, deaf)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    expect(clock.timers).toBe(0)
  })

  test('signal and timeout limit it as any block', async () => {
    const lines = printed()
    using clock = useFakeClock()
    const running = run(async ({ signal }) => sleep(Infinity, { signal }), { timeout: 100 })
    await clock.advance(100)
    expect(await running).toBe(1)
    expect(lines).toEqual(['the time limit of 100 ms passed\n'])
  })
})

const WAITS = `
import { run, sleep } from '@net/async'
const main = async ({ signal }) => {
  console.log('ready')
  try {
    await sleep(Infinity, { signal })
  } finally {
    console.log('cleans up: ' + signal.reason.message)
    await sleep(1)
    console.log('cleaned up')
  }
}
`

// Each begins a process or two, which takes seconds on a busy machine.
describe('run and the signals of the system', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '[ASYNC-01] [ASYNC-43] %s aborts main, which cleans up; the exit code is %i',
    async (name, code) => {
      await using program = await startProgram(`${WAITS}
      await run(main)
      console.log('after')`)
      expect(await program.line()).toBe('ready')
      program.kill(name)
      expect(await program.line()).toBe(`cleans up: stopped by ${name}`)
      expect(await program.line()).toBe('cleaned up')
      expect(await program.line()).toBe('after')
      expect(await program.ended).toEqual({ exitCode: code, exitSignal: undefined })
      expect(program.stderr).toBe('')
    },
  )

  test('a server that returns 0 after it was stopped has ended well', async () => {
    await using program = await startProgram(`${WAITS}
      await run(async (group) => { await main(group).catch(() => {}); return 0 })`)
    await program.line()
    program.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ exitCode: 0 })
  })

  test('[ASYNC-43] the second Ctrl-C exits at once', async () => {
    await using program = await startProgram(`
      import { run, sleep } from '@net/async'
      await run(async ({ signal }) => {
        signal.addEventListener('abort', () => console.log('stopping'))
        console.log('ready')
        await sleep(Infinity)
      }, { grace: Infinity })`)
    await program.line()
    program.kill('SIGINT')
    expect(await program.line()).toBe('stopping')
    program.kill('SIGINT')
    expect(await program.ended).toEqual({ exitCode: 130, exitSignal: undefined })
  })

  test('[ASYNC-50] after the grace the tasks that are left are printed, and the program exits without them', async () => {
    await using program = await startProgram(`
      import { run, sleep } from '@net/async'
      await run(async (group) => {
        group.spawn('deaf', () => sleep(Infinity))
        group.spawn('heeds', ({ signal }) => sleep(Infinity, { signal }))
        console.log('ready')
      }, { grace: 20 })`)
    await program.line()
    program.kill('SIGTERM')
    expect(await program.ended).toEqual({ exitCode: 143, exitSignal: undefined })
    expect(program.stderr).toBe(
      '"deaf" did not end within 20 ms after being cancelled\n1 task alive\ndeaf (leaked)\n',
    )
  })

  test('a handle that was forgotten does not keep a stopped program', async () => {
    await using program = await startProgram(`${WAITS}
      setInterval(() => {}, 1000)
      await run(main)`)
    await program.line()
    program.kill('SIGINT')
    expect(await program.ended).toEqual({ exitCode: 130, exitSignal: undefined })
  })

  test('[ASYNC-49] SIGQUIT prints the tree of tasks from outside, and the program goes on', async () => {
    await using program = await startProgram(`
      import { run, sleep, taskGroup } from '@net/async'
      await run(async (group) => {
        group.spawn('server', ({ signal }) => taskGroup(async (inner) => {
          inner.spawn('connection', ({ signal }) => sleep(Infinity, { signal }))
        }, { signal }))
        console.log('ready')
        await sleep(Infinity, { signal: group.signal })
      })`)
    await program.line()
    const dumped = program.errorPrinted()
    program.kill('SIGQUIT')
    await dumped
    expect(program.stderr.replaceAll(/\d+\.\d s/g, 'n s')).toBe(`4 tasks alive
block (running, n s)
└─ server (running)
   └─ block (waiting, n s)
      └─ connection (running)
`)
    program.kill('SIGINT')
    expect(await program.ended).toMatchObject({ exitCode: 130 })
  })

  test('a program whose standard error nobody reads any more goes on, whatever is printed there', async () => {
    await using program = await startProgram(`
      import { run } from '@net/async'
      import { once } from 'node:events'
      import { setImmediate as turn } from 'node:timers/promises'
      await run(async () => {
        const dumped = once(process, 'SIGQUIT')
        console.log('ready')
        await dumped
        await turn()
        await turn()
        console.log('goes on')
        throw new Error('printed nowhere')
      })
      await turn()
      console.log('code ' + process.exitCode)`)
    expect(await program.line()).toBe('ready')
    program.deafen()
    program.kill('SIGQUIT')
    expect(await program.line()).toBe('goes on')
    expect(await program.line()).toBe('code 1')
  })

  test('[H-ASYNC-07] in the middle of a transfer: the root group aborts, the part is removed, out within 2 s', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'net-run-'))
    try {
      for (const [name, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        await using program = await startProgram(`
          import { run, sleep } from '@net/async'
          import { toFile } from '@net/core'
          import { openSink } from '@net/core/authoring'
          await run(async (group) => {
            group.spawn('download', async ({ signal }) => {
              const sink = await openSink(toFile(${JSON.stringify(join(folder, 'file'))}))
              try {
                await sink.write(new Uint8Array(1000))
                console.log('ready')
                await sleep(Infinity, { signal })
                await sink.commit()
              } finally {
                await sink[Symbol.asyncDispose]()
              }
            })
          })`)
        expect(await program.line()).toBe('ready')
        expect(await readdir(folder)).toEqual(['file.part'])
        const stopped = performance.now()
        program.kill(name)
        expect(await program.ended).toEqual({ exitCode: code, exitSignal: undefined })
        expect(performance.now() - stopped).toBeLessThan(2000)
        expect(await readdir(folder)).toEqual([])
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
