/* What a report says of a delivery (RFC 3464), recipient by recipient; nothing is taken for a failure that does not say so. */

import { firstOf, readFields, type HeaderField } from './header-fields.ts'
import { readDate } from './message-date.ts'
import type { MessagePart } from './part.ts'

/** A report about an earlier message. */
export interface DeliveryReport {
  readonly recipients: readonly ReportedRecipient[]
  /** The Message-ID of the message that it is about. */
  readonly messageId?: string
  /** The word by which its sender knows it (`dsn.envid`). */
  readonly envid?: string
}

/** What became of one recipient. */
export interface ReportedRecipient {
  /** The address as the sender gave it, where the report knows it. */
  readonly address: string
  /** `failed`, `delayed`, `delivered`, `relayed` or `expanded`. */
  readonly action: string
  /** Whether the delivery has failed for good. */
  readonly failed: boolean
  /** Such as `5.1.1`. */
  readonly status?: string
  /** What the last server said. */
  readonly diagnostic?: string
  /** The last server. */
  readonly remote?: string
  readonly willRetryUntil?: Date
}

/** The report in these parts; undefined where there is none. */
export function readReport(parts: readonly MessagePart[]): DeliveryReport | undefined {
  const status = parts.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type))
  if (status === undefined) return undefined
  const text = status.content.toString('latin1')
  const [first = [], ...others] = text
    .split(/(?:\r?\n){2,}/)
    .filter((group) => group.trim() !== '')
    .map((group) => readFields(group))
  // Some have no group for the whole message.
  const groups = addressOf(first) === undefined ? others : [first, ...others]
  const messageId = originalId(parts)
  const envid = firstOf(first, 'original-envelope-id')?.value
  return {
    recipients: groups.flatMap(recipientOf),
    ...(messageId === undefined ? {} : { messageId }),
    ...(envid === undefined ? {} : { envid }),
  }
}

function recipientOf(fields: readonly HeaderField[]): ReportedRecipient[] {
  const address = addressOf(fields)
  if (address === undefined) return []
  const value = (name: string): string | undefined => firstOf(fields, name)?.value
  // Some say more behind it, in brackets.
  const action = /^[a-z]*/.exec((value('action') ?? '').toLowerCase())?.[0] ?? ''
  const until = readDate(value('will-retry-until') ?? '')
  const status = /^\d\.\d{1,3}\.\d{1,3}/.exec(value('status') ?? '')?.[0]
  const diagnostic = untyped(value('diagnostic-code'))
  const remote = untyped(value('remote-mta'))
  return [
    {
      address,
      action,
      failed: action === 'failed',
      ...(status === undefined ? {} : { status }),
      ...(diagnostic === undefined ? {} : { diagnostic }),
      ...(remote === undefined ? {} : { remote }),
      ...(until === undefined ? {} : { willRetryUntil: until }),
    },
  ]
}

function addressOf(fields: readonly HeaderField[]): string | undefined {
  const field = firstOf(fields, 'original-recipient') ?? firstOf(fields, 'final-recipient')
  return untyped(field?.value)?.replaceAll(/^<|>$/g, '')
}

/** Without the type before the semicolon, as in `rfc822; ada@example.com`. */
function untyped(value: string | undefined): string | undefined {
  return value
    ?.replace(/^[\w-]+\s*;\s*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function originalId(parts: readonly MessagePart[]): string | undefined {
  const original = parts.find(({ type }) => ORIGINAL.test(type))
  if (original === undefined) return undefined
  const text = original.content.toString('latin1')
  const [head = ''] = text.split(/\r?\n\r?\n/)
  return firstOf(readFields(head), 'message-id')?.value
}

const ORIGINAL = /^(?:message\/(?:rfc822|global|global-headers)|text\/rfc822-headers)$/
