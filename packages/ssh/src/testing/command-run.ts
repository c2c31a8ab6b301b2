/* One command, shell or subsystem of the embedded server: what its handler works with, and how it ends. */

import type { RunRequest } from '../engine/ssh2-session-server.ts'
import type { ServedCommand } from '../engine/ssh2-command-server.ts'
import type { ExecExit, ExecHandler, ExecIo, ExecOutput } from './exec-handlers.ts'

/** What is to be run, for whom. */
export interface CommandRun {
  readonly handler: ExecHandler
  readonly command: string
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  /** Called with each signal of the client's. */
  signalled(name: string): void
}

/** Accepts the request and runs it; resolves to what runs and how it ended, or to undefined if the client has gone before. */
export async function runCommand(
  request: RunRequest,
  run: CommandRun,
): Promise<{ readonly served: ServedCommand; readonly exit: ExecExit } | undefined> {
  const stopped = new AbortController()
  const served = request.accept((name) => {
    run.signalled(name)
    stopped.abort(name)
  })
  if (served === undefined) return undefined
  void served.closed.then(() => stopped.abort())
  const { command, user, env, cwd } = run
  const io: ExecIo = {
    command,
    user,
    env,
    cwd,
    stdin: served.stdin,
    stdout: outputOf(served, 'stdout'),
    stderr: outputOf(served, 'stderr'),
    terminal: request.terminal,
    signal: stopped.signal,
  }
  return { served, exit: await ending(() => run.handler(command, io), io) }
}

function outputOf(served: ServedCommand, name: 'stdout' | 'stderr'): ExecOutput {
  return {
    write: async (data) => {
      await served.write(name, Buffer.from(data as Uint8Array))
    },
  }
}

async function ending(run: () => ExecExit | Promise<ExecExit>, io: ExecIo): Promise<ExecExit> {
  try {
    return await run()
  } catch (error) {
    const { signal, stderr } = io
    // A handler that gives up because of a signal was ended by it.
    if (signal.aborted && typeof signal.reason === 'string') return { signal: signal.reason }
    if (signal.aborted) return FAILED
    // Any other is a program that has crashed, and says why.
    await stderr.write(`${String(error)}\n`)
    return FAILED
  }
}

const FAILED = 255
