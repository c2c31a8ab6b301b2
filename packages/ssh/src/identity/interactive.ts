/* Logging in with answers to what the server asks: one-time codes, a second password, terms to accept (RFC 4256). */

import { argument, inCall, option } from '@net/core/authoring'

/** What a server asks. All its texts are the server's own words, as one harmless line each. */
export interface InteractiveChallenge {
  /** The server's name for it; often empty. */
  readonly name: string
  /** What it says before its questions; often empty. */
  readonly instruction: string
  readonly questions: readonly {
    readonly text: string
    /** Whether the answer may be seen on the screen. */
    readonly echo: boolean
  }[]
  /** Counted from 1 within one attempt. */
  readonly round: number
  readonly user: string
  /** As `host:port`. */
  readonly endpoint: string
  /** The server refused the answers before these. Asked only once like this. */
  readonly rejected?: true
  /** Aborts when the login waits for no answer any more. */
  readonly signal: AbortSignal
}

/** Gives one answer for each question, in their order. */
export type InteractiveAnswer = (
  challenge: InteractiveChallenge,
) => string | readonly string[] | Promise<string | readonly string[]>

/** A function that answers a server's questions. */
export interface InteractiveAuth {
  readonly method: 'keyboard-interactive'
  readonly answer: InteractiveAnswer
}

/**
 * Logs in with the answers of this function, which is called for each round of questions, and for the whole once more if the
 * server refused them. `password` still answers the one question that is for it. No limit runs while the function does.
 * Throws `NET_BAD_OPTION` for what is no function.
 */
export function keyboardInteractive(answer: InteractiveAnswer): InteractiveAuth {
  const checked = inCall({ protocol: 'ssh', call: 'keyboardInteractive' }, () =>
    argument('the answer', option.callback<InteractiveAnswer>(), answer),
  )
  return Object.freeze({ method: 'keyboard-interactive', answer: checked })
}
