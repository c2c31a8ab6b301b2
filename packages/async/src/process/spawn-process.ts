/* A program to talk to while it runs. */

import type { Readable, Writable } from 'node:stream'

import { netError } from '@net/core/authoring'

import { cancellationOf, CancelScope } from '../tasks/cancel-scope.ts'
import { startChild, type ChildGroup, type ProcessEnd } from './child-group.ts'
import { planChild, type ProcessOptions, spawnDoor } from './process-options.ts'

/** A program that runs. Disposing it ends it and what it started: SIGTERM, and SIGKILL after `grace`. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** How it ended; rejects if `signal` or `timeout` ended it. It is never an unhandled rejection. */
  readonly ended: Promise<ProcessEnd>
  /** Sends a signal, SIGTERM by default, to it and to the processes that it started; false if all have ended. */
  kill(signal?: NodeJS.Signals): boolean
}

/**
 * Starts a program without a shell: `await using child = await spawnProcess('tail', ['-f', 'log'])`. `signal` and
 * `timeout` limit its whole life. Its outputs are streams that must be read: it stops when they are full. Rejects with
 * `NET_LOCAL_IO` for a program that cannot be started.
 */
export async function spawnProcess(
  command: string,
  args: readonly string[] = [],
  options?: ProcessOptions,
): Promise<RunningProcess> {
  const taken = spawnDoor(options)
  const plan = planChild(command, args, taken, true)
  const { signal, timeout } = taken
  const scope = new CancelScope({ signal, timeout })
  if (scope.cancelled) throw cancellationOf(scope)
  try {
    return new Spawned(await startChild(plan), scope)
  } catch (error) {
    await scope[Symbol.asyncDispose]()
    throw error
  }
}

class Spawned implements RunningProcess {
  readonly ended: Promise<ProcessEnd>
  readonly stdin: Writable
  readonly #child: ChildGroup
  readonly #scope: CancelScope

  constructor(child: ChildGroup, scope: CancelScope) {
    if (child.stdin === null) throw netError('NET_INTERNAL', { message: 'a pipe is missing' })
    this.stdin = child.stdin
    this.#child = child
    this.#scope = scope
    this.ended = this.#end()
    this.ended.catch(() => {})
    scope.onCancel(() => void child.stop())
  }

  get pid(): number {
    return this.#child.pid
  }

  get stdout(): Readable {
    return this.#child.stdout
  }

  get stderr(): Readable {
    return this.#child.stderr
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    return this.#child.signal(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Output that is not read would keep the program from ending.
    for (const stream of [this.stdout, this.stderr]) stream.resume()
    await this.#child.stop()
  }

  async #end(): Promise<ProcessEnd> {
    const end = await this.#child.exited
    await this.#scope[Symbol.asyncDispose]()
    if (this.#scope.cancelled) throw cancellationOf(this.#scope)
    return end
  }
}
