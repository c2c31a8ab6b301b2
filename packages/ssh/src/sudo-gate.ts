/*
 * What is said between sudo and us before a command runs. What sudo prints until then is its own and no output of the
 * command; where the command does not come to run, it is the reason.
 */

import { CredentialSource, netError, refuseControl, type Operation } from '@net/core/authoring'
import type { NetError } from '@net/core'
import { askWhileOpen } from '@net/socket/authoring'

import type { OutputReceiver, OutputName, RemoteCommand } from './engine/ssh2-command.ts'
import type { SudoPlan } from './sudo.ts'

/** `over`: the output has ended, or the connection is gone, and nothing has run. */
type Word = 'asked' | 'begun' | 'over'

/** The beginning of one command by sudo. */
export class SudoGate {
  /** Where the channel's output goes. */
  readonly output: OutputReceiver
  readonly #plan: SudoPlan
  readonly #mark: string
  /** Where sudo speaks: on a terminal there is one output. */
  readonly #watched: OutputName
  #said = ''
  #answered = 0
  #word: Word | undefined
  #heard: ((word: Word) => void) | undefined

  constructor(plan: SudoPlan, hasTerminal: boolean, output: OutputReceiver) {
    this.#plan = plan
    this.#mark = plan.mark.join('')
    this.#watched = hasTerminal ? 'stdout' : 'stderr'
    this.output = {
      arrived: (name, chunk) =>
        name !== this.#watched || this.#isOpen
          ? output.arrived(name, chunk)
          : this.#hear(chunk, output),
      ended: (name) => {
        if (name === this.#watched && !this.#isOpen)
          this.#give(this.#withoutPrompt(), output, 'over')
        output.ended?.(name)
      },
    }
  }

  /**
   * Answers sudo; resolves when the command runs, or will not run. Rejects with `NET_AUTH_REJECTED`, and with what the
   * caller's callback throws; the command is to be closed then.
   */
  async pass(
    command: RemoteCommand,
    op: Operation,
    closed: Promise<NetError | undefined>,
  ): Promise<void> {
    const over = (): void => this.#tell('over')
    command.ended.then(over, over)
    for (let asked = 0; ; asked++) {
      const word = await op.phase('auth', () => this.#next(op))
      if (word !== 'asked') return
      const { password, user } = this.#plan
      if (password === undefined || asked > 0) throw refused(asked > 0)
      const subject = { what: 'password', ...(user === undefined ? {} : { user }) } as const
      const source = new CredentialSource(password, subject, op.within.client?.id)
      const secret = await askWhileOpen(op, closed, (signal) => source.get({ signal }))
      refuseControl('the password for sudo', secret.reveal())
      op.wire('send', () => 'the password for sudo')
      await command.write(Buffer.from(`${secret.reveal()}\n`))
    }
  }

  get #isOpen(): boolean {
    return this.#word === 'begun' || this.#word === 'over'
  }

  #next(op: Operation): Promise<Word> {
    return new Promise((resolve, reject) => {
      const forget = op.onAbort(reject)
      this.#heard = (word) => {
        this.#heard = undefined
        if (word === 'asked') this.#word = undefined
        forget()
        resolve(word)
      }
      if (this.#word !== undefined) this.#heard(this.#word)
    })
  }

  #hear(chunk: Uint8Array, output: OutputReceiver): boolean {
    this.#said += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    const at = this.#said.indexOf(this.#mark)
    if (at >= 0) return this.#give(this.#said.slice(at + this.#mark.length), output, 'begun')
    if (this.#said.length > MOST_SAID) return this.#give(this.#withoutPrompt(), output, 'over')
    const asked = this.#said.lastIndexOf(this.#plan.prompt)
    // A prompt stands at the end; newer versions of sudo put a few words around it.
    if (asked >= this.#answered && !this.#said.includes('\n', asked)) {
      this.#answered = this.#said.length
      this.#tell('asked')
    }
    return true
  }

  /** What was held back, or what stands behind it, is the command's from here on. */
  #give(text: string, output: OutputReceiver, word: Word): boolean {
    this.#said = ''
    this.#tell(word)
    return text === '' || output.arrived(this.#watched, Buffer.from(text, 'latin1'))
  }

  #withoutPrompt(): string {
    return this.#said.replaceAll(this.#plan.prompt, '')
  }

  #tell(word: Word): void {
    if (this.#isOpen) return
    this.#word = word
    this.#heard?.(word)
  }
}

function refused(isSecond: boolean): Error {
  return netError('NET_AUTH_REJECTED', {
    phase: 'auth',
    message: isSecond
      ? 'sudo refused the password'
      : 'sudo asks for a password, and none was given: sudo: { password }',
  })
}

// More than any greeting of sudo's has; what prints more is not sudo.
const MOST_SAID = 64 * 1024
