/*
 * Passwords and tokens as callers give them: a value, or a callback to ask. A callback is asked once per client,
 * by one asker at a time, and again only after the peer refused the answer. Knows nothing of login mechanisms.
 */

import { callerFault } from './callbacks/caller-fault.ts'
import { claimSecrets } from './redaction/redact.ts'
import { abortError } from './errors/abort.ts'
import { isNetError, netError } from './errors/net-error.ts'
import { shape, type Shape } from './options/shape.ts'
import { isSecret, secret, type Secret } from './redaction/secret.ts'
import { onSignalAbort } from './callbacks/signal-listeners.ts'

/** What a callback is asked for. */
export interface CredentialRequest {
  readonly what: 'password' | 'passphrase' | 'token'
  /** What the answer is for, as `host:port` or a path. */
  readonly endpoint?: string
  readonly user?: string
  /** The peer refused the answer before this one. Asked only once like this. */
  readonly rejected?: true
  /** Aborts when no call waits for the answer any more. */
  readonly signal: AbortSignal
}

/**
 * A secret, or a callback to ask for it. A callback is asked once per client, and once more, with `rejected` set, after the
 * peer refused its answer. While it is asked, no limit runs but `timeout.total`, since a person may need long to answer:
 * a call whose kind has no `total` by default, such as `connect` of FTP, mail and SSH, a dial through a proxy or a
 * transfer, waits without end for a callback that never settles. Set `total` or a `signal` where that can be; the
 * callback's own `signal` aborts when the last call that waits for it has ended.
 */
export type Credential =
  | string
  | Secret
  | ((ask: CredentialRequest) => string | Secret | Promise<string | Secret>)

/** A string, a secret, or a callback that is asked for it. */
export const credential: Shape<Credential> = shape(
  'a string, a secret or a callback',
  (value) => typeof value === 'string' || typeof value === 'function' || isSecret(value),
)

/** What is asked for, and what it is for. */
export type CredentialSubject = Omit<CredentialRequest, 'rejected' | 'signal'>

/** The one source of a client's credential. Throws `NET_BAD_OPTION` for a value that is not a credential. */
export class CredentialSource {
  readonly #ask: Exclude<Credential, string | Secret> | undefined
  readonly #subject: CredentialSubject
  #answer: Secret | undefined
  #asking: Asking | undefined
  readonly #client: number | undefined
  #refused = false

  /** `client` is whose the answers are, where that is known. */
  constructor(credential: Credential, subject: CredentialSubject, client?: number) {
    this.#subject = subject
    this.#client = client
    if (typeof credential === 'function') this.#ask = credential
    else
      this.#answer = this.#claimed(
        checked(credential, `the ${subject.what} must be a string, a Secret or a callback`),
      )
  }

  /** The credential where no callback has to be asked for it; undefined otherwise. */
  get known(): Secret | undefined {
    return this.#answer === undefined ? undefined : this.#claimed(this.#answer)
  }

  /**
   * The credential; asks for it if it was not asked for. What the callback throws reaches every call that waits, and
   * the next call asks anew.
   */
  async get(options?: { readonly signal?: AbortSignal }): Promise<Secret> {
    const signal = options?.signal
    if (signal?.aborted === true) throw reasonOf(signal.reason)
    // Claimed anew each time: of a secret that thousands of clients hold, those count that use it.
    if (this.#answer !== undefined) return this.#claimed(this.#answer)
    const asking = (this.#asking ??= this.#start())
    return waitFor(asking, signal)
  }

  /**
   * The peer refused this answer. Returns whether `get` would give another one: it asks again if it has not asked
   * again yet. A fixed credential, or one refused twice in a row, stays what it is.
   */
  rejected(answer: Secret): boolean {
    if (this.#asking !== undefined || this.#answer !== answer) return true
    if (this.#ask === undefined || this.#refused) return false
    this.#refused = true
    this.#answer = undefined
    return true
  }

  /** The peer took this answer: the next refusal, such as that of a token that expired, may ask again. */
  accepted(answer: Secret): void {
    if (this.#answer === answer) this.#refused = false
  }

  #start(): Asking {
    const gone = new AbortController()
    const answer = this.#askCaller(gone.signal)
    const asking: Asking = { answer, gone, waiting: 0 }
    const settled = (): void => {
      if (this.#asking === asking) this.#asking = undefined
    }
    answer.then(settled, settled)
    gone.signal.addEventListener('abort', settled)
    return asking
  }

  async #askCaller(signal: AbortSignal): Promise<Secret> {
    const rejected = this.#refused ? ({ rejected: true } as const) : {}
    const given = await askSafely(this.#ask, { ...this.#subject, ...rejected, signal })
    const answer = this.#claimed(
      checked(given, `the callback for the ${this.#subject.what} must give a string or a Secret`),
    )
    // An answer that comes after all calls have left does not belong to a later request.
    if (!signal.aborted) this.#answer = answer
    return answer
  }

  #claimed(answer: Secret): Secret {
    if (this.#client !== undefined) claimSecrets(answer, this.#client)
    return answer
  }
}

interface Asking {
  readonly answer: Promise<Secret>
  readonly gone: AbortController
  waiting: number
}

async function askSafely(
  ask: Exclude<Credential, string | Secret> | undefined,
  request: CredentialRequest,
): Promise<unknown> {
  try {
    return await ask?.(request)
  } catch (error) {
    throw callerFault(error)
  }
}

function waitFor(asking: Asking, signal: AbortSignal | undefined): Promise<Secret> {
  asking.waiting += 1
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      forget?.()
      asking.waiting -= 1
      if (asking.waiting === 0) asking.gone.abort()
    }
    const forget =
      signal === undefined
        ? undefined
        : onSignalAbort(signal, (reason) => {
            leave()
            reject(reasonOf(reason))
          })
    asking.answer.then(
      (answer) => {
        forget?.()
        resolve(answer)
      },
      (error: unknown) => {
        forget?.()
        reject(error)
      },
    )
  })
}

function reasonOf(reason: unknown): unknown {
  // The signal of an operation aborts with the error that the operation ends with.
  return isNetError(reason) ? reason : abortError(reason)
}

function checked(value: unknown, message: string): Secret {
  if (typeof value === 'string' || isSecret(value)) return secret(value)
  throw netError('NET_BAD_OPTION', { message })
}
