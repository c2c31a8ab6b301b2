/* The one error class of this package: the server understood, and answered with a status of 400 or above. */

import { ReplyError, type NetErrorCode, type PeerReply, type RetryClass } from '@net/core'
import { clock, harmless, nameErrors, redact } from '@net/core/authoring'

import type { HttpHeaders } from './headers.ts'
import { httpDate } from './http-date.ts'

/** What a status error is made of. */
export interface StatusDetails {
  readonly status: number
  readonly statusText: string
  readonly headers: HttpHeaders
  /** The beginning of the body as text. */
  readonly text?: string
}

/**
 * The server answered with a status of 400 or above; `reply` has the status and the first 64 KiB of the body. `code` is
 * `NET_NOT_FOUND` for 404 and 410, `NET_AUTH_REJECTED` for 401, `NET_ACCESS_DENIED` for 403, `NET_REPLY_TEMPORARY` for 408, 421, 425, 429, 500
 * and 502 to 504, else `NET_REPLY_PERMANENT`. `retryAfter` is what `Retry-After` said (RFC 9110 section 10.2.3).
 */
export class HttpStatusError extends ReplyError {
  readonly status: number
  readonly headers: HttpHeaders
  readonly #statusText: string

  constructor({ status, statusText, headers, text }: StatusDetails) {
    const retryAfter = retryAfterOf(headers)
    super(codeOf(status), {
      message:
        `the server answered ${status} ${harmless(statusText)}`.trimEnd() + adviceFor(status),
      retry: retryOf(status),
      reply: replyOf(status, text ?? statusText),
      sent: true,
      retryAfter,
    })
    this.status = status
    this.#statusText = harmless(redact(statusText))
    this.headers = headers
  }

  /** What HTTP/1.1 said behind the status, such as `Not Found`; empty if nothing, as always with HTTP/2. */
  get statusText(): string {
    return this.#statusText
  }
}

/** What helps, where the status alone says it. */
function adviceFor(status: number): string {
  return status === 401 ? '; check user and password, or `auth`' : ''
}

/** The reply of a status error. */
export function replyOf(status: number, text: string): PeerReply {
  return { status, text }
}

/** Whether an answer with this status is an error that a repeat may mend. */
export function isTemporary(status: number): boolean {
  return TEMPORARY.has(status)
}

/**
 * Milliseconds until the time in `Retry-After`, in seconds or as one of the three forms of a date (RFC 9110 section 5.6.7);
 * undefined for anything else. Some servers send fractions of a second.
 */
export function retryAfterOf(headers: HttpHeaders): number | undefined {
  const text = headers.get('retry-after')
  if (text === undefined) return undefined
  if (SECONDS.test(text)) return Math.ceil(Number(text) * 1000)
  const date = httpDate(text)
  return date === undefined ? undefined : Math.max(0, date - clock().date())
}

function codeOf(status: number): NetErrorCode {
  if (status === 404 || status === 410) return 'NET_NOT_FOUND'
  if (status === 401) return 'NET_AUTH_REJECTED'
  if (status === 403) return 'NET_ACCESS_DENIED'
  return isTemporary(status) ? 'NET_REPLY_TEMPORARY' : 'NET_REPLY_PERMANENT'
}

function retryOf(status: number): RetryClass {
  if (UNPROCESSED.has(status)) return 'safe'
  return isTemporary(status) ? 'idempotent' : 'never'
}

// Misdirected, too early, too many: the server says that it did nothing.
const UNPROCESSED: ReadonlySet<number> = new Set([421, 425, 429])
const SECONDS = /^\d{1,10}(\.\d{1,9})?$/
const TEMPORARY: ReadonlySet<number> = new Set([408, 421, 425, 429, 500, 502, 503, 504])

nameErrors({ HttpStatusError })
