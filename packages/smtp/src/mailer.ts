/*
 * A mailer: messages to one server over a few connections, which are kept, replaced and limited as servers want it. What
 * becomes of each message is said as a client says it, and no message is sent twice.
 */

import {
  ConnectionLostError,
  isAbort,
  isNetError,
  type CloseOptions,
  type NetError,
  type RetryOption,
  type RetryPolicy,
  type Source,
} from '@net/core'
import {
  clock,
  closeDoor,
  closedError,
  inCall,
  operation,
  policyOf,
  type Attempt,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import { mapUnordered, Pool, sleep, type PoolLease, type WaitOptions } from '@net/async'

import { judged } from './client.ts'
import {
  sendOptions,
  type AnySendOptions,
  type ResendOptions,
  type SendOptions,
  type SendRawOptions,
} from './client-options.ts'
import { isCrowded, Pause, pausingPolicy } from './crowd.ts'
import { deliver } from './delivery.ts'
import {
  greylistedIn,
  greylistPolicy,
  mergedResults,
  patience,
  stoppedWaiting,
  withoutOthers,
} from './greylisting.ts'
import {
  mailerOptions,
  sendAllOptions,
  type MailerOptions,
  type MailOutcome,
  type MailReport,
  type SendAllOptions,
} from './mailer-options.ts'
import { farewell } from './farewell.ts'
import type { Message } from './message.ts'
import { planOf, type SmtpPlan } from './opening-plan.ts'
import { Openings } from './openings.ts'
import { Pace, type Waiting } from './pace.ts'
import { prepareMail, recipientsShown, takeSource, type PreparedMail } from './prepared-mail.ts'
import { giveBack, passOn, type Seat } from './seat.ts'
import { clientLimits } from './send-limits.ts'
import type { SendResult } from './send-result.ts'
import { MailTally } from './mail-tally.ts'
import { MailerCalls } from './mailer-calls.ts'

/**
 * Sends messages to one server over several connections. A connection that the server has closed meanwhile is replaced, and a
 * message of which nothing was delivered goes over another one; one whose outcome is unknown is never repeated.
 */
export interface Mailer extends AsyncDisposable {
  /**
   * Sends a message as a client does. Kind of call: exchange. With `retry`, recipients that the server puts off (450 and 451
   * to RCPT, as greylisting does) are tried again after 5 minutes at the earliest, and then after twice the time, with the
   * same bytes, and without those who have it; then the call has no time limit unless you give it one. Where `retry.when`
   * repeats a message that was refused for good (5yz to MAIL, DATA or the message), all messages of the mailer wait with it:
   * that is how some servers say "slower". A wait for a connection or for `rate` ends with `NET_TIMEOUT_POOL`.
   */
  send(message: Message, options?: SendOptions): Promise<SendResult>
  /** Sends a finished message, as a client does. */
  send(raw: Source, options: SendRawOptions | ResendOptions): Promise<SendResult>
  /**
   * Sends many messages, as many at a time as there are connections, and reads the next one only when there is room for it.
   * Resolves to a report, also where messages failed. Rejects with AbortError, and with what `messages` or `onOutcome` throws;
   * `onOutcome` has heard of each message by then that may have been delivered, unless it is what threw.
   */
  sendAll(
    messages: Iterable<Message> | AsyncIterable<Message>,
    options?: SendAllOptions,
  ): Promise<MailReport>
  /** How many connections there are. */
  readonly connections: number
  /**
   * Sends what was given, also to recipients that were put off, takes nothing more, and closes the connections. `signal` and
   * `timeout` limit the wait; the mailer takes nothing more all the same.
   */
  drain(options?: WaitOptions): Promise<void>
  /** Says goodbye on each connection; what is not done within `grace` is cut off. Messages that wait for a connection or for a later attempt reject with `NET_CLOSED`. */
  close(options?: CloseOptions): Promise<void>
  /** Resolves once it is closed. Never rejects. */
  readonly closed: Promise<NetError | undefined>
}

/** A mailer for the server at the URL, as `connect` takes it; it dials when there is something to send. Throws `NET_BAD_URL` and `NET_BAD_OPTION`. */
export function createMailer(url: string | URL, options?: MailerOptions): Mailer {
  const taken = mailerOptions(options)
  const plan = inCall({ protocol: 'smtp', call: 'createMailer' }, () => planOf(url, taken))
  return new PooledMailer(plan, taken.pool ?? {})
}

class PooledMailer implements Mailer {
  readonly closed: Promise<NetError | undefined>
  readonly #plan: SmtpPlan
  readonly #pool: Pool<Seat>
  readonly #pace: Pace | undefined
  readonly #limits: ReturnType<typeof clientLimits>
  readonly #places: number
  readonly #calls = new MailerCalls()
  readonly #openings: Openings
  readonly #pause = new Pause()

  constructor(
    plan: SmtpPlan,
    { connections = 5, rate, idle = 30_000, maxAge = Infinity }: NonNullable<MailerOptions['pool']>,
  ) {
    this.#plan = plan
    this.#places = connections
    this.#openings = new Openings(plan, maxAge, () => this.#standing)
    this.#limits = clientLimits(plan.identity.client.defaults?.timeout)
    this.#pace = rate === undefined ? undefined : new Pace(rate)
    this.#pool = new Pool<Seat>({
      create: ({ signal }) => this.#openings.open(signal),
      check: ({ isGood }) => isGood,
      destroy: ({ session }) => farewell(session),
      max: connections,
      idle,
      // Dialing has limits of its own.
      timeout: { create: Infinity },
      protocol: 'smtp',
      client: plan.identity.client,
    })
    this.closed = this.#pool.closed
  }

  get connections(): number {
    return this.#pool.size
  }

  async send(message: Message | Source, options?: AnySendOptions): Promise<SendResult> {
    inCall({ protocol: 'smtp', call: 'send' }, () => takeSource(message))
    const isLate = this.#calls.isEnding
    const taken = sendOptions(options)
    const { defaults } = this.#plan.identity.client
    const policy = this.#policyFor(taken.retry ?? defaults?.retry)
    const mail = inCall({ protocol: 'smtp', call: 'send' }, () =>
      prepareMail(message, taken, {
        limits: this.#limits(taken.timeout),
        dkim: this.#plan.dkim,
      }),
    )
    const spec = {
      ...this.#plan.identity,
      operation: 'send',
      target: recipientsShown(mail.envelope.recipients.map(({ address }) => address)),
      kind: 'exchange',
    } as const
    const call = {
      signal: taken.signal,
      onProgress: taken.onProgress,
      retry: policy ?? (false as const),
      timeout: limitsOf(mail, taken, policy),
    }
    const result = await this.#calls.during(() =>
      operation(spec, call, async (op) => {
        if (isLate) throw closedError()
        const send = (attempt: Attempt): Promise<SendResult> =>
          this.#toEverybody(op, attempt, mail, policy)
        return this.#calls.waiting(op, () => op.attempt(send))
      }),
    )
    return judged(result, taken.partial)
  }

  async sendAll(
    messages: Iterable<Message> | AsyncIterable<Message>,
    options?: SendAllOptions,
  ): Promise<MailReport> {
    const { signal, retry, onOutcome } = sendAllOptions(options)
    const tally = new MailTally()
    const outcome = async ({ message, index }: Numbered): Promise<MailOutcome> => {
      try {
        return tally.know({ message, index, result: await this.send(message, { signal, retry }) })
      } catch (error) {
        const known = tally.know({ message, index, error })
        if (isAbort(error)) throw error
        return known
      }
    }
    // Whether it is the caller's function that ended it.
    let telling = false
    const tell = async (each: MailOutcome): Promise<void> => {
      telling = true
      tally.add(each)
      await onOutcome?.(each)
      telling = false
    }
    const limits = { concurrency: this.#places, signal }
    try {
      for await (const each of mapUnordered(numbered(messages), outcome, limits)) await tell(each)
    } catch (error) {
      if (!telling) for (const each of tally.untold) await tell(each)
      throw error
    }
    return tally.report()
  }

  async drain(options?: WaitOptions): Promise<void> {
    await this.#calls.drain(options)
    await this.#pool.drain(options)
  }

  async close(options?: CloseOptions): Promise<void> {
    const grace = graceOf(options)
    this.#calls.close()
    await this.#pool.close({ grace })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Those who are put off get it later, and nobody else gets it again. */
  async #toEverybody(
    op: Operation,
    attempt: Attempt,
    mail: PreparedMail,
    policy: RetryPolicy | undefined,
  ): Promise<SendResult> {
    let result = await this.#through(op, attempt, mail)
    const begun = clock().now()
    for (let tries = 1; ; tries++) {
      const later = mail.replayable ? greylistedIn(result) : []
      const elapsed = clock().now() - begun
      const delay = patience(policy, later[0]?.error, {
        attempt: tries,
        idempotent: false,
        elapsed,
      })
      if (delay === undefined || this.#calls.isClosed) return result
      const signal = this.#calls.endOf(op)
      try {
        await sleep(delay, { signal })
        const again = this.#again(op, attempt, withoutOthers(mail, later), signal)
        result = mergedResults(result, await again)
      } catch (error) {
        const isClosed = this.#calls.isClosed && !op.signal.aborted
        throw stoppedWaiting(isClosed ? closedError() : error, result)
      }
    }
  }

  /** What an attempt for those who were put off has brought; a refusal of all is a result as well. */
  async #again(
    op: Operation,
    attempt: Attempt,
    mail: PreparedMail,
    signal: AbortSignal,
  ): Promise<SendResult | NetError> {
    try {
      return await this.#through(op, attempt, mail, signal)
    } catch (error) {
      if (isNetError(error) && !isAbort(error)) return error
      throw error
    }
  }

  /** Sends it over a connection, and over another one where the first had ended meanwhile. */
  async #through(
    op: Operation,
    attempt: Attempt,
    mail: PreparedMail,
    signal: AbortSignal = op.signal,
  ): Promise<SendResult> {
    for (let moves = 0; ; moves++) {
      await this.#pause.over(signal)
      const lease = await this.#lease({ signal, timeout: op.limits.pool })
      const seat = lease.value
      const { session } = seat
      try {
        const way = { session, mail, passOn: () => passOn(lease, this.#pool.waiting) }
        const result = await this.#calls.delivering(op, () =>
          session.during(op, () => deliver(op, attempt, way)),
        )
        seat.served += 1
        return result
      } catch (error) {
        const isLast = moves > this.#places || this.#calls.isClosed
        if (isLast || !this.#mayMove(error, seat, mail)) throw error
        attempt.refused()
      } finally {
        giveBack(lease)
      }
    }
  }

  #policyFor(retry: RetryOption | undefined): RetryPolicy | undefined {
    const policy = retry === undefined ? undefined : policyOf(retry)
    if (policy === undefined) return undefined
    const patient = pausingPolicy(greylistPolicy(policy), (delay) => this.#pause.lasts(delay))
    return this.#calls.whileOpen(patient)
  }

  /** A connection, once the rate lets a message begin; who waits for its turn holds none. */
  async #lease(waiting: Waiting): Promise<PoolLease<Seat>> {
    const acquire = (): Promise<PoolLease<Seat>> => this.#pool.acquire(waiting)
    return this.#pace === undefined ? acquire() : this.#pace.next(acquire, waiting)
  }

  /** Whether another connection is to be tried for a message of which surely nothing was delivered. */
  #mayMove(error: unknown, { session, served }: Seat, { replayable }: PreparedMail): boolean {
    if (!replayable || !isNetError(error) || isAbort(error)) return false
    // A message before it was stopped, and took the connection with it.
    if (session.ended && error.code === 'NET_CLOSED' && error.retry === 'safe') return true
    if (served > 0 && session.ended) return error instanceof ConnectionLostError
    // A connection that is one too many: the message waits for one of the others.
    const hasOthers = this.#standing > 1
    if (!isCrowded(error, served) || !hasOthers) return false
    this.#openings.refused()
    session.lose(error)
    return true
  }

  /** How many connections serve messages. */
  get #standing(): number {
    return this.#pool.busy + this.#pool.idle
  }
}

interface Numbered {
  readonly message: Message
  readonly index: number
}

async function* numbered(
  messages: Iterable<Message> | AsyncIterable<Message>,
): AsyncGenerator<Numbered, void> {
  let index = 0
  for await (const message of messages) yield { message, index: index++ }
}

/** A message that may be put off for hours has no limit in all, unless the caller wants one. */
function limitsOf(
  mail: PreparedMail,
  { timeout }: Taken<AnySendOptions>,
  policy: RetryPolicy | undefined,
): PreparedMail['limits']['operation'] {
  const { operation: limits } = mail.limits
  const isGiven = typeof timeout === 'number' || timeout?.total !== undefined
  return policy === undefined || isGiven ? limits : { ...limits, total: Infinity }
}

const graceOf = closeDoor({ protocol: 'smtp', call: 'close' })
