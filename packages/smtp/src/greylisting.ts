/*
 * Recipients that a server puts off (450 and 451 to RCPT, as greylisting does): when they are tried again, and what became of a
 * message in all. Sends nothing.
 */

import {
  isNetError,
  type FailedAttempt,
  type NetError,
  type RetryOption,
  type RetryPolicy,
} from '@net/core'
import { guarded, netError, policyOf } from '@net/core/authoring'
import { whatHappened } from '@net/socket/authoring'

import type { PreparedMail } from './prepared-mail.ts'
import { SmtpReplyError } from './errors.ts'
import type { RejectedRecipient, SendResult } from './send-result.ts'

/** Those who were put off. */
export function greylistedIn({ rejected }: SendResult): readonly RejectedRecipient[] {
  return rejected.filter(({ error }) => isPutOff(error))
}

/** The policy, which for those who were put off waits 5 minutes at the least, or as long as the server says, and twice as long each time. */
export function greylistPolicy(policy: RetryPolicy): RetryPolicy {
  return {
    delay(failed) {
      const delay = policy.delay(failed)
      if (delay === undefined || !isPutOff(failed.error)) return delay
      const patience = Math.min(SHORTEST * 2 ** (failed.attempt - 1), LONGEST)
      return Math.max(delay, patience, namedIn(failed.error))
    },
    succeeded: () => policy.succeeded?.(),
  }
}

/** What a caller wants to be repeated, but never sooner than that for those who were put off. */
export function patientRetry(retry: RetryOption | undefined): RetryPolicy | false | undefined {
  if (retry === undefined) return undefined
  const policy = policyOf(retry)
  return policy === undefined ? false : greylistPolicy(policy)
}

/** How long those who were put off wait; undefined for no longer. What a policy throws comes too late for those who have the message. */
export function patience(
  policy: RetryPolicy | undefined,
  error: NetError | undefined,
  failed: Omit<FailedAttempt, 'error'>,
): number | undefined {
  let delay: number | undefined
  const ask = guarded('delay() of a retry policy', () => {
    if (error !== undefined) delay = policy?.delay({ ...failed, error })
  })
  ask()
  return delay
}

/** The mail for these recipients alone. */
export function withoutOthers(
  mail: PreparedMail,
  recipients: readonly RejectedRecipient[],
): PreparedMail {
  const to = [...new Set(recipients.map(({ wire }) => wire))]
  const left = mail.envelope.recipients.filter(({ wire }) => to.includes(wire))
  return { ...mail, envelope: { ...mail.envelope, to, recipients: left } }
}

/** What is known after those who were put off were tried again: their part of the result is the later one. */
export function mergedResults(before: SendResult, later: SendResult | NetError): SendResult {
  const kept = before.rejected.filter(({ error }) => !isPutOff(error))
  if (isNetError(later)) {
    const rejected = [
      ...kept,
      ...greylistedIn(before).map((each) => ({ ...each, error: ownError(each, later) })),
    ]
    return Object.freeze({ ...before, rejected })
  }
  const accepted = [...before.accepted, ...later.accepted]
  const rejected = [...kept, ...later.rejected]
  const delivery = rejected.length === 0 ? ('accepted' as const) : ('partial' as const)
  const heard = new Map(later.recipients.map((each) => [each.address, each]))
  const recipients = before.recipients.map((each) => heard.get(each.address) ?? each)
  return Object.freeze({ ...before, accepted, rejected, recipients, delivery })
}

/** The error of a call that was stopped while some were put off: it says who has the message, so that nobody gets it twice. */
export function stoppedWaiting(error: unknown, result: SendResult): unknown {
  if (!isNetError(error)) return error
  const { code, cause, limit, phase } = error
  return netError(code, {
    message: `${whatHappened(error)}; the server has the message for ${result.accepted.length} recipients and has put off the others`,
    cause,
    limit,
    phase,
    sent: true,
    retry: 'never',
    partial: result,
  })
}

/** Of an error for several recipients the part that is about this one. */
function ownError({ address }: RejectedRecipient, error: NetError): NetError {
  const own = error.errors?.find(
    (each) => each instanceof SmtpReplyError && each.address === address,
  )
  return isNetError(own) ? own : error
}

function isPutOff(error: unknown): boolean {
  if (!(error instanceof SmtpReplyError) || error.command !== 'RCPT') return false
  return PUT_OFF.has(error.reply.status)
}

/** The time that a reply names, in milliseconds: `try again in 10 minutes`, `retry in 300 s`. */
function namedIn(error: NetError): number {
  const [, number, unit = ''] = NAMED.exec(error.reply?.text ?? '') ?? []
  return Math.min(
    Number(number ?? 0) * (unit.toLowerCase().startsWith('m') ? 60_000 : 1000),
    LONGEST,
  )
}

const PUT_OFF: ReadonlySet<number> = new Set([450, 451])
const SHORTEST = 300_000
const LONGEST = 14_400_000
const NAMED = /\b(?:in|after|for) (\d{1,6}) ?(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?)\b/i
