/*
 * Questions at the terminal itself, whatever the standard streams are. What is typed is not shown, and the terminal is as it
 * was before, however the question ends.
 */

import { StringDecoder } from 'node:string_decoder'

import { Interruption } from './interruption.ts'
import type { Io, Terminal } from './io.ts'
import { harmless } from './output/harmless.ts'
import { UsageError } from './usage-error.ts'

/** A question. */
export interface Question {
  readonly text: string
  /** Whether the answer is shown while it is typed. Default false. */
  readonly isShown?: boolean | undefined
  /** What the error says where there is no terminal: which option to give. */
  readonly otherwise: string
  readonly signal: AbortSignal
}

/** The answer of a person. Rejects with `UsageError` where there is no terminal or no answer, with `Interruption` on Ctrl-C. */
export async function ask(io: Pick<Io, 'openTerminal'>, question: Question): Promise<string> {
  question.signal.throwIfAborted()
  const terminal = io.openTerminal()
  if (terminal === undefined) throw new UsageError(question.otherwise)
  try {
    // Before the question is there, so that the quickest answer is not shown either.
    terminal.setRaw(true)
    terminal.write(harmless(question.text))
    return await new Promise<string>((resolve, reject) => {
      const answer = new Answer(terminal, question.isShown === true, { resolve, reject })
      terminal.input.on('data', (chunk: Uint8Array | string) => answer.typed(chunk))
      terminal.input.once('end', () => reject(new UsageError('no answer was given')))
      terminal.input.once('error', reject)
      question.signal.addEventListener('abort', () => reject(reasonOf(question.signal)), {
        once: true,
      })
    })
  } finally {
    terminal.setRaw(false)
    terminal.write('\n')
    terminal.close()
  }
}

/** Whether a person says yes. */
export async function confirm(io: Pick<Io, 'openTerminal'>, question: Question): Promise<boolean> {
  const answer = await ask(io, { ...question, isShown: true })
  return /^y(es)?$/i.test(answer.trim())
}

interface Settle {
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/** What has been typed so far. */
class Answer {
  readonly #terminal: Terminal
  readonly #isShown: boolean
  readonly #settle: Settle
  readonly #decoder = new StringDecoder('utf8')
  #text: string[] = []

  constructor(terminal: Terminal, isShown: boolean, settle: Settle) {
    this.#terminal = terminal
    this.#isShown = isShown
    this.#settle = settle
  }

  typed(chunk: Uint8Array | string): void {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk))
    for (const character of text) this.#key(character)
  }

  #key(character: string): void {
    if (character === '\r' || character === '\n') this.#settle.resolve(this.#text.join(''))
    else if (character === CTRL_C) this.#settle.reject(new Interruption('SIGINT'))
    else if (character === CTRL_D && this.#text.length === 0) {
      this.#settle.reject(new UsageError('no answer was given'))
    } else if (character === CTRL_U) this.#erase(this.#text.length)
    else if (character === '\u007F' || character === '\b') this.#erase(1)
    else if (character >= ' ') this.#add(character)
  }

  #add(character: string): void {
    this.#text.push(character)
    if (this.#isShown) this.#terminal.write(harmless(character))
  }

  #erase(count: number): void {
    const erased = this.#text.splice(Math.max(0, this.#text.length - count))
    if (this.#isShown) this.#terminal.write('\b \b'.repeat(erased.length))
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'
