/*
 * A contender of our own language in a process of its own: the garbage of one is not collected in another's turn, and code
 * that both use is not made slow by two kinds of callers.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'

import type { Contender } from './pairs.ts'

/** A process that does rounds; see `serveRounds`. */
export interface Apart extends Disposable {
  /** Does one round; resolves to what it gives. */
  ask(round: string): Promise<unknown>
  /** One kind of round, which counts as `done`; `check` as of a contender. */
  contender(name: string, round: string, of: Pick<Round, 'done' | 'check'>): Contender
}

/** What a round counts as, and whether it was done well. */
export interface Round {
  readonly done: number
  readonly check?: Contender['check']
}

/** Starts the program, and resolves when it is ready. */
export async function apart(program: string, ...args: readonly string[]): Promise<Apart> {
  const child = fork(new URL(program, import.meta.url), args)
  const what = [program, ...args].join(' ')
  const over = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    throw new Error(`${what} has ended (${code ?? signal})`)
  })
  over.catch(() => {})
  const told = async (): Promise<unknown> => {
    const late = AbortSignal.timeout(PATIENCE)
    const message = once(child, 'message', { signal: late }).catch((error: unknown) => {
      if (!late.aborted) throw error
      child.kill('SIGKILL')
      throw new Error(`${what} has told nothing for ${PATIENCE} ms`)
    })
    const [answer] = (await Promise.race([message, over])) as [unknown]
    return answer
  }
  await told()
  const ask = async (round: string): Promise<Answer> => {
    const answer = told()
    child.send(round)
    return (await answer) as Answer
  }
  return {
    ask: async (round) => (await ask(round)).result,
    contender(name, round, { done, check }) {
      let cpu = 0
      return {
        name,
        ...(check === undefined ? {} : { check }),
        cpu: () => cpu,
        async run() {
          cpu = (await ask(round)).cpu
          return done
        },
      }
    },
    [Symbol.dispose]() {
      if (child.connected) child.disconnect()
    },
  }
}

interface Answer {
  /** In microseconds. */
  readonly cpu: number
  readonly result?: unknown
}

/** In that program: does each round that is asked for, and tells its CPU time. */
export function serveRounds(run: (round: string) => Promise<unknown>): void {
  process.on('message', (round: string) => {
    const before = process.cpuUsage()
    void run(round).then((result) => {
      const { user, system } = process.cpuUsage(before)
      process.send?.({
        cpu: user + system,
        result: typeof result === 'number' ? result : undefined,
      })
    })
  })
  process.once('disconnect', () => process.exit(0))
  process.send?.('ready')
}

/** What lasts longer than this hangs. */
const PATIENCE = 120_000
