/* A shell to talk to: what is sent, what is waited for, and what stood before it. It must not know how a shell is started. */

import { isNetError, type CallOptions } from '@net/core'
import {
  addContext,
  netError,
  operation,
  stoppable,
  type ClientContext,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import type { ConnectionInfo } from '@net/socket'

import { sshErrors } from '../engine/ssh2-errors.ts'
import { RunningCommand, type SpawnPlan } from '../spawn.ts'
import type { SshProcess } from '../ssh-process.ts'
import { Expectation, withoutEcho, type Answer, type Wanted } from './expectation.ts'
import { ScreenText } from './screen-text.ts'

/** A shell on the server. Its output is read by `expect`, or by hand through `stdout`, not by both at once. */
export interface SshShell extends SshProcess {
  /** Sends the line with its end. */
  send(line: string): Promise<void>
  /**
   * Waits until one of the texts or patterns shows, behind what earlier calls have taken: without escapes, and as carriage
   * returns and backspaces leave it. The one that stands first wins. `timeout.reply` limits the wait, 30 s by default. Rejects
   * with `NET_TIMEOUT_REPLY`, `NET_CONN_CLOSED` once the shell has ended, `NET_PROTO_LIMIT`; all have what was shown as
   * `partial`, which the next call sees again.
   */
  expect(wanted: Wanted | readonly Wanted[], options?: ExpectOptions): Promise<Shown>
}

/** Options of `expect`. */
export interface ExpectOptions extends CallOptions {
  /** Questions that may come before, each with what is sent in answer, such as `[['--More--', ' ']]`. */
  readonly answers?: readonly Answer[] | undefined
  /** How many characters may be shown before; default 1 MiB, above it `NET_PROTO_LIMIT`. */
  readonly limit?: number | undefined
}

/** What a shell showed. */
export interface Shown {
  /** What stood before what was waited for, without the echo of the line that was sent last. */
  readonly text: string
  /** What fitted, and the groups of its pattern. */
  readonly match: readonly string[]
  /** Which of several was found. */
  readonly index: number
}

/** What a shell needs besides what runs needs. */
export interface ShellHost {
  readonly info: ConnectionInfo
  readonly client: ClientContext
  readonly endpoint: string
  /** The door of `expect`. */
  options(given: ExpectOptions | undefined): Taken<ExpectOptions>
  /** Throws `NET_BAD_OPTION`. */
  check(wanted: unknown): void
}

/** A shell that runs. */
export class RunningShell extends RunningCommand implements SshShell {
  readonly #host: ShellHost
  readonly #screen = new ScreenText()
  #sent = ''
  /** The line in which it was sent, up to there. */
  #prompt = ''

  constructor(host: ShellHost, plan: SpawnPlan, op: Operation) {
    super(host.info, plan, op)
    this.#host = host
  }

  async send(line: string): Promise<void> {
    this.#sent = line
    this.#prompt = this.#screen.line
    await this.stdin.write(`${line}\n`)
  }

  async expect(wanted: Wanted | readonly Wanted[], options?: ExpectOptions): Promise<Shown> {
    const taken = this.#host.options(options)
    this.#host.check(wanted)
    const { answers = [], limit = MOST_SHOWN } = taken
    const expectation = new Expectation([wanted].flat(), answers)
    const { client, endpoint } = this.#host
    const spec = {
      protocol: 'ssh',
      operation: 'expect',
      endpoint,
      kind: 'session',
      errors: sshErrors,
      client,
    } as const
    return operation(spec, taken, (op) =>
      op.phase('command', async () => {
        try {
          return await this.#await(expectation, limit, op)
        } catch (error) {
          if (isNetError(error)) addContext(error, { partial: this.#screen.text })
          throw error
        }
      }),
    )
  }

  async #await(expectation: Expectation, limit: number, op: Operation): Promise<Shown> {
    let text = ''
    for (;;) {
      // Whoever waits no longer takes nothing of what the next one is to see.
      op.signal.throwIfAborted()
      const found = expectation.find(this.#screen.text)
      if (found === undefined) {
        await this.#more(limit, op)
        continue
      }
      this.#screen.take(found.end)
      text += found.before
      if (found.answer === undefined) {
        const shown = withoutEcho(text, this.#sent, this.#prompt)
        this.#sent = ''
        return { text: shown, match: found.match, index: found.index }
      }
      op.wire('send', () => 'an answer')
      await stoppable(op, this.stdin.write(found.answer))
    }
  }

  async #more(limit: number, op: Operation): Promise<void> {
    const { length } = this.#screen.text
    if (length > limit) {
      const message = `the shell showed more than ${limit} characters before what was waited for`
      throw netError('NET_PROTO_LIMIT', { message, limit })
    }
    const chunk = await this.stdout.read({ signal: op.signal })
    if (chunk === null) {
      const message = 'the shell ended before it showed what was waited for'
      throw netError('NET_CONN_CLOSED', { message })
    }
    this.#screen.add(chunk)
  }
}

const MOST_SHOWN = 1024 * 1024
