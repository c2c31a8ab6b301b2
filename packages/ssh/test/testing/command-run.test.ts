import { expect, test } from 'vitest'

import type { RunRequest } from '../../src/engine/ssh2-session-server.ts'
import { runCommand, type CommandRun } from '../../src/testing/command-run.ts'
import type { ExecIo } from '../../src/testing/exec-handlers.ts'

function made(handler: CommandRun['handler']): {
  run: ReturnType<typeof runCommand>
  printed: string[]
  signal: (name: string) => void
  leave: () => void
} {
  const printed: string[] = []
  let signal: (name: string) => void = () => {}
  const { promise: closed, resolve: leave } = Promise.withResolvers<void>()
  const request = {
    kind: 'exec',
    text: 'ls',
    env: {},
    terminal: undefined,
    accept(heard: (name: string) => void) {
      signal = heard
      return {
        stdin: (async function* () {})(),
        closed,
        write: async (name: string, data: Uint8Array) => {
          printed.push(`${name} ${Buffer.from(data).toString()}`)
          return true
        },
      }
    },
  } as unknown as RunRequest
  const run = runCommand(request, {
    handler,
    command: 'ls',
    user: 'ada',
    env: { A: '1' },
    cwd: '/srv',
    signalled: (name) => printed.push(`signal ${name}`),
  })
  return { run, printed, signal: (name) => signal(name), leave }
}

const untilStopped = ({ signal }: ExecIo): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')))
  })

test('a handler has what the client asked for, and its exit is the exit', async () => {
  const { run, printed } = made(async (command, { user, env, cwd, stdout }) => {
    await stdout.write(`${command} ${user} ${env['A']} ${cwd}`)
    return 3
  })
  expect((await run)?.exit).toBe(3)
  expect(printed).toEqual(['stdout ls ada 1 /srv'])
})

test('a handler that gives up because of a signal was ended by it', async () => {
  const stopped = made((_, io) => untilStopped(io))
  stopped.signal('TERM')
  expect((await stopped.run)?.exit).toEqual({ signal: 'TERM' })
  expect(stopped.printed).toEqual(['signal TERM'])
  const left = made((_, io) => untilStopped(io))
  left.leave()
  expect((await left.run)?.exit).toBe(255)
})

test('one that throws is a program that crashed', async () => {
  const { run, printed } = made(() => {
    throw new Error('out of paper')
  })
  expect((await run)?.exit).toBe(255)
  expect(printed).toEqual(['stderr Error: out of paper\n'])
})
