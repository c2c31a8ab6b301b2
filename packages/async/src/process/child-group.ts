/*
 * A child process and what it starts, ended as one: on POSIX systems it leads a process group of its own. No process of it
 * outlives this process either, unless that is killed itself.
 */

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

import type { NetError } from '@net/core'
import { clock, startError } from '@net/core/authoring'

/** The program to start. */
export interface ChildPlan {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  readonly env: Readonly<Record<string, string>> | undefined
  /** Whether the caller writes to it; otherwise its input is empty. */
  readonly writes: boolean
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly grace: number
}

/** How a process ended. */
export interface ProcessEnd {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined
  /** Without `SIG`, such as `KILL`; undefined if it ended by itself. */
  readonly exitSignal: string | undefined
}

/** Starts a child process. Rejects with `NET_LOCAL_IO`, `NET_LOCAL_LIMIT`, and `NET_BAD_OPTION` for a bad argument. */
export function startChild(plan: ChildPlan): Promise<ChildGroup> {
  return new Promise((resolve, reject) => {
    const child = spawned(plan)
    // Stays: it also reports a signal that could not be sent.
    child.on('error', (error) => reject(notStarted(plan, error)))
    child.once('spawn', () => resolve(new ChildGroup(child, plan.grace)))
  })
}

/** A child process that runs. */
export class ChildGroup {
  readonly pid: number
  /** Resolves when the child itself has ended. */
  readonly exited: Promise<ProcessEnd>
  readonly #child: ChildProcess
  readonly #grace: number
  readonly #closed: Promise<void>
  #end: ProcessEnd | undefined
  #alive = true

  constructor(child: ChildProcess, grace: number) {
    this.#child = child
    this.#grace = grace
    this.pid = child.pid ?? 0
    // A program need not read all of its input: EPIPE is not a failure. Readers of its outputs get the errors of those.
    for (const stream of child.stdio) stream?.on('error', () => {})
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve())
    })
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#end = { exitCode: code ?? undefined, exitSignal: signal?.slice(3) }
        // From here on the number may belong to another process, unless the rest of the group holds it.
        this.#alive = this.signal(0)
        if (!this.#alive) forget(this)
        resolve(this.#end)
      })
    })
    remember(this)
  }

  get stdin(): Writable | null {
    return this.#child.stdin
  }

  get stdout(): Readable {
    return this.#child.stdout as Readable
  }

  get stderr(): Readable {
    return this.#child.stderr as Readable
  }

  /** Sends a signal to the child and the processes that it started; false if all have ended. */
  signal(name: NodeJS.Signals | 0): boolean {
    if (!this.#alive) return false
    if (!GROUPS) return this.#child.kill(name)
    try {
      return process.kill(-this.pid, name)
    } catch {
      // ESRCH: all have ended. EPERM: the others belong to another user, and cannot be signalled.
      return false
    }
  }

  /** Ends all of it: SIGTERM, and SIGKILL for what is there after the grace. Never rejects. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    if (!(await this.#within(this.exited))) this.signal('SIGKILL')
    await this.exited
    await this.#within(this.#closed)
    await this.#clear()
  }

  /** After its end: gives what it left in the background the grace to finish, and ends it. Never rejects. */
  async settle(): Promise<void> {
    await this.exited
    if (!(await this.#within(this.#closed))) {
      this.signal('SIGTERM')
      await this.#within(this.#closed)
    }
    await this.#clear()
  }

  async #clear(): Promise<void> {
    this.signal('SIGKILL')
    this.#alive = false
    forget(this)
    // A daemon that left the group may hold the other ends.
    for (const stream of this.#child.stdio) stream?.destroy()
    await this.#closed
  }

  #within(ended: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = clock().after(this.#grace, () => resolve(false))
      void ended.then(() => {
        timer.clear()
        resolve(true)
      })
    })
  }
}

function spawned(plan: ChildPlan): ChildProcess {
  const stdio: StdioOptions = [plan.writes ? 'pipe' : 'ignore', 'pipe', 'pipe']
  try {
    return spawn(plan.command, [...plan.args], {
      stdio,
      detached: GROUPS,
      windowsHide: true,
      ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
      ...(plan.env === undefined ? {} : { env: { ...process.env, ...plan.env } }),
    })
  } catch (error) {
    throw notStarted(plan, error)
  }
}

function notStarted(plan: ChildPlan, error: unknown): NetError {
  return startError(error, {
    refused: 'the command, its arguments, cwd and env must be strings without NUL characters',
    failed: (code) => `${plan.command} could not be started: ${whyNot(plan, code)}`,
  })
}

/** Node tells the same code for a program and for a folder that is not there. */
function whyNot({ command, cwd }: ChildPlan, code: string): string {
  if (cwd !== undefined && !existsSync(cwd)) return `the folder ${cwd} does not exist (${code})`
  if (code === 'EACCES') return `it is a folder, or may not be executed (${code})`
  if (code !== 'ENOENT') return code
  if (command.includes('/')) return `there is no such file (${code})`
  const help = /\s/.test(command) ? "; arguments stand in a list, as in ('ls', ['-l'])" : ''
  return `there is no program of that name in PATH (${code})${help}`
}

function remember(child: ChildGroup): void {
  if (children.size === 0) process.on('exit', killAll)
  children.add(child)
}

function forget(child: ChildGroup): void {
  children.delete(child)
  if (children.size === 0) process.off('exit', killAll)
}

function killAll(): void {
  for (const child of children) child.signal('SIGKILL')
}

const GROUPS = process.platform !== 'win32'
const children = new Set<ChildGroup>()
